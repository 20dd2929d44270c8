"""Writers of one process stand in a line, instead of each asking SQLite's file again and again whether it is free.

SQLite lets one transaction write at a time; who finds another writing sleeps for up to a tenth of a second and tries
again, and is overtaken meanwhile by whoever comes just then. With sixteen threads that log, the slowest waited most of
a second. Writers of other processes, of which there are none but commands, still find out from SQLite.

What is small enough goes in company (`together`): who comes to the head of the line does the work of all that stand
behind it as well, and they share one commit, which is what costs most. Each is answered when that is on the disk.
"""

import threading
from collections import deque
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import OperationalError
from django.db.backends.sqlite3 import base

T = TypeVar("T")

# That share a commit at most.
COMPANY = 64

_line = threading.Lock()
_waiting: deque["_Place"] = deque()


class _Place:
    """Work that waits in the line, and what has become of it."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self.work = work
        self.done = False
        self.result: Any = None
        self.error: BaseException | None = None


class DatabaseWrapper(base.DatabaseWrapper):
    _is_served = False

    def together(self, work: Callable[[], T]) -> T:
        """What `work` does with plain statements, whole or not at all, perhaps in a transaction with others' work, and
        perhaps in their thread: it may use no connection but `connections`' own, and ask for no hook."""
        place = _Place(work)
        _waiting.append(place)
        self._wait(place)
        try:
            while not place.done:
                self._serve([_waiting.popleft() for _ in range(min(len(_waiting), COMPANY))])
        finally:
            _line.release()
        if place.error is not None:
            raise place.error
        return place.result  # type: ignore[no-any-return]

    def _wait(self, place: _Place) -> None:
        if _line.acquire(timeout=self._patience()):
            return
        try:
            _waiting.remove(place)
        except ValueError:  # Somebody is at it.
            _line.acquire()
        else:
            raise OperationalError("database is locked")

    def _serve(self, company: list[_Place]) -> None:
        try:
            self.ensure_connection()
            with self.wrap_database_errors:
                self.connection.execute("BEGIN IMMEDIATE")
                for place in company:
                    self._work_of(place)
                self.connection.execute("COMMIT")
        except BaseException as error:  # noqa: BLE001 - it is raised by each of them
            if self.connection is not None and self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            for place in company:
                place.error = place.error or error
        for place in company:
            place.done = True

    def _work_of(self, place: _Place) -> None:
        """One that fails takes back its own work alone."""
        self.connection.execute("SAVEPOINT own")
        try:
            place.result = place.work()
        except Exception as error:  # noqa: BLE001 - it is raised where it is waited for
            place.error = error
            self.connection.execute("ROLLBACK TO own")
        self.connection.execute("RELEASE own")

    def _patience(self) -> float:
        return float(self.settings_dict["OPTIONS"].get("timeout", 5))

    def _start_transaction_under_autocommit(self) -> None:
        # Whose turn has not come by then is told by SQLite that the database is locked.
        self._is_served = _line.acquire(timeout=self._patience())
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._next()
            raise

    def _commit(self) -> Any:
        try:
            return super()._commit()  # type: ignore[misc]
        finally:
            self._next()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()  # type: ignore[misc]
        finally:
            self._next()

    def _close(self) -> Any:
        try:
            return super()._close()  # type: ignore[misc]
        finally:
            self._next()

    def _next(self) -> None:
        if self._is_served:
            self._is_served = False
            _line.release()
