"""A request's body as a stream of bytes, for uploads: never parsed, never whole in memory."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest

from lib.errors import InvalidInput

PIECE = 1024**2


def length(request: HttpRequest) -> int | None:
    """What the client says it sends, in bytes; None when it does not say."""
    said = request.META.get("CONTENT_LENGTH") or ""
    return int(said) if said.isascii() and said.isdigit() else None


def whole(request: HttpRequest) -> bytes:
    """All of a small body, whether its length was said or not. RequestDataTooBig beyond MAX_JSON_SIZE; InvalidInput for
    a body in chunks that is empty or broke off: an empty one would mean something else than what was to be sent."""
    if length(request) is None and _may_have_content(request) and not hasattr(request, "_body"):
        body = _at_most(chunks(request), settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        if not body and "HTTP_TRANSFER_ENCODING" in request.META:
            raise InvalidInput("The body ended before it began")
        request._body = body  # where Django itself keeps it
    return request.body


def _at_most(chunks: Iterator[bytes], limit: int) -> bytes:
    pieces, left = [], limit
    for piece in chunks:
        left -= len(piece)
        if left < 0:
            raise RequestDataTooBig
        pieces.append(piece)
    return b"".join(pieces)


def chunks(request: HttpRequest) -> Iterator[bytes]:
    """The body in pieces of at most 1 MiB. InvalidInput when the client hung up before the end of it, with status 408
    when it fell silent.

    The server's entrance (`mlops.asgi`) tells the end of a body and a lost connection apart, so that one of no said
    length can be trusted as well.
    """
    expected = length(request)
    # Django's own stream would take a body without a length for an empty one.
    body = request.META["wsgi.input"]
    if expected is not None:
        yield from _exactly(body, expected)
    elif _may_have_content(request):
        while piece := _read(body, PIECE):
            yield piece


def _exactly(body: Any, expected: int) -> Iterator[bytes]:
    left = expected
    while left:
        piece = _read(body, min(PIECE, left))
        if not piece:
            raise InvalidInput(f"The body ended {left} bytes before its Content-Length; nothing was kept")
        left -= len(piece)
        yield piece


def _read(body: Any, size: int) -> bytes:
    try:
        return bytes(body.read(size))
    except TimeoutError:
        raise InvalidInput("Nothing was sent for too long; nothing was kept", status=408) from None
    except OSError:
        raise InvalidInput("The connection broke before the end of the body; nothing was kept") from None


def _may_have_content(request: HttpRequest) -> bool:
    """Without a length: in HTTP/1 what is sent in chunks (RFC 9112, 6.3), in HTTP/2 anything."""
    return "HTTP_TRANSFER_ENCODING" in request.META or not request.META["SERVER_PROTOCOL"].startswith("HTTP/1")
