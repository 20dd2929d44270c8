"""`manage.py issue_token`: a personal access token for scripts and first steps."""

import argparse
from datetime import date
from typing import Any

from accounts.models import User
from accounts.scopes import SCOPES
from accounts.services import tokens
from lib.commands import ServiceCommand
from lib.errors import NotFound


class Command(ServiceCommand):
    help = "Issues a personal access token and prints its secret, which is shown this once only."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="command line", help="what it is for (default: %(default)s)")
        parser.add_argument(
            "--scope",
            action="append",
            metavar="SCOPE",
            help=f"may be given several times; one of {', '.join(SCOPES)} (default: api)",
        )
        parser.add_argument(
            "--expires-at", type=_date, metavar="YYYY-MM-DD", help="the first day (UTC) on which it no longer works"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username__iexact=options["username"]).first()
        if user is None:
            raise NotFound(f"there is no user {options['username']!r}")
        token, secret = tokens.issue(
            user, name=options["name"], scopes=options["scope"] or ["api"], expires_at=options["expires_at"]
        )
        self.explain(f"{user}'s token {token.name!r} ({', '.join(token.scopes)}) works until {token.expires_at}:")
        if not user.is_active:
            self.explain(f"{user} is blocked: it will not work before that ends.")
        self.stdout.write(secret)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a date like 2030-12-31") from None
