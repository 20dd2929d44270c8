"""Create and delete people: a user and the namespace of their own."""

from typing import Any

from django.db import transaction
from django.db.models import ProtectedError

from accounts import deeds
from accounts.models import User
from accounts.services import users
from lib.errors import AlreadyExists, Conflict, InvalidInput
from projects.models import Namespace
from projects.roles import Role
from projects.services import members, namespaces


def create(username: str, **fields: Any) -> User:
    """A new user with a namespace. The fields are those of `accounts.services.users.create`."""
    with transaction.atomic():
        user = users.create(username, **fields)
        namespaces.create_personal(user)
    return user


def register(username: str, *, password: str, name: str = "", email: str = "") -> User:
    """`create` for people who choose for themselves: the password must be a good one, and whatever is wrong with the
    name is said of `username`."""
    users.check_password(password, username)
    try:
        return create(username, password=password, name=name, email=email)
    except (InvalidInput, AlreadyExists) as refusal:
        field = "username" if refusal.field == "path" else refusal.field
        raise type(refusal)(refusal.message, field=field) from None


def delete(user: User) -> None:
    """Conflict while they own projects, or are a group's only owner: those must be moved or given away before."""
    own = Namespace.objects.filter(owner=user).first()
    if own is not None and own.projects.live().exists():
        raise Conflict("the user owns projects; transfer or delete them first")
    with transaction.atomic():
        for owned in user.memberships.filter(namespace__kind="group", namespace__deleted_at=None, role=Role.OWNER):
            members.keep_an_owner(owned)
        deeds.tell("user_deleted", target=user)
        try:
            with transaction.atomic():
                user.delete()
        except ProtectedError:
            raise Conflict("the user's deleted projects are not removed yet; block the user meanwhile") from None
