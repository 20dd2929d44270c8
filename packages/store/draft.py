"""Writing a large file at the price of its bytes.

What goes through the system's page cache costs a copy, memory that others would use better, and a long wait for the
disk at the end. Where the system lets files be written past it (Linux's O_DIRECT), whole pieces are; the rest, and
everything elsewhere, is written as usual.
"""

import fcntl
import mmap
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import cycle

PIECE = 1024**2
_DIRECT: int = getattr(os, "O_DIRECT", 0)


def copy(chunks: Iterable[bytes], descriptor: int) -> None:
    """Writes all of `chunks` to the empty file `descriptor`; it is on the disk when this returns.

    A piece is written while the next one is made, as whoever makes it measures it on the way.
    """
    # The system's own memory begins at a page, which writing past the cache asks for.
    with mmap.mmap(-1, PIECE) as one, mmap.mmap(-1, PIECE) as other, ThreadPoolExecutor(1) as writer:
        behind: Future[None] | None = None
        for piece, filled in _pieces(chunks, cycle((one, other))):
            if behind is not None:
                behind.result()
            if filled < PIECE:
                _write_rest(piece, filled, descriptor)
                break
            behind = writer.submit(_write_whole, piece, descriptor)
    os.fsync(descriptor)


def _pieces(chunks: Iterable[bytes], held: Iterator[mmap.mmap]) -> Iterator[tuple[mmap.mmap, int]]:
    """Whole pieces, and at last one that is not (it may be empty), each with how much of it is filled."""
    piece, filled = next(held), 0
    for chunk in chunks:
        left = memoryview(chunk)
        while left:
            taken = left[: PIECE - filled]
            piece[filled : filled + len(taken)] = taken
            left, filled = left[len(taken) :], filled + len(taken)
            if filled == PIECE:
                yield piece, filled
                piece, filled = next(held), 0
    yield piece, filled


def _write_whole(piece: mmap.mmap, descriptor: int) -> None:
    _set_direct(descriptor, _DIRECT)
    with memoryview(piece) as data:
        _write(data, descriptor)


def _write_rest(piece: mmap.mmap, filled: int, descriptor: int) -> None:
    _set_direct(descriptor, 0)
    _write(memoryview(piece[:filled]), descriptor)


def _set_direct(descriptor: int, wanted: int) -> None:
    """Some file systems (tmpfs, some networks') know no such thing and say so."""
    now = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    if now & _DIRECT != wanted:
        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_SETFL, now & ~_DIRECT | wanted)


def _write(data: memoryview, descriptor: int) -> None:
    at = 0
    while at < len(data):
        # Let go of at once: a view that an error's traceback still held would hide it behind another error.
        with data[at:] as left:
            written = os.write(descriptor, left)
        at += written
        if at < len(data):
            # The disk is nearly full, or a limit nearly reached: what is left need not end with a page.
            _set_direct(descriptor, 0)
