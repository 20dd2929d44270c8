"""Hostile texts: each is answered at once, by comparisons or by a SearchError."""

import pickle
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import (
    EXPERIMENTS,
    LOGGED_MODELS,
    MAX_COMPARISONS,
    MAX_LENGTH,
    MODEL_VERSIONS,
    REGISTERED_MODELS,
    RUNS,
    SearchError,
    parse_filter,
    parse_order_by,
    parse_order_field,
)

ALL = [RUNS, EXPERIMENTS, REGISTERED_MODELS, MODEL_VERSIONS, LOGGED_MODELS]
BIG = MAX_LENGTH - 100

HOSTILE = {
    "brackets": "(" * BIG,
    "a list of brackets": "run_id IN " + "(" * BIG,
    "nested not": "NOT " * (BIG // 4),
    "only and": "AND " * (BIG // 4),
    "quotes": "'" * BIG,
    "double quotes": '"' * BIG,
    "back-ticks": "`" * BIG,
    "all quotes": "'\"`" * (BIG // 3),
    "escaped quotes": "'" + "\\'" * (BIG // 2),
    "escaped and doubled quotes": "params.a = '" + "\\'''" * (BIG // 4),
    "dots": "a." * (BIG // 2),
    "dots and quotes": "a.'" * (BIG // 3),
    "digits": "metrics.a > " + "1" * BIG,
    "digits of an integer": "start_time > " + "1" * BIG,
    "digits of a float": "start_time > 0." + "1" * BIG,
    "digits of an exponent": "metrics.a > 1e" + "9" * BIG,
    "digits that are a word": "1" * BIG + "x",
    "exponents": "1e" * (BIG // 2),
    "operators": "a " + "<>=!" * (BIG // 4),
    "spaces": "metrics.a" + " " * BIG + "= 1",
    "signs": "-" * BIG,
    "plus signs in a list": "run_id IN (" + "+" * BIG + ")",
    "a long list": "run_id IN (" + "'a'," * (BIG // 4) + ")",
    "a long list without commas": "run_id IN (" + "'a' " * (BIG // 4) + ")",
    "a long key": "metrics.`" + "k" * BIG + "` = 1",
    "combining characters": "é̂" * (BIG // 3),
}


def refusals(text, searchable):
    """Those of the three questions' answers that are refusals."""
    for ask in (parse_filter, parse_one_order, parse_order_field):
        try:
            ask(text, searchable)
        except SearchError as refusal:
            yield refusal


def parse_one_order(clause, searchable):
    return parse_order_by([clause], searchable)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_is_answered_at_once_and_with_a_short_message(text):
    started = time.process_time()

    messages = [refusal.message for one in ALL for refusal in refusals(text, one)]

    assert time.process_time() - started < 5  # fifteen answers; quadratic time would be minutes
    assert max(map(len, messages), default=0) < 1000


def test_a_hundred_comparisons_are_a_filter_and_one_more_is_not():
    comparison = "metrics.a > 1"

    assert len(parse_filter(" AND ".join([comparison] * MAX_COMPARISONS), RUNS)) == MAX_COMPARISONS
    with pytest.raises(SearchError, match="at most 100 comparisons"):
        parse_filter(" AND ".join([comparison] * (MAX_COMPARISONS + 1)), RUNS)


def test_a_text_beyond_the_limit_is_not_read():
    with pytest.raises(SearchError, match="at most 100000 are read"):
        parse_filter("x" * (MAX_LENGTH + 1), RUNS)


@pytest.mark.parametrize("character", ["\x00", "\udfff"])
def test_what_no_stored_text_can_hold_is_refused(character):
    with pytest.raises(SearchError, match=f"Invalid character U\\+{ord(character):04X}") as refusal:
        parse_filter(f"params.a = 'x{character}'", RUNS)

    assert refusal.value.position == 13
    refusal.value.message.encode()


def test_a_refusal_survives_pickling():
    with pytest.raises(SearchError) as refusal:
        parse_filter("foo", RUNS)

    copy = pickle.loads(pickle.dumps(refusal.value))

    assert (copy.message, copy.position) == (refusal.value.message, refusal.value.position)


PIECES = st.sampled_from(
    [
        *("metrics", "params", "tags", "attributes", "dataset", "run_id", "name", "start_time", "version_number", "a"),
        *(".", "`", "'", '"', "\\", "(", ")", ",", "=", "<", ">", "!", "-", "+", "1", "0.5", "1e9", "e", ";", "--"),
        *(
            " AND ",
            " OR ",
            " NOT ",
            " IN ",
            " LIKE ",
            " ILIKE ",
            " IS ",
            " NULL ",
            " ASC",
            " DESC",
            " ",
            "\n",
            "{",
            "}",
        ),
        *("%s", "{key}", "é", "\x00", "\ud800", "\x1f", "\u2028", "'x'", "('x','y')", " = ", "experiment_id"),
    ]
)
TEXTS = st.one_of(st.text(), st.text(st.characters()), st.lists(PIECES, max_size=30).map("".join))


@settings(max_examples=500)
@given(TEXTS, st.sampled_from(ALL))
def test_no_text_raises_anything_but_a_search_error(text, searchable):
    for refusal in refusals(text, searchable):
        assert refusal.message
        assert 0 <= refusal.position <= len(text)
        refusal.message.encode()
