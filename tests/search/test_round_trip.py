"""Comparisons written out as filters come back as they were."""

from hypothesis import given
from hypothesis import strategies as st

from search import RUNS, Comparison, Kind, Order, parse_filter, parse_order_by

# No quotes and no backslash at the end: in this language those change where a value ends.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="'\"`\\\x00"), max_size=20)
STRINGS = st.sampled_from(["=", "!=", "LIKE", "ILIKE"])
NUMBERS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
LISTS = st.sampled_from(["IN", "NOT IN"])
NULLS = st.sampled_from(["IS NULL", "IS NOT NULL"])
WORDS = st.sampled_from([Kind.PARAM, Kind.TAG])
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
MILLISECONDS = st.integers(-(2**63), 2**63 - 1)
TEXTS = st.lists(TEXT, min_size=1, max_size=5).map(tuple)

COMPARISONS = st.one_of(
    st.builds(Comparison, st.just(Kind.METRIC), TEXT, NUMBERS, FLOATS),
    st.builds(Comparison, WORDS, TEXT, STRINGS, TEXT),
    st.builds(Comparison, WORDS, TEXT, NULLS, st.none()),
    st.builds(Comparison, st.just(Kind.ATTRIBUTE), st.sampled_from(["start_time", "end_time"]), NUMBERS, MILLISECONDS),
    st.builds(Comparison, st.just(Kind.ATTRIBUTE), st.sampled_from(["status", "run_name"]), STRINGS, TEXT),
    st.builds(Comparison, st.just(Kind.ATTRIBUTE), st.just("run_id"), LISTS, TEXTS),
    st.builds(Comparison, st.just(Kind.DATASET), st.sampled_from(["name", "digest", "context"]), LISTS, TEXTS),
)


def written(comparison):
    start = f"{comparison.kind}.`{comparison.key}` {comparison.op}"
    if comparison.value is None:
        return start
    if isinstance(comparison.value, tuple):
        return f"{start} ({', '.join(map(quoted, comparison.value))})"
    return f"{start} {quoted(comparison.value) if isinstance(comparison.value, str) else repr(comparison.value)}"


def quoted(text):
    return f"'{text}'"


@given(st.lists(COMPARISONS, max_size=8))
def test_a_written_filter_is_read_as_its_comparisons(comparisons):
    assert parse_filter(" AND ".join(map(written, comparisons)), RUNS) == comparisons


ORDERS = st.builds(Order, st.sampled_from([Kind.METRIC, Kind.PARAM, Kind.TAG]), TEXT, st.booleans())


@given(st.lists(ORDERS, max_size=8, unique_by=lambda order: (order.kind, order.key)))
def test_a_written_order_is_read_as_its_orders(orders):
    clauses = [f"{order.kind}.`{order.key}` {'ASC' if order.ascending else 'DESC'}" for order in orders]

    assert parse_order_by(clauses, RUNS) == orders
