"""Create, block and unblock users."""

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts.models import User
from lib.errors import AlreadyExists, InvalidInput


def create(
    username: str,
    *,
    password: str | None = None,
    name: str = "",
    email: str = "",
    is_admin: bool = False,
    is_bot: bool = False,
) -> User:
    """A new user. Without a password they cannot sign in, only call with tokens.

    InvalidInput for a name that cannot stand in a URL, AlreadyExists for one that is taken (case does not count).
    The user's namespace belongs to `projects.services.users`.
    """
    fields = {"name": name or username, "email": email, "is_admin": is_admin, "is_bot": is_bot}
    try:
        with transaction.atomic():
            return User.objects.create_user(username, password, **fields)
    except ValidationError as refused:
        field, messages = next(iter(refused.message_dict.items()))
        raise InvalidInput(f"{field}: {messages[0]}", field=field) from None
    except IntegrityError:
        raise AlreadyExists(f"username {username!r} has already been taken", field="username") from None


def block(users: QuerySet[User]) -> int:
    """From the next request on they can neither sign in nor call with a token. How many were not blocked before."""
    return users.filter(is_active=True).update(is_active=False)


def unblock(users: QuerySet[User]) -> int:
    return users.filter(is_active=False).update(is_active=True)
