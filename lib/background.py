"""Tasks that nobody should wait for, where there is no broker: one thread of the process does them, one by one.

    @shared_task(base=Patient)
    def inspect_blob(pk: int) -> None: ...

With a broker such a task is like any other. Without one its work is put into a queue in memory: what waits there when
the process ends is lost, and so is what finds the queue full. A `Patient` task must be one that something else starts
again. With `settings.BACKGROUND_THREAD` off (in tests) it runs at once, as Celery's eager tasks do.
"""

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from queue import Empty, Full, Queue
from typing import Any, TypeVar

from celery import Task
from django.conf import settings
from django.db import close_old_connections, connections

logger = logging.getLogger(__name__)

Piece = TypeVar("Piece")

MOST_WAITING = 10_000
# While somebody waits, background work rests so many times as long as it works.
REST = 4

_waiting: "Queue[Callable[[], object]]" = Queue(MOST_WAITING)
_starting = threading.Lock()
_thread: threading.Thread | None = None
# One entry for each thing that somebody waits for. Adding to a list and taking from it need no lock.
_urgent: list[None] = []


class Patient(Task):  # type: ignore[type-arg]
    abstract = True

    def apply_async(self, args: Any = None, kwargs: Any = None, *more: Any, **options: Any) -> Any:
        if self.app.conf.task_always_eager and settings.BACKGROUND_THREAD:
            return put(lambda: self.run(*(args or ()), **(kwargs or {})))
        return super().apply_async(args, kwargs, *more, **options)


def put(work: Callable[[], object]) -> bool:
    """Whether there was room."""
    try:
        _waiting.put_nowait(work)
    except Full:
        logger.warning("%d tasks are waiting: another one is left for later", MOST_WAITING)
        return False
    _start()
    return True


@contextmanager
def urgent() -> Iterator[None]:
    """Around what somebody waits for while it keeps the disk and the processor busy."""
    _urgent.append(None)
    try:
        yield
    finally:
        _urgent.pop()


def unhurried(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """The same pieces, handed out with rests as long as there is something urgent in this process."""
    began = time.monotonic()
    for piece in pieces:
        yield piece
        if _urgent:
            time.sleep(REST * (time.monotonic() - began))
        began = time.monotonic()


def wait(seconds: float) -> bool:
    """Until nothing is waiting or being done. Whether that came in time."""
    deadline = time.monotonic() + seconds
    while _waiting.unfinished_tasks and time.monotonic() < deadline:
        time.sleep(0.02)
    return not _waiting.unfinished_tasks


def _start() -> None:
    global _thread  # noqa: PLW0603 - one a process
    with _starting:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_work, name="background", daemon=True)
            _thread.start()


def step_back() -> None:
    """Whoever waits for an answer comes first. On Linux a thread has a priority of its own; elsewhere it would be the
    whole process's."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 19)


def _work() -> None:
    step_back()
    while True:
        try:
            work = _waiting.get(timeout=60)
        except Empty:
            connections.close_all()
            continue
        try:
            _done(work)
        finally:
            _waiting.task_done()


def _done(work: Callable[[], object]) -> None:
    close_old_connections()
    try:
        work()
    except Exception:
        logger.exception("a background task failed")
    finally:
        for connection in connections.all(initialized_only=True):
            # A pool's connections are few, and the next task may be far away.
            if connection.settings_dict["OPTIONS"].get("pool"):
                connection.close()
