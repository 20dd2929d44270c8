"""Statements of the hot paths, written by hand, with next to nothing between them and the driver.

Django's cursor costs as much again as such a statement, and on PostgreSQL has it parsed and planned anew each time;
here it is prepared once a connection. What a statement does belongs to the transaction that is open, if one is. Whoever
counts or logs queries sees them: then they go through Django's cursor.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model
from django.db.models.base import ModelState

from lib.sqlite3.base import DatabaseWrapper as LinedUp

T = TypeVar("T")
M = TypeVar("M", bound=Model)
Rows = list[tuple[Any, ...]]


def database() -> BaseDatabaseWrapper:
    """This thread's; `vendor` says which kind it is. Quicker than Django's `connection`, which looks it up each time
    that something is asked of it."""
    return connections[DEFAULT_DB_ALIAS]


def rows(statement: str, values: Sequence[Any] = ()) -> Rows:
    """What it returns; [] for one that returns nothing. Its parameters are marked `%s`, and no other `%` is in it."""
    return _executed(statement, values, prepare=True)


def fresh(statement: str, values: Sequence[Any] = ()) -> Rows:
    """The same for a text that was made for one question: it is planned for these very values, and not kept."""
    return _executed(statement, values, prepare=False)


def _executed(statement: str, values: Sequence[Any], *, prepare: bool) -> Rows:
    wrapper = database()
    if wrapper.queries_logged or wrapper.execute_wrappers:
        return _through_django(wrapper, statement, values)
    wrapper.ensure_connection()
    if wrapper.needs_rollback:
        wrapper.validate_no_broken_transaction()
    with wrapper.wrap_database_errors:
        if wrapper.vendor == "sqlite":
            text = _marked(statement) if prepare else statement.replace("%s", "?")
            return list(wrapper.connection.execute(text, values))
        return _on_postgresql(wrapper.connection, statement, values, prepare=prepare)


def each(statement: str, all_values: Sequence[Sequence[Any]]) -> None:
    """Once for each of them: SQLite's way with many rows, whose statements cost no round trip."""
    wrapper = database()
    if len(all_values) == 1 or wrapper.vendor != "sqlite" or wrapper.queries_logged or wrapper.execute_wrappers:
        for values in all_values:
            rows(statement, values)
        return
    wrapper.ensure_connection()
    with wrapper.wrap_database_errors:
        wrapper.connection.executemany(_marked(statement), all_values)


def whole(work: Callable[[], T]) -> T:
    """What `work` does with statements of this module, all of it or nothing, in one transaction or in the one that is
    open. On SQLite what several threads want at once shares a transaction, and may be done by another's thread."""
    wrapper = database()
    if wrapper.in_atomic_block:
        return work()
    if isinstance(wrapper, LinedUp) and not (wrapper.queries_logged or wrapper.execute_wrappers):
        return wrapper.together(work)
    with transaction.atomic():
        return work()


def _on_postgresql(connection: Any, statement: str, values: Sequence[Any], *, prepare: bool) -> Rows:
    from psycopg import Cursor

    # Django's own cursor writes the values into the text, so that nothing can be prepared.
    cursor = Cursor(connection)
    cursor.execute(statement, values, prepare=prepare)
    # Whether there are columns; `description` would make an object of each.
    result = cursor.pgresult
    return cursor.fetchall() if result is not None and result.nfields else []


def _through_django(wrapper: BaseDatabaseWrapper, statement: str, values: Sequence[Any]) -> Rows:
    with wrapper.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


@lru_cache(maxsize=256)
def _marked(statement: str) -> str:
    return statement.replace("%s", "?")


def instance(model: type[M], values: dict[str, Any]) -> M:
    """An object of a model from some columns of a row, by field; another field is asked for when somebody reads it.

    As `Model.from_db` does, at a quarter of its cost.
    """
    made = model.__new__(model)
    made._state = ModelState()
    made._state.adding, made._state.db = False, DEFAULT_DB_ALIAS
    made.__dict__.update(values)
    return made


def aware(moment: datetime | None) -> datetime | None:
    """SQLite's moments are in UTC and do not say so."""
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)
