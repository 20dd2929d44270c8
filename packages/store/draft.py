"""Writing a large file at the price of its bytes.

What goes through the system's page cache costs a copy, memory that others would use better, and a long wait for the
disk at the end. Where the system lets files be written past it (Linux's O_DIRECT), whole pieces are; the rest, and
everything elsewhere, is written as usual.
"""

import fcntl
import mmap
import os
from collections.abc import Iterable
from contextlib import suppress

PIECE = 1024**2
_DIRECT: int = getattr(os, "O_DIRECT", 0)


def copy(chunks: Iterable[bytes], descriptor: int) -> None:
    """Writes all of `chunks` to the empty file `descriptor`; it is on the disk when this returns."""
    # The system's own memory begins at a page, which writing past the cache asks for.
    with mmap.mmap(-1, PIECE) as piece:
        filled = 0
        for chunk in chunks:
            filled = _gather(memoryview(chunk), piece, filled, descriptor)
        _set_direct(descriptor, 0)
        _write(memoryview(piece[:filled]), descriptor)
    os.fsync(descriptor)


def _gather(chunk: memoryview, piece: mmap.mmap, filled: int, descriptor: int) -> int:
    """How much of `piece` is filled after all of `chunk`; it is written out each time it is full."""
    while chunk:
        taken = chunk[: PIECE - filled]
        piece[filled : filled + len(taken)] = taken
        chunk, filled = chunk[len(taken) :], filled + len(taken)
        if filled == PIECE:
            _set_direct(descriptor, _DIRECT)
            with memoryview(piece) as whole:
                _write(whole, descriptor)
            filled = 0
    return filled


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
