"""Pieces of statements, each with its values, for questions whose text depends on what is asked.

Only literals of this service become text; all that a client sent is a value.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from lib.statements import database
from search import Comparison
from tracking.search.text import glob


class Part(NamedTuple):
    sql: str
    values: tuple[Any, ...] = ()


NEVER = Part("1 = 0")
_SIGNS = {">": ">", ">=": ">=", "<": "<", "<=": "<=", "=": "=", "!=": "<>"}


@dataclass(frozen=True)
class Sort:
    """One ordering value, which may never be NULL; the last of a list of them must be unique."""

    part: Part
    ascending: bool = True


def compared(expression: str, comparison: Comparison) -> Part:
    """A number, or a text that is whole, against `= != > >= < <=`."""
    return Part(f"{expression} {_SIGNS[comparison.op]} %s", (_storable(comparison.value),))


def _storable(value: Any) -> Any:
    """Beyond what a database's integers reach, infinity is as far."""
    if isinstance(value, int) and abs(value) >= 2**63:
        return math.copysign(math.inf, value)
    return value


def one_of_keys(expression: str, keys: Sequence[int]) -> Part:
    """Numbers of our own, in the text: there may be more of them than a statement takes values."""
    return Part(f"{expression} IN ({', '.join(map(str, keys))})") if keys else NEVER


def one_of(expression: str, values: Sequence[Any]) -> Part:
    return Part(f"{expression} IN ({', '.join(['%s'] * len(values))})", tuple(values)) if values else NEVER


def words(expression: str, comparison: Comparison) -> Part:
    """A text against `= != LIKE ILIKE IN NOT IN`; as `tracking.search.text.condition`."""
    value: Any = comparison.value
    match comparison.op:
        case "LIKE":
            return _like(expression, value)
        case "ILIKE":
            return _like(f"lower({expression})", value.lower())
        case "=" | "!=":
            return compared(expression, comparison)
        case "IN":
            return one_of(expression, value)
        case _:
            return negated(one_of(expression, value))


def _like(expression: str, pattern: str) -> Part:
    if database().vendor == "sqlite":
        return Part(f"{expression} GLOB %s", (glob(pattern),))
    return Part(f"{expression} LIKE %s ESCAPE ''", (pattern,))


def negated(part: Part) -> Part:
    return Part(f"NOT ({part.sql})", part.values)


def by_code_point(expression: str) -> str:
    return f"{expression} COLLATE {'BINARY' if database().vendor == 'sqlite' else chr(34) + 'C' + chr(34)}"


def joined(parts: Iterable[Part], between: str) -> Part:
    listed = list(parts)
    return Part(between.join(part.sql for part in listed), tuple(v for part in listed for v in part.values))


def after(sorts: Sequence[Sort], last: Sequence[Any]) -> Part:
    """a > x, or a = x and b > y, or a = x and b = y and c > z …, with < where the order descends.

    Flat, as SQLite's parser cannot nest that deeply.
    """
    ways = []
    for place, sort in enumerate(sorts):
        same = [_compared(one, "=", value) for one, value in zip(sorts[:place], last[:place], strict=True)]
        beyond = _compared(sort, ">" if sort.ascending else "<", last[place])
        ways.append(joined([*same, beyond], " AND "))
    return Part(f"({joined(ways, ' OR ').sql})", joined(ways, "").values)


def _compared(sort: Sort, sign: str, value: Any) -> Part:
    return Part(f"{sort.part.sql} {sign} %s", (*sort.part.values, value))
