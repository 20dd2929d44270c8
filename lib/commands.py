"""Management commands that end in one line when the service says no."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from lib.errors import Refusal


class ServiceCommand(BaseCommand):
    """Answers go to stdout, so that a script can catch them; everything said about them goes to stderr."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except Refusal as refusal:
            raise CommandError(_told(refusal)) from None
        except DatabaseError as error:
            first_line = str(error).partition("\n")[0]
            raise CommandError(f"the database cannot be used ({first_line}); has `manage.py migrate` run?") from None

    def explain(self, text: str) -> None:
        self.stderr.write(text, style_func=str)


def _told(refusal: Refusal) -> str:
    """What is wrong, opened by the field where that goes without saying in a form only."""
    field, message = refusal.field, refusal.message
    return message if not field or message.startswith(field) else f"{field}: {message}"
