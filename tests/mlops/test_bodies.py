"""Bodies on their way in: whole, or an error, however they come."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest

from mlops import bodies

HANGS = object()


def messages(*sent: Any) -> bodies.Receive:
    """What a server hands on: pieces, then the end; None for a client that goes away, HANGS for one that is silent."""
    coming = iter(sent)

    async def receive() -> dict[str, Any]:
        message = next(coming, b"")
        if message is HANGS:
            await asyncio.Event().wait()
        if message is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": message, "more_body": message != b""}

    return receive


@contextmanager
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop in a thread of its own."""
    running = asyncio.new_event_loop()
    thread = Thread(target=running.run_forever)
    thread.start()
    try:
        yield running
    finally:
        asyncio.run_coroutine_threadsafe(_end_all(), running).result()
        running.call_soon_threadsafe(running.stop)
        thread.join()
        running.close()


async def _end_all() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


def test_a_small_body_is_there_whole() -> None:
    assert asyncio.run(bodies.small(messages(b"ab", b"c"), 3)).read() == b"abc"


def test_a_small_body_that_breaks_off_is_none() -> None:
    with pytest.raises(bodies.Broken):
        asyncio.run(bodies.small(messages(b"ab", None), 3))


def test_a_small_body_that_does_not_come_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.05)
    with pytest.raises(bodies.Stalled):
        asyncio.run(bodies.small(messages(b"ab", HANGS), 3))


def test_a_stream_is_read_in_pieces_of_any_size() -> None:
    with loop() as running:
        stream = bodies.Stream(messages(b"abc", b"defgh", b"i"), running)
        assert [stream.read(2), stream.read(5), stream.read(), stream.read(), stream.read(1)] == [
            b"ab",
            b"cdefg",
            b"hi",
            b"",
            b"",
        ]
        assert stream.ended


def test_a_stream_is_read_in_lines() -> None:
    with loop() as running:
        stream = bodies.Stream(messages(b"a\nb", b"c\n", b"d"), running)
        assert [stream.readline(), stream.readline(), stream.readline(), stream.readline()] == [
            b"a\n",
            b"bc\n",
            b"d",
            b"",
        ]


def test_a_stream_that_breaks_off_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    with loop() as running:
        stream = bodies.Stream(messages(b"abc", None), running)
        assert stream.read(3) == b"abc"
        with pytest.raises(bodies.Broken):
            stream.read(1)


def test_a_stream_that_falls_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.05)
    with loop() as running:
        stream = bodies.Stream(messages(b"abc", HANGS), running)
        assert stream.read(3) == b"abc"
        with pytest.raises(bodies.Stalled):
            stream.read(1)


def test_what_nobody_reads_is_passed_over_but_not_for_long() -> None:
    for sent, ended in (((b"x" * 1000, b"y"), True), ((b"x", None), True), ((b"x", HANGS), False)):
        with loop() as running:
            stream = bodies.Stream(messages(*sent), running)
            asyncio.run_coroutine_threadsafe(stream.pass_over(0.05), running).result()
            assert stream.ended is ended


def test_only_so_much_is_taken_in_ahead_of_its_reader() -> None:
    taken = []

    async def receive() -> dict[str, Any]:
        taken.append(None)
        return {"type": "http.request", "body": b"x", "more_body": True}

    with loop() as running:
        stream = bodies.Stream(receive, running)
        assert stream.read(1) == b"x"
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.05), running).result()
        assert len(taken) == bodies.AHEAD + 1
        running.call_soon_threadsafe(stream.close)
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0.05), running).result()
        assert not asyncio.all_tasks(running)


def test_a_stream_that_broke_off_says_so_each_time() -> None:
    with loop() as running:
        stream = bodies.Stream(messages(None), running)
        for _ in range(2):
            with pytest.raises(bodies.Broken):
                stream.read(1)
