"""What a form says."""

from django.http import HttpRequest

LONGEST_LINE = 5000


def line(request: HttpRequest, name: str) -> str:
    """One line, without the spaces around it."""
    return request.POST.get(name, "").replace("\x00", "")[:LONGEST_LINE].strip()


def prose(request: HttpRequest, name: str) -> str:
    """As it was typed; browsers end lines with CR LF."""
    return request.POST.get(name, "").replace("\x00", "").replace("\r\n", "\n")
