"""What `CELERY_BEAT_SCHEDULE` names, done by the server itself where there is no broker, and so no beat.

One thread of one process does it, whichever takes the lock first; another takes over when that one ends.
"""

import fcntl
import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import close_old_connections, connections
from django.utils.module_loading import import_string

from lib import background

logger = logging.getLogger(__name__)

# In seconds. What is rare is first done this long after a start, so that it does not slow that down.
FIRST = 5 * 60.0
# How often a process asks whether the one that had the lock is gone.
ASK = 60.0


def start(*, first: float = FIRST) -> threading.Thread | None:
    """Begins in the background. Nothing where a broker is, as Celery's beat does it there."""
    if settings.REDIS_URL:
        return None
    thread = threading.Thread(target=_run, args=(first, time.sleep), name="periodic", daemon=True)
    thread.start()
    return thread


def _run(first: float, sleep: Callable[[float], None]) -> None:
    background.step_back()
    with _lock(sleep):
        every = {name: entry["schedule"].total_seconds() for name, entry in settings.CELERY_BEAT_SCHEDULE.items()}
        due = {name: time.monotonic() + min(first, seconds) for name, seconds in every.items()}
        while True:
            name = min(due, key=lambda name: due[name])
            sleep(max(due[name] - time.monotonic(), 0))
            perform(settings.CELERY_BEAT_SCHEDULE[name]["task"])
            due[name] = time.monotonic() + every[name]


def perform(task: str) -> None:
    """One task, here and now. Its failure is logged: the next one comes all the same."""
    close_old_connections()
    try:
        import_string(task)()
    except Exception:
        logger.exception("%s failed", task)
    finally:
        # A connection that waits for hours is one that the pool misses.
        connections.close_all()


def _lock(sleep: Callable[[float], None]) -> IO[str]:
    """Waits until no other process has it. The file is held open for as long as this process lives."""
    file = (Path(settings.DATA_DIR) / "periodic.lock").open("w")
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        sleep(ASK)
