"""`manage.py reset_two_factor`: lets somebody in again who has lost their second factor."""

import argparse
from typing import Any

from accounts.models import User
from lib.commands import ServiceCommand
from lib.errors import NotFound
from web.sign_in import two_factor


class Command(ServiceCommand):
    help = "Takes a user's authenticator app, security keys and recovery codes, so that the password is enough."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("user", metavar="USER")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username__iexact=options["user"]).first()
        if user is None:
            raise NotFound(f"there is no user {options['user']!r}")
        had = two_factor.reset(user)
        self.explain(f"The second factor of {user} is gone." if had else f"{user} has no second factor.")
