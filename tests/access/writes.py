"""What a request changes in the database."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

_START = r"\s*(?:WITH\b.*\b)?"
INSERT = re.compile(_START + r"(?:INSERT|REPLACE)\b", re.IGNORECASE | re.DOTALL)
CHANGE = re.compile(_START + r"(?:UPDATE \S+ SET|DELETE FROM)\b", re.IGNORECASE | re.DOTALL)


@contextmanager
def written() -> Iterator[list[str]]:
    """The statements that have changed a row."""
    found: list[str] = []

    def look(execute: Any, sql: str, *rest: Any) -> Any:
        answered = execute(sql, *rest)
        if INSERT.match(sql) or (CHANGE.match(sql) and rest[-1]["cursor"].rowcount):
            found.append(sql)
        return answered

    with connection.execute_wrapper(look):
        yield found
