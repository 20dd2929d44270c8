"""The scanning process: it asks for bytes on its output, gets them on its input, and ends with what it found.

Nothing of the service is imported here, and nothing is known but the size of the content and the names it is kept by.
"""

import io
import json
import resource
import struct
import sys
from contextlib import suppress
from typing import Any

BLOCK = 256 * 1024
# In bytes and seconds. Of addresses, of which Python and its libraries reserve more than they use.
MOST_MEMORY = 1024**3
MOST_CPU = 300


class Remote(io.RawIOBase):
    """The content, read in blocks over the pipe; two of them are kept."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size
        self._at = 0
        self._blocks: dict[int, bytes] = {}

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(base + offset, 0)
        return self._at

    def forward(self, size: int) -> int:
        """Over so many bytes without reading them; how many there were."""
        gone = min(size, max(self._size - self._at, 0))
        self._at += gone
        return gone

    def read(self, size: int = -1) -> bytes:
        left = max(self._size - self._at, 0) if size is None or size < 0 else size
        pieces = []
        while left and self._at < self._size:
            start = self._at % BLOCK
            piece = self._block(self._at // BLOCK)[start : start + left]
            pieces.append(piece)
            self._at += len(piece)
            left -= len(piece)
        return b"".join(pieces)

    def _block(self, number: int) -> bytes:
        if number not in self._blocks:
            if len(self._blocks) > 1:
                del self._blocks[next(iter(self._blocks))]
            self._blocks[number] = self._asked(number * BLOCK)
        return self._blocks[number]

    def _asked(self, offset: int) -> bytes:
        length = min(BLOCK, self._size - offset)
        say({"offset": offset, "length": length})
        content = sys.stdin.buffer.read(length)
        if len(content) < length:
            raise SystemExit(1)
        return content


def say(what: dict[str, Any]) -> None:
    sys.stdout.buffer.write(json.dumps(what).encode() + b"\n")
    sys.stdout.buffer.flush()


def limit() -> None:
    """Not all systems have all of these."""
    for kind, most in (("AS", MOST_MEMORY), ("CPU", MOST_CPU), ("CORE", 0), ("FSIZE", MOST_MEMORY)):
        with suppress(ValueError, OSError, AttributeError):
            resource.setrlimit(getattr(resource, f"RLIMIT_{kind}"), (most, most))


def main() -> None:
    from packages.scanner.content import scan

    limit()
    asked = json.loads(sys.stdin.buffer.read(struct.unpack("!I", sys.stdin.buffer.read(4))[0]))
    report = scan(Remote(asked["size"]), asked["names"])
    say({"verdict": report.verdict, "findings": report.findings})
