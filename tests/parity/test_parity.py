"""Every case, told to the stock MLflow server and to ours: the same answers, or the difference that is stated."""

import contextlib
import json
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.parity.case import Answered, Case, Difference, all_cases
from tests.parity.conftest import Sides
from tests.parity.side import Refused, Side

# MLflow warns of its own future, which is not what is compared.
pytestmark = [pytest.mark.parity, pytest.mark.filterwarnings("ignore")]


@pytest.mark.parametrize("case", all_cases(), ids=str)
def test_both_servers_answer_alike(case: Case, sides: Sides) -> None:
    unique = secrets.token_hex(6)
    with ThreadPoolExecutor(2) as both:
        stock, ours = both.map(lambda side: told(side, case, unique), sides(case.area))
    for entry in ours:
        must_be_an_answer(entry)
    if case.difference is None:
        must_be_the_same(stock, ours)
    else:
        must_differ_as_stated(case.difference, stock, ours)
    if case.says:
        for entry in (stock[-1], ours[-1]):
            assert case.says in entry["body"]["message"]


def told(side: Side, case: Case, unique: str) -> list[dict[str, Any]]:
    side.begin(unique)
    with contextlib.suppress(Refused):
        case.script(side)
    assert side.written
    return side.written


def compared(entry: dict[str, Any]) -> dict[str, Any]:
    """Of an error its status and code: the sentence is each server's own."""
    body = entry["body"]
    if isinstance(body, dict) and "error_code" in body:
        return {**entry, "body": body["error_code"]}
    return entry


def must_be_an_answer(entry: dict[str, Any]) -> None:
    """Ours never fails, and says why it refuses."""
    assert entry["status"] < 500, entry
    if entry["status"] >= 400:
        assert entry["body"]["error_code"], entry
        assert entry["body"]["message"], entry


def must_be_the_same(stock: list[dict[str, Any]], ours: list[dict[str, Any]]) -> None:
    for one, other in zip(stock, ours, strict=False):
        if compared(one) != compared(other):
            lines = [f"{one['call']} {one['status']} {other['status']}", *apart(one["body"], other["body"])]
            pytest.fail("\n    ".join(["stock and ours differ:", *lines]), pytrace=False)
    assert len(stock) == len(ours)


def apart(stock: Any, ours: Any, at: str = "$") -> Iterator[str]:
    """Where two answers differ, and how."""
    if isinstance(stock, dict) and isinstance(ours, dict):
        for name in sorted({*stock, *ours}):
            yield from apart(stock.get(name), ours.get(name), f"{at}.{name}")
    elif isinstance(stock, list) and isinstance(ours, list) and len(stock) == len(ours):
        for place, (one, other) in enumerate(zip(stock, ours, strict=True)):
            yield from apart(one, other, f"{at}[{place}]")
    elif stock != ours:
        yield f"{at}: {json.dumps(stock, ensure_ascii=False)} and {json.dumps(ours, ensure_ascii=False)}"


def must_differ_as_stated(difference: Difference, stock: list[dict[str, Any]], ours: list[dict[str, Any]]) -> None:
    """The first answers that differ do so as the case says; what follows from them is not compared."""
    for one, other in zip(stock, ours, strict=False):
        if compared(one) != compared(other):
            for entry, stated in ((one, difference.stock), (other, difference.ours)):
                assert answers(compared(entry), stated), entry
            return
    pytest.fail("the servers agree by now: let the case say so", pytrace=False)


def answers(entry: dict[str, Any], stated: Answered) -> bool:
    status, body = stated
    return bool(entry["status"] == status) and holds(entry["body"], body)


def holds(body: Any, stated: Any) -> bool:
    """A stated object holds where the body has its fields; `...` is anything, `None` an absent field, any other value
    is itself."""
    if stated is ...:
        return True
    if isinstance(stated, list) and isinstance(body, list):
        return len(stated) == len(body) and all(holds(one, part) for one, part in zip(body, stated, strict=True))
    if isinstance(stated, dict) and isinstance(body, dict):
        return all(holds(body.get(name), part) for name, part in stated.items())
    return bool(body == stated)
