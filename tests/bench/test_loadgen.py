"""The load generator reads answers as HTTP/1.1 says, counts what fails, and drives clients side by side."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bench.loadgen import Answer, Drive, Reply, Script, dechunk
from tests.bench.tracker import tracking


def reply(data: bytes) -> Reply:
    found = Reply()
    found.buffer += data
    return found


def test_chunks_are_put_together() -> None:
    assert dechunk(bytearray(b"3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n"), 0) == b"abcde"


@pytest.mark.parametrize("part", [b"", b"3", b"3\r\nab", b"3\r\nabc\r\n", b"3\r\nabc\r\n2\r\nd"])
def test_a_part_of_the_chunks_is_no_body(part: bytes) -> None:
    assert dechunk(bytearray(part), 0) is None


def test_a_body_is_as_long_as_is_said() -> None:
    found = reply(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab")
    assert found.body() is None
    found.buffer += b"cd"
    assert (found.status, found.body()) == (200, b"abcd")


def test_a_chunked_body_ends_with_the_empty_chunk() -> None:
    found = reply(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n")
    assert found.body() is None
    found.buffer += b"0\r\n\r\n"
    assert found.body() == b"ab"


def test_an_answer_without_content_has_none() -> None:
    assert reply(b"HTTP/1.1 204 No Content\r\n\r\n").body() == b""


def test_a_body_of_no_said_length_ends_with_the_connection() -> None:
    found = reply(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nab")
    assert found.body() is None
    assert found.ends_with_connection
    assert found.closes


@contextmanager
def saying(answer: bytes) -> Iterator[tuple[str, int]]:
    """A server that answers one request and closes the connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            peer, _ = listener.accept()
            with peer:
                peer.recv(65536)
                peer.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()
        thread.join()


def ask(address: tuple[str, int]) -> tuple[list[Answer], Drive]:
    answers = []

    def client() -> Script:
        answers.append((yield "ask", b"GET / HTTP/1.1\r\n\r\n"))

    drive = Drive()
    drive.run(address, [client()])
    return answers, drive


def test_what_comes_until_the_end_of_the_connection_is_the_body() -> None:
    with saying(b"HTTP/1.1 200 OK\r\n\r\nall of it") as address:
        answers, drive = ask(address)
    assert [(one.status, one.body) for one in answers] == [(200, b"all of it")]
    assert drive.result.errors == 0


def test_an_answer_that_was_cut_short_is_an_error() -> None:
    with saying(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc") as address:
        answers, drive = ask(address)
    assert [one.status for one in answers] == [0]
    assert drive.result.errors == 1
    assert "closed by the server" in drive.result.samples[0]


def test_each_client_sends_its_next_request_after_its_answer() -> None:
    with tracking() as target:
        seen: list[tuple[int, int]] = []

        def client(number: int) -> Script:
            for _ in range(5):
                answer = yield f"client {number}", target.raw_post("experiments/search", b"{}")
                seen.append((number, answer.status))

        result = target.drive([client(number) for number in range(3)])
    assert sorted(seen) == [(number, 200) for number in range(3) for _ in range(5)]
    assert {label: result.count(label) for label in result.latency} == {f"client {n}": 5 for n in range(3)}
    assert (result.total, result.errors) == (15, 0)


def test_statuses_that_are_not_200_are_errors() -> None:
    with tracking("fail") as target:

        def client() -> Script:
            answer = yield "log", target.raw_post("runs/log-metric", b"{}")
            assert answer.status == 500

        result = target.drive([client()])
    assert result.errors == 1
    assert result.samples == ["log: HTTP 500 b'{}'"]
