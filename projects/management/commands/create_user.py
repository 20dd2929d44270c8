"""`manage.py create_user`: a user with a namespace of their own."""

import argparse
import secrets
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User
from lib.commands import ServiceCommand
from lib.errors import InvalidInput
from projects.services import users


class Command(ServiceCommand):
    help = "Creates a user. Without a password they cannot sign in, but can call with tokens (see issue_token)."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--email", default="")
        parser.add_argument("--name", default="", help="what they are called (default: the username)")
        parser.add_argument("--admin", action="store_true", help="they may do everything, everywhere")
        password = parser.add_mutually_exclusive_group()
        password.add_argument("--password", help="`-` reads it from standard input, where no other user can see it")
        password.add_argument("--generate-password", action="store_true", help="make one up and print it")

    def handle(self, *args: Any, **options: Any) -> None:
        password = secrets.token_urlsafe(12) if options["generate_password"] else _given(options["password"])
        user = users.create(
            options["username"],
            password=_checked(password, options["username"]),
            name=options["name"],
            email=options["email"],
            is_admin=options["admin"],
        )
        rank = "administrator" if user.is_admin else "user"
        self.explain(f"Created the {rank} {user}" + ("." if password else ", who has no password."))
        if options["generate_password"]:
            self.stdout.write(str(password))


def _given(password: str | None) -> str | None:
    return sys.stdin.readline().rstrip("\r\n") if password == "-" else password


def _checked(password: str | None, username: str) -> str | None:
    if password is None:
        return None
    try:
        validate_password(password, User(username=username))
    except ValidationError as refused:
        raise InvalidInput(" ".join(refused.messages), field="password") from None
    return password
