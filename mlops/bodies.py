"""A request's body on its way from the event loop to the thread that wants it.

Both kinds are what WSGI calls an input: they are read, and give b"" at the end. What breaks off is never taken for an
end: reading it raises an OSError.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from io import BytesIO
from queue import Empty, SimpleQueue
from typing import Any

from lib import pools

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]

# In bytes: a body that is said to be no larger is here whole before it costs a thread.
SMALL = 1024**2
# In seconds, and bytes a second: what a client may keep us waiting for the body of one request, all in all.
PATIENCE, SLOWEST = 30.0, 4096
# Messages of the network that are taken in before they are asked for (granian's have up to 400 KB).
AHEAD = 4


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
    """A body of any size, read by one thread while the loop takes in what comes next."""

    def __init__(self, receive: Receive, loop: asyncio.AbstractEventLoop) -> None:
        self._receive = receive
        self._loop = loop
        self._come: SimpleQueue[Message] = SimpleQueue()
        self._room = asyncio.Semaphore(AHEAD)
        self._taking: asyncio.Task[None] | None = None
        self._unwanted = False
        self._held = memoryview(b"")
        self._more = True
        self._patience = PATIENCE
        # Whether all that the client has to send has come, read or not.
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
        while self._more and not self._held:
            message = self._next()
            if message["type"] == "http.disconnect":
                self._come.put(message)
                raise Broken("the client went away in the middle of the body")
            self._loop.call_soon_threadsafe(self._room.release)
            self._held = memoryview(message.get("body", b""))
            self._patience += len(self._held) / SLOWEST
            self._more = bool(message.get("more_body"))
        return bool(self._held)

    def _next(self) -> Message:
        """Only what is spent waiting here counts: a store that is slow is not the client's fault."""
        with suppress(Empty):
            return self._come.get_nowait()
        if self._taking is None:
            self._loop.call_soon_threadsafe(self._take_in)
        pools.let_go_of_connection()
        began = time.monotonic()
        try:
            return self._come.get(timeout=max(self._patience, 0))
        except Empty:
            raise Stalled("next to nothing of the body has come") from None
        finally:
            self._patience -= time.monotonic() - began

    # On the loop -----------------------------------------------------------------------------------------------------

    def _take_in(self) -> asyncio.Task[None]:
        self._taking = self._taking or self._loop.create_task(self._take_all_in())
        return self._taking

    async def _take_all_in(self) -> None:
        while not self.ended:
            await self._room.acquire()
            message = await self._receive()
            self.ended = not message.get("more_body")
            if self._unwanted:
                self._room.release()
            else:
                self._come.put(message)

    async def pass_over(self, seconds: float) -> None:
        """When nobody reads any more: takes what still comes and drops it, for so long."""
        self._unwanted = True
        self._room.release()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._take_in()

    def close(self) -> None:
        """Nothing more is taken in."""
        if self._taking:
            self._taking.cancel()
