"""Bytes to read once, from front to back, of which not much is ever in memory."""

from typing import Any, Protocol

# What one instruction of a pickle may carry and still be looked at; longer ones are data, and skipped.
KEPT = 64 * 1024
# What is read of the source at once, at least.
PEEK = 4096


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class Unreadable(Exception):
    """Why the content, or the rest of it, cannot be judged. The text is shown to people."""


class Exhausted(Unreadable):
    """A limit of the whole scan is reached: nothing else is looked at either."""


class Budget:
    """What one scan may read of archives and of what they expand to, in bytes."""

    def __init__(self, most: int) -> None:
        self.most = self.left = most

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise Exhausted(f"it expands to more than the {self.most // 1024**2} MiB that are looked at")


class Skipped(bytes):
    """So many bytes that were read over and not kept."""

    length: int

    def __len__(self) -> int:
        return self.length


class Stream:
    """The part of a file's interface that `pickletools.genops` uses. What was peeked at is read again."""

    def __init__(self, source: Readable, budget: Budget) -> None:
        self._source = source
        self._budget = budget
        # What has been read from the source; `_used` of it has been handed out.
        self._ahead = b""
        self._used = 0
        self._position = 0

    def tell(self) -> int:
        return self._position

    def peek(self, size: int) -> bytes:
        while len(self._ahead) - self._used < size:
            more = self._source.read(max(size - len(self._ahead) + self._used, PEEK))
            self._budget.spend(len(more))
            if not more:
                break
            self._ahead, self._used = self._ahead[self._used :] + more, 0
        return self._ahead[self._used : self._used + size]

    def read(self, size: int, /) -> bytes:
        if size > KEPT:
            skipped = Skipped()
            skipped.length = self.skip(size)
            return skipped
        found = self.peek(size)
        self._used += len(found)
        self._position += len(found)
        return found

    def readline(self) -> bytes:
        """At most KEPT bytes: an endless line has no end."""
        size = 256
        while True:
            line, ended, _ = self.peek(size).partition(b"\n")
            if ended or size > KEPT or len(line) < size:
                return self.read(min(len(line) + len(ended), KEPT))
            size *= 4

    def skip(self, size: int) -> int:
        """How many there were to skip."""
        left = size - len(self.read(min(size, len(self._ahead) - self._used, KEPT)))
        forward: Any = getattr(self._source, "forward", None)
        while left:
            if self._used < len(self._ahead) or forward is None:
                gone = len(self.read(min(left, KEPT)))
            else:
                gone = forward(left)
                self._position += gone
            if not gone:
                break
            left -= gone
        return size - left
