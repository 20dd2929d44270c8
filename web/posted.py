"""What a form says."""

from collections.abc import Collection
from datetime import date

from django.http import HttpRequest

from lib.errors import InvalidInput

LONGEST_LINE = 5000


def line(request: HttpRequest, name: str) -> str:
    """One line, without the spaces around it."""
    return request.POST.get(name, "").replace("\x00", "")[:LONGEST_LINE].strip()


def prose(request: HttpRequest, name: str) -> str:
    """As it was typed; browsers end lines with CR LF."""
    return request.POST.get(name, "").replace("\x00", "").replace("\r\n", "\n")


def day(request: HttpRequest, name: str) -> date | None:
    """None when nothing is filled in."""
    given = line(request, name)
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise InvalidInput("The expiry date must look like 2030-12-31", field=name) from None


def number(request: HttpRequest, name: str) -> int:
    """One of those that a form offers."""
    given = line(request, name)
    if not (given.isascii() and given.isdigit() and len(given) < 19):
        raise InvalidInput("must be chosen", field=name)
    return int(given)


def choice(request: HttpRequest, name: str, offered: Collection[int]) -> int:
    chosen = number(request, name)
    if chosen not in offered:
        raise InvalidInput("must be one of those offered", field=name)
    return chosen


def confirmed(request: HttpRequest, name: str, words: str) -> None:
    """What cannot be undone is confirmed by typing what it is done to."""
    if line(request, name) != words:
        raise InvalidInput(f"Type {words} to confirm.", field=name)
