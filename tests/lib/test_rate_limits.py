"""Windows of time, counted in this process and in a real Redis."""

import logging
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import redis

from lib import limits
from lib.limits import Limit
from tests.live import free_port

# Long enough that none ends while a test runs, unless the test moves the clock.
LIMIT = Limit(3, 86400 * 365)


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    limits.forget()
    yield
    limits.forget()


@pytest.fixture(params=["in this process", "in Redis"])
def server(request: Any) -> str:
    return "" if request.param == "in this process" else str(request.getfixturevalue("broker"))


def at(monkeypatch: Any, seconds: float) -> None:
    monkeypatch.setattr(limits.time, "time", lambda: seconds)


def test_what_is_beyond_the_limit_is_known_and_others_are_not_touched(server: str) -> None:
    windows = [limits.hit(LIMIT, "a", server=server) for _ in range(4)]
    assert [(one.observed, one.remaining, one.is_over) for one in windows if one] == [
        (1, 2, False),
        (2, 1, False),
        (3, 0, False),
        (4, 0, True),
    ]
    assert limits.hit(LIMIT, "b", server=server).observed == 1


def test_a_new_window_begins_when_the_clock_is_a_multiple_of_its_length(server: str, monkeypatch: Any) -> None:
    at(monkeypatch, 1_000_030.5)
    first = limits.hit(Limit(1, 60), "a", server=server)
    assert (first.observed, first.ends, first.wait) == (1, 1_000_080, 50)
    at(monkeypatch, 1_000_079.9)
    last = limits.hit(Limit(1, 60), "a", server=server)
    assert (last.observed, last.is_over, last.wait) == (2, True, 1)
    at(monkeypatch, 1_000_080.0)
    assert limits.hit(Limit(1, 60), "a", server=server).observed == 1


def test_every_hit_of_many_threads_counts(server: str) -> None:
    def many() -> None:
        for _ in range(50):
            limits.hit(LIMIT, "a", server=server)

    threads = [threading.Thread(target=many) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert limits.hit(LIMIT, "a", server=server).observed == 401


def test_redis_forgets_a_window_that_is_over(broker: str) -> None:
    limits.hit(Limit(1, 60), "a", server=broker)
    with redis.Redis.from_url(broker) as there:
        [key] = there.keys("tenon:limits:*")
        assert 0 < there.ttl(key) <= 61


def test_this_process_forgets_a_window_that_is_over(monkeypatch: Any) -> None:
    at(monkeypatch, 1_000_000)
    for number in range(1000):
        limits.hit(Limit(1, 60), str(number))
    at(monkeypatch, 1_000_100)
    limits.hit(Limit(1, 60), "a")
    [(_, hits)] = limits._windows.values()
    assert list(hits) == ["a"]


def test_without_an_answer_of_redis_nobody_is_shut_out(caplog: Any) -> None:
    nobody_there = f"redis://127.0.0.1:{free_port()}/0"
    with caplog.at_level(logging.WARNING):
        assert [limits.hit(LIMIT, "a", server=nobody_there) for _ in range(9)] == [None] * 9
    assert len(caplog.records) == 1, "it is asked once, then left alone for a while"


def test_redis_counts_again_once_it_answers(broker: str, monkeypatch: Any) -> None:
    limits._left_alone_until[broker] = limits.time.monotonic() + limits.PAUSE
    assert limits.hit(LIMIT, "a", server=broker) is None
    monkeypatch.setitem(limits._left_alone_until, broker, limits.time.monotonic() - 1)
    assert limits.hit(LIMIT, "a", server=broker).observed == 1


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("5/second", Limit(5, 1)),
        (" 600/minute ", Limit(600, 60)),
        ("7200/hour", Limit(7200, 3600)),
        ("1/day", Limit(1, 86400)),
    ],
)
def test_a_limit_is_read(text: str, limit: Limit) -> None:
    assert limits.read(text) == limit


@pytest.mark.parametrize(
    "text", ["", "5", "0/minute", "-1/minute", "5/fortnight", "5/minutes", "x/hour", "5 per hour", "1e3/hour"]
)
def test_what_is_no_limit_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="600/minute"):
        limits.read(text)
