"""Management commands that end in one line when the service says no."""

import argparse
from datetime import timedelta
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


def hours(text: str) -> timedelta:
    """An argument's type: `12`, `0.5`, `36h`, `30d`."""
    unit = {"h": 1.0, "d": 24.0}.get(text[-1:], 0.0)
    try:
        amount = float(text[:-1] if unit else text) * (unit or 1.0)
        if amount >= 0:
            return timedelta(hours=amount)
    except (ValueError, OverflowError):
        pass
    raise argparse.ArgumentTypeError(f"{text!r} is no length of time: 12 or 12h are hours, 30d are days")
