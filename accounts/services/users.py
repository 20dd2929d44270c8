"""Create, change, block and unblock users."""

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from accounts import deeds
from accounts.models import User
from lib.errors import AlreadyExists, InvalidInput


def create(
    username: str,
    *,
    password: str | None = None,
    name: str = "",
    email: str = "",
    email_claimed: bool = False,
    is_admin: bool = False,
    is_bot: bool = False,
) -> User:
    """A new user. Without a password they cannot sign in, only call with tokens.

    An e-mail address is `email_claimed` when nobody but the user says that it is theirs.
    InvalidInput for a name that cannot stand in a URL, AlreadyExists for one that is taken (case does not count).
    The user's namespace belongs to `projects.services.users`.
    """
    fields = {"name": name or username, "email": email, "email_claimed": email_claimed and bool(email)}
    fields |= {"is_admin": is_admin, "is_bot": is_bot}
    try:
        with transaction.atomic():
            user = User.objects.create_user(username, password, **fields)
            if not is_bot:
                deeds.tell("user_created", target=user, details={"is_admin": is_admin})
            return user
    except ValidationError as refused:
        field, messages = next(iter(refused.message_dict.items()))
        raise InvalidInput(f"{field}: {messages[0]}", field=field) from None
    except IntegrityError:
        raise AlreadyExists(f"username {username!r} has already been taken", field="username") from None


def check_password(password: str, username: str) -> None:
    """InvalidInput for one that is too easy to guess."""
    try:
        validate_password(password, User(username=username))
    except ValidationError as refused:
        raise InvalidInput(" ".join(refused.messages), field="password") from None


def of_email(email: str) -> User | None:
    """The person who has this address; None when nobody has, or several, or they are blocked.

    An administrator has set it, a provider has verified it, or an invitation was mailed there: what somebody claims
    while signing up does not count.
    """
    people = User.objects.filter(email__iexact=email, email_claimed=False, is_bot=False)[:2]
    return people[0] if len(people) == 1 and people[0].is_active else None


def of_username(username: str) -> User | None:
    """The person who is called so; case does not count."""
    return User.objects.filter(username__iexact=username, is_bot=False).first()


def update(user: User, **changes: Any) -> User:
    """Changes name, email, password, is_admin. InvalidInput for an impossible value."""
    with transaction.atomic():
        told = _changed(user, changes)
        if "password" in changes:
            user.set_password(changes["password"])
            told["password"] = "changed"
        if told:
            _checked(user)
            user.save()
            deeds.tell("user_updated", target=user, details=told)
    return user


def _changed(user: User, changes: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for field in ("name", "email", "is_admin"):
        if field in changes and getattr(user, field) != changes[field]:
            told[field] = {"from": getattr(user, field), "to": changes[field]}
            setattr(user, field, changes[field])
    if "email" in told:
        user.email_claimed = False
    return told


def _checked(user: User) -> None:
    try:
        user.clean_fields(exclude=["password"])
    except ValidationError as refused:
        field, messages = next(iter(refused.message_dict.items()))
        raise InvalidInput(f"{field}: {messages[0]}", field=field) from None


def block(users: QuerySet[User]) -> int:
    """From the next request on they can neither sign in nor call with a token. How many were not blocked before."""
    return _set_active(users, False, "user_blocked")


def unblock(users: QuerySet[User]) -> int:
    return _set_active(users, True, "user_unblocked")


def _set_active(users: QuerySet[User], active: bool, action: str) -> int:
    with transaction.atomic():
        found = list(users.filter(is_active=not active))
        for user in found:
            User.objects.filter(pk=user.pk).update(is_active=active)
            deeds.tell(action, target=user)
    return len(found)
