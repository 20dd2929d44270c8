"""The filter language's refusals, as the domain's."""

from collections.abc import Sequence

from lib.errors import InvalidInput
from search import Comparison, Order, Searchable, SearchError, parse_filter, parse_order_by


def comparisons(text: str, searchable: Searchable) -> list[Comparison]:
    """InvalidInput says where the filter is wrong, and what was expected."""
    try:
        return parse_filter(text, searchable)
    except SearchError as wrong:
        raise InvalidInput(wrong.message, field="filter") from None


# Each joins a table, and SQLite joins 64 at the most.
MAX_ORDERS = 20


def orders(clauses: Sequence[str], searchable: Searchable) -> list[Order]:
    """At most 20. InvalidInput says which is wrong, and what was expected."""
    if len(clauses) > MAX_ORDERS:
        raise InvalidInput(f"order_by can hold at most {MAX_ORDERS} clauses. Got {len(clauses)}.", field="order_by")
    try:
        return parse_order_by(clauses, searchable)
    except SearchError as wrong:
        raise InvalidInput(wrong.message, field="order_by") from None
