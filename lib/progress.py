"""A bar that moves in a terminal, and nothing at all where nobody watches: in a pipe, a log, a cron mail."""

import time
from types import TracebackType
from typing import TextIO

WIDTH = 30
# In seconds: often enough to look alive, seldom enough to cost nothing.
EVERY = 0.1


class Progress:
    """`with Progress(total, stream) as progress: … progress.step()`. The total may be a guess."""

    def __init__(self, total: int, stream: TextIO, *, unit: str) -> None:
        self._total, self._stream, self._unit = total, stream, unit
        self._done = 0
        self._shown_at = 0.0
        self._visible = stream.isatty()

    def __enter__(self) -> "Progress":
        self._show()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.clear()

    def step(self, count: int = 1) -> None:
        self._done += count
        if time.monotonic() - self._shown_at >= EVERY:
            self._show()

    def clear(self) -> None:
        """Makes place for a line of text; the next step brings the bar back."""
        if self._visible:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown_at = 0.0

    def _show(self) -> None:
        if not self._visible:
            return
        self._shown_at = time.monotonic()
        share = min(self._done / self._total, 1.0) if self._total else 1.0
        bar = ("█" * int(WIDTH * share)).ljust(WIDTH, "░")
        self._stream.write(f"\r\x1b[K{bar} {share:4.0%}  {self._done} {self._unit}")
        self._stream.flush()
