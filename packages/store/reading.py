"""An object's bytes on their way out, and what is known of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

PIECE = 1024**2


@dataclass(frozen=True, slots=True)
class Stored:
    """What has been kept. `size` is in bytes, `sha256` in hex digits, and so are the other `digests`, by name."""

    size: int
    sha256: str
    digests: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A part that the store has. `size` is in bytes."""

    size: int
    etag: str


class Reading:
    """An object that has been found, in pieces of at most 1 MiB. Iterate once, and close."""

    def __init__(self, source: Any, length: int) -> None:
        self._source = source
        self._left = length

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece: bytes = self._source.read(min(PIECE, self._left)) if self._left else b""
        if not piece:
            self.close()
            raise StopIteration
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        self._source.close()
