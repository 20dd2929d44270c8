"""A file that a page's script sends: the body of the request is the file, as in the API."""

from collections.abc import Iterator

from django.http import HttpRequest, UnreadablePostError

from lib.errors import InvalidInput

PIECE = 1024**2


def length(request: HttpRequest) -> int:
    """In bytes. Every browser says it."""
    said = request.META.get("CONTENT_LENGTH") or ""
    if not (said.isascii() and said.isdigit()):
        raise InvalidInput("Send the file's length in the header Content-Length", status=411)
    return int(said)


def chunks(request: HttpRequest) -> Iterator[bytes]:
    """In pieces of at most 1 MiB. InvalidInput when the browser hung up before the end, so that nothing is kept."""
    left = length(request)
    while left:
        try:
            piece = request.read(min(PIECE, left))
        except UnreadablePostError:
            piece = b""
        if not piece:
            raise InvalidInput("The upload was broken off; nothing was kept")
        left -= len(piece)
        yield piece
