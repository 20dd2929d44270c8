"""Several things at the same time."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connection

from lib.errors import Refusal


def together(*attempts: Callable[[], Any]) -> list[Any]:
    """Runs them at the same time, each on a connection of its own; what each returned, or its refusal."""
    barrier = threading.Barrier(len(attempts))

    def one(attempt: Callable[[], Any]) -> Any:
        try:
            barrier.wait(10)
            return attempt()
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(attempts)) as pool:
        return [done.result() for done in [pool.submit(one, attempt) for attempt in attempts]]
