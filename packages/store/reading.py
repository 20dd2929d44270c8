"""An object's bytes on their way out."""

from collections.abc import Iterator
from typing import Any

PIECE = 1024**2


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
