"""Comparing text alike on both databases.

SQLite's LIKE ignores ASCII case and PostgreSQL's takes a backslash for an escape; PostgreSQL sorts text by the
database's locale. MLflow does none of that.
"""

from typing import Any

from django.db import connection
from django.db.models import BooleanField, Expression, F, Func, Q, Value
from django.db.models.functions import Collate, Lower
from django.db.models.lookups import Exact, In

from search import Comparison


class Like(Func):
    """`expression LIKE pattern`: `%` and `_` are wildcards, case counts, nothing escapes."""

    output_field = BooleanField()

    def as_postgresql(self, compiler: Any, conn: Any, **context: Any) -> Any:
        return self.as_sql(compiler, conn, template="(%(expressions)s ESCAPE '')", arg_joiner=" LIKE ", **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="(%(expressions)s)", arg_joiner=" GLOB ", **context)


def like(expression: Any, pattern: str) -> Like:
    return Like(expression, Value(glob(pattern) if connection.vendor == "sqlite" else pattern))


def glob(pattern: str) -> str:
    """A LIKE pattern in the words of SQLite's GLOB, the only comparison of it that minds case."""
    special = {"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"}
    return "".join(special.get(character, character) for character in pattern)


def condition(expression: Any, comparison: Comparison) -> Q:
    """An expression of text against `= != LIKE ILIKE IN NOT IN`."""
    value: Any = comparison.value
    expression = F(expression) if isinstance(expression, str) else expression
    match comparison.op:
        case "LIKE":
            return Q(like(expression, value))
        case "ILIKE":
            return Q(like(Lower(expression), value.lower()))
        case "=":
            return Q(Exact(expression, value))
        case "!=":
            return ~Q(Exact(expression, value))
        case "IN":
            return Q(In(expression, list(value)))
        case _:
            return ~Q(In(expression, list(value)))


def sortable(expression: Any) -> Expression:
    """The same text, ordered by code point."""
    return Collate(expression, "C" if connection.vendor == "postgresql" else "BINARY")
