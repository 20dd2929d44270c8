"""The application server's entrance: `granian --interface wsgi mlops.wsgi:application`."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlops.settings")

# In bytes: what is read of a body that nobody wanted, so that its connection can be used again.
UNWANTED = 65536

django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Django; and no answer leaves before its request has been read, or says that the connection ends with it.

    The server closes a connection on which a body was left unread. A client that was told nothing of that would use
    it again and lose its next request.
    """
    if not _has_body(environ):
        return django(environ, start_response)

    def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
        if not _read_up(environ["wsgi.input"]):
            headers = [*headers, ("Connection", "close")]
        return start_response(status, headers, *more)

    return django(environ, start)


def _has_body(environ: dict[str, Any]) -> bool:
    return environ.get("CONTENT_LENGTH", "0") not in ("", "0") or "HTTP_TRANSFER_ENCODING" in environ


def _read_up(body: Any) -> bool:
    """Whether the end of the body has been seen."""
    left = UNWANTED
    while left > 0:
        piece = body.read(left)
        if not piece:
            return True
        left -= len(piece)
    return False
