"""Whether a relative path may exist. Nothing else in the service decides that.

A path never becomes a place in the store (keys there are ids), but it comes back to clients, who write files where it
says, on systems of all kinds. So whatever could lead out of a folder anywhere is refused, in each layer of
percent-encoding, since some programs decode once more than they should.
"""

import re
import unicodedata
from urllib.parse import unquote

from lib.errors import InvalidInput

LONGEST = 1024
# In bytes: what Linux's and macOS's file systems take.
LONGEST_SEGMENT = 255

_DRIVE = re.compile(r"[A-Za-z]:")
# MLflow's client refuses a whole listing that has a `#` in it; U+FFFD stands where text was not UTF-8.
_REFUSED = re.compile(r"[\\#\ufffd]")


def relative(path: str, *, longest: int = LONGEST) -> str:
    """The path itself: segments with `/` between, or "" for the root. InvalidInput with MLflow's text "Invalid path"
    unless it is a plain relative one.

    Refused: `..` and `.`, empty segments, absolute paths and drives, backslashes, `#`, control characters, text that
    broke when it was decoded, segments that end in a dot or a space (Windows drops those), more than `longest`
    characters or 255 bytes in a segment, and all of it in percent-encoding however deep; encoded slashes in any case.
    """
    if len(path) > longest:
        raise _invalid()
    layer = path
    while (inside := _decoded(_checked(layer))) != layer:
        if inside.count("/") != layer.count("/"):
            raise _invalid()
        layer = inside
    return path


def name(path: str) -> str:
    """Its last segment."""
    return path.rpartition("/")[2]


def folders(path: str) -> list[str]:
    """Every folder that it lies in, the outermost first: `a/b/c` lies in `a` and `a/b`."""
    segments = path.split("/")[:-1]
    return ["/".join(segments[: depth + 1]) for depth in range(len(segments))]


def _checked(path: str) -> str:
    if path and (_REFUSED.search(path) or not all(map(_allowed, path.split("/")))):
        raise _invalid()
    return path


def _allowed(segment: str) -> bool:
    # On Windows a drive is the start of a path wherever it is joined to another.
    if not segment or segment.endswith((".", " ")) or _DRIVE.match(segment):
        return False
    # Cc: control characters. Cs: halves of surrogate pairs, which no encoding can write down.
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in segment):
        return False
    return len(segment.encode()) <= LONGEST_SEGMENT


def _decoded(path: str) -> str:
    """One layer of percent-encoding further in."""
    try:
        return unquote(path, errors="strict")
    except UnicodeDecodeError:
        raise _invalid() from None


def _invalid() -> InvalidInput:
    return InvalidInput("Invalid path", field="path")
