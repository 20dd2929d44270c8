"""Times in a request: a date, or a date with a time; UTC where no zone is said."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import QuerySet

from api import parsing
from lib.errors import InvalidInput


def between(rows: QuerySet[Any], field: str, after: str | None, before: str | None, *, of: str) -> QuerySet[Any]:
    """Rows whose `field` lies after and before what the parameters `{of}_after` and `{of}_before` say."""
    if after:
        rows = rows.filter(**{f"{field}__gt": read(after, f"{of}_after")})
    if before:
        rows = rows.filter(**{f"{field}__lt": read(before, f"{of}_before")})
    return rows


def read(text: str, name: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        # Both ends of the calendar are no times that every database can hold in every zone.
        (at + timedelta(days=2)).astimezone(UTC), (at - timedelta(days=2)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput("is not a date or time", field=name, code=parsing.ILL_TYPED) from None
    return at
