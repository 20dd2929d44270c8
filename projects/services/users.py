"""Create people: a user and the namespace of their own."""

from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.services import users
from projects.services import namespaces


def create(username: str, **fields: Any) -> User:
    """A new user with a namespace. The fields are those of `accounts.services.users.create`."""
    with transaction.atomic():
        user = users.create(username, **fields)
        namespaces.create_personal(user)
    return user
