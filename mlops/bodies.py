"""A request's body on its way from the event loop to the thread that wants it.

Both kinds are what WSGI calls an input: they are read, and give b"" at the end. What breaks off is never taken for an
end: reading it raises an OSError.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import Future
from io import BytesIO
from typing import Any

from lib import pools

Receive = Callable[[], Awaitable[dict[str, Any]]]

# In bytes: a body that is said to be no larger is here whole before it costs a thread.
SMALL = 1024**2
# In seconds, and bytes a second: what a client may keep us waiting for the body of one request, all in all.
PATIENCE, SLOWEST = 30.0, 4096


class Broken(ConnectionError):
    """The client went away, or what it sent is not HTTP, before the end of the body."""


class Stalled(TimeoutError):
    """The client sends nothing, or next to nothing."""


async def small(receive: Receive, length: int) -> BytesIO:
    """A body of at most `length` bytes, whole. Broken or Stalled when it does not come."""
    pieces: list[bytes] = []
    try:
        async with asyncio.timeout(PATIENCE + length / SLOWEST):
            while await _take(receive, pieces):
                pass
    except TimeoutError:
        raise Stalled("the body did not come in time") from None
    return BytesIO(b"".join(pieces))


async def _take(receive: Receive, pieces: list[bytes]) -> bool:
    """Whether there is more after the piece that has come."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise Broken("the client went away in the middle of the body")
    pieces.append(message.get("body", b""))
    return bool(message.get("more_body"))


class Stream:
    """A body of any size, read by one thread. One message of the network (granian: 400 KB) is fetched ahead."""

    def __init__(self, receive: Receive, loop: asyncio.AbstractEventLoop) -> None:
        self._receive = receive
        self._loop = loop
        self._held = memoryview(b"")
        self._coming: Future[dict[str, Any]] | None = None
        self._patience = PATIENCE
        self.ended = False

    def read(self, size: int = -1) -> bytes:
        """`size` bytes, fewer only at the end; all that is left without a size."""
        pieces: list[memoryview] = []
        wanted = size
        while wanted and (self._held or self._fetch()):
            piece = self._held if wanted < 0 else self._held[:wanted]
            self._held = self._held[len(piece) :]
            wanted -= len(piece) if wanted > 0 else 0
            pieces.append(piece)
        return b"".join(pieces)

    def readline(self, size: int = -1) -> bytes:
        """For parsers of forms; nothing that is large has lines."""
        line = bytearray()
        while not line.endswith(b"\n") and (size < 0 or len(line) < size) and (byte := self.read(1)):
            line += byte
        return bytes(line)

    def _fetch(self) -> bool:
        """Whether there is more; it is held then."""
        while not self.ended and not self._held:
            message = self._next()
            self._coming = None
            if message["type"] == "http.disconnect":
                raise Broken("the client went away in the middle of the body")
            self._held = memoryview(message.get("body", b""))
            self._patience += len(self._held) / SLOWEST
            self.ended = not message.get("more_body")
            if not self.ended:
                self._coming = self._ask()
        return bool(self._held)

    def _next(self) -> dict[str, Any]:
        """Only what is spent waiting here counts: a store that is slow is not the client's fault."""
        coming, began = self._coming or self._ask(), time.monotonic()
        if not coming.done():
            pools.let_go_of_connection()
        try:
            return coming.result(max(self._patience, 0))
        except TimeoutError:
            coming.cancel()
            self._coming = None
            raise Stalled("next to nothing of the body has come") from None
        finally:
            self._patience -= time.monotonic() - began

    def _ask(self) -> "Future[dict[str, Any]]":
        return asyncio.run_coroutine_threadsafe(_once(self._receive), self._loop)

    async def pass_over(self, seconds: float) -> None:
        """On the loop, when nobody reads any more: takes what still comes and drops it, for so long."""
        try:
            async with asyncio.timeout(seconds):
                while not self.ended:
                    coming, self._coming = self._coming, None
                    message = await (asyncio.wrap_future(coming) if coming else self._receive())
                    self.ended = not message.get("more_body")
        except TimeoutError:
            pass


async def _once(receive: Receive) -> dict[str, Any]:
    return await receive()
