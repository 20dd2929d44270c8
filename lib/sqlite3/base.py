"""Writers of one process stand in a line, instead of each asking SQLite's file again and again whether it is free.

SQLite lets one transaction write at a time; who finds another writing sleeps for up to a tenth of a second and tries
again, and is overtaken meanwhile by whoever comes just then. With sixteen threads that log, the slowest waited most of
a second. Writers of other processes, of which there are none but commands, still find out from SQLite.
"""

import threading
from typing import Any

from django.db.backends.sqlite3 import base

_line = threading.Lock()


class DatabaseWrapper(base.DatabaseWrapper):
    _is_served = False

    def _start_transaction_under_autocommit(self) -> None:
        # Whose turn has not come by then is told by SQLite that the database is locked.
        self._is_served = _line.acquire(timeout=self.settings_dict["OPTIONS"].get("timeout", 5))
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._next()
            raise

    def _commit(self) -> Any:
        try:
            return super()._commit()
        finally:
            self._next()

    def _rollback(self) -> Any:
        try:
            return super()._rollback()
        finally:
            self._next()

    def _close(self) -> Any:
        try:
            return super()._close()
        finally:
            self._next()

    def _next(self) -> None:
        if self._is_served:
            self._is_served = False
            _line.release()
