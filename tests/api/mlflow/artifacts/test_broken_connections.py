"""Connections that break, against the real application server: what is half sent never becomes a file."""

import json
import os
import socket
import struct
import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

from tests.live import Live, Tenant

MIB = 1024**2


class Caller:
    """A tenant with one run, and sockets to send what no decent client sends."""

    def __init__(self, live: Live, tenant: Tenant) -> None:
        self.tenant, self.url = tenant, urlsplit(tenant.tracking_uri)
        self.store = live.data_dir / "files"
        answer = self.call("POST", "/api/2.0/mlflow/runs/create", b"{}")
        self.run_id, self.place = _run(answer)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> HTTPResponse:
        connection = HTTPConnection(self.url.hostname or "", self.url.port, timeout=30)
        headers |= {"Authorization": f"Bearer {self.tenant.token}", "Connection": "close"}
        connection.request(method, self.url.path + path, body, headers)
        return connection.getresponse()

    def address(self, name: str) -> str:
        return f"/api/2.0/mlflow-artifacts/artifacts/{self.place}/{name}"

    def send(self, name: str, headers: str, body: bytes) -> socket.socket:
        """The beginning of an upload; the caller decides how it ends."""
        connection = socket.create_connection((self.url.hostname, self.url.port), timeout=30)
        start = f"PUT {self.url.path}{self.address(name)} HTTP/1.1\r\nHost: {self.url.netloc}\r\n"
        connection.sendall(f"{start}Authorization: Bearer {self.tenant.token}\r\n{headers}\r\n\r\n".encode() + body)
        return connection

    def listed(self) -> list[str]:
        with self.call("GET", f"/api/2.0/mlflow/artifacts/list?run_id={self.run_id}") as answer:
            return [file["path"] for file in json.load(answer).get("files", [])]

    def drafts(self) -> list[Path]:
        return list(self.store.rglob("*.part"))


def _run(answer: HTTPResponse) -> tuple[str, str]:
    with answer:
        info = json.load(answer)["run"]["info"]
    return info["run_id"], info["artifact_uri"].removeprefix("mlflow-artifacts:/")


@pytest.fixture
def caller(live: Live, tenant: Tenant) -> Caller:
    return Caller(live, tenant)


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 15
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def hang_up(connection: socket.socket) -> None:
    connection.close()


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@pytest.mark.parametrize("end", [hang_up, reset])
@pytest.mark.parametrize("sent", [0, 1, 3 * MIB])
def test_an_upload_whose_client_goes_away_becomes_no_file_and_leaves_nothing(
    caller: Caller, end: Callable[[socket.socket], None], sent: int
) -> None:
    connection = caller.send("half", f"Content-Length: {5 * MIB}", b"x" * sent)
    assert eventually(lambda: len(caller.drafts()) == 1)
    end(connection)
    assert eventually(lambda: caller.drafts() == [])
    assert caller.listed() == []


@pytest.mark.parametrize("end", [hang_up, reset])
@pytest.mark.parametrize("sent", [b"5\r\nhello\r\n", b"5\r\nhe", b"5\r\nhello\r\nnonsense\r\n"])
def test_an_upload_in_chunks_that_breaks_becomes_no_file(
    caller: Caller, end: Callable[[socket.socket], None], sent: bytes
) -> None:
    end(caller.send("half", "Transfer-Encoding: chunked", sent))
    time.sleep(0.2)
    assert eventually(lambda: caller.drafts() == [])
    assert caller.listed() == []


def test_an_upload_in_chunks_is_kept_when_its_last_chunk_has_come(caller: Caller) -> None:
    connection = caller.send("a", "Transfer-Encoding: chunked", b"5\r\nhello\r\n")
    assert eventually(lambda: len(caller.drafts()) == 1)
    assert caller.listed() == []
    connection.sendall(b"6\r\n world\r\n0\r\n\r\n")
    assert connection.recv(100).startswith(b"HTTP/1.1 200")
    connection.close()
    with caller.call("GET", caller.address("a")) as answer:
        assert answer.read() == b"hello world"


@pytest.mark.parametrize("nonsense", [b"nonsense\r\n", b"-5\r\nhello\r\n", b"5\r\nhello!!\r\n0\r\n\r\n"])
def test_an_upload_in_chunks_that_are_none_is_refused_while_the_connection_holds(
    caller: Caller, nonsense: bytes
) -> None:
    connection = caller.send("half", "Transfer-Encoding: chunked", b"5\r\nhello\r\n" + nonsense)
    assert connection.recv(100).startswith(b"HTTP/1.1 400")
    connection.close()
    assert eventually(lambda: caller.drafts() == [])
    assert caller.listed() == []


def test_an_empty_upload_in_chunks_is_an_empty_file(caller: Caller) -> None:
    with caller.call("PUT", caller.address("empty"), iter([])) as answer:
        assert (answer.status, answer.read()) == (200, b"{}")
    assert caller.listed() == ["empty"]


def test_two_uploads_on_one_connection_are_two_files(caller: Caller) -> None:
    connection = HTTPConnection(caller.url.hostname or "", caller.url.port, timeout=30)
    for name in ("a", "b"):
        headers = {"Authorization": f"Bearer {caller.tenant.token}"}
        connection.request("PUT", caller.url.path + caller.address(name), name * 3 * MIB, headers)
        assert connection.getresponse().read() == b"{}"
    connection.close()
    assert caller.listed() == ["a", "b"]


def test_a_download_that_nobody_reads_to_the_end_gives_its_file_back(caller: Caller, live: Live) -> None:
    size = 64 * MIB
    with caller.call("PUT", caller.address("large"), bytes(size)) as answer:
        assert answer.status == 200
    for _ in range(3):
        with caller.call("GET", caller.address("large")) as answer:
            assert answer.read(10) == bytes(10)
    assert eventually(lambda: open_files(live, caller.store) == [])


def open_files(live: Live, folder: Path) -> list[str]:
    """What the server's processes have open in the store."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            session = int((entry / "stat").read_text().rpartition(")")[2].split()[3])
            found += [os.readlink(one) for one in (entry / "fd").iterdir()] if session == live.pid else []
        except OSError:
            continue
    return [name for name in found if name.startswith(str(folder))]


def test_head_and_ranges_work_through_the_application_server(caller: Caller) -> None:
    with caller.call("PUT", caller.address("a.txt"), b"0123456789") as answer:
        assert answer.status == 200
    with caller.call("HEAD", caller.address("a.txt")) as answer:
        assert (answer.status, answer.headers["Content-Length"], answer.read()) == (200, "10", b"")
    with caller.call("GET", caller.address("a.txt"), Range="bytes=2-4") as answer:
        assert (answer.status, answer.read()) == (206, b"234")
    with caller.call("HEAD", caller.address("..")) as answer:
        assert (answer.status, answer.read()) == (400, b"")


@pytest.mark.parametrize("size", [10, 2 * MIB])
def test_a_slow_upload_and_others_do_not_wait_for_each_other(caller: Caller, size: int) -> None:
    slow = caller.send("slow", f"Content-Length: {size}", b"01234")
    assert eventually(lambda: len(caller.drafts()) == 1 or size == 10)
    with caller.call("PUT", caller.address("quick"), b"x") as answer:
        assert answer.status == 200
    assert caller.listed() == ["quick"]
    slow.sendall(bytes(size - 5))
    assert slow.recv(100).startswith(b"HTTP/1.1 200")
    slow.close()
    assert caller.listed() == ["quick", "slow"]


def test_many_uploads_of_the_same_bytes_at_once_all_succeed(caller: Caller) -> None:
    answers: list[int] = []

    def send(number: int) -> None:
        with caller.call("PUT", caller.address(f"{number}"), b"the same" * 1000) as answer:
            answers.append(answer.status)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [200] * 16
    assert len(caller.listed()) == 16


@pytest.mark.client
def test_mlflows_client_hears_why_a_large_upload_was_refused(
    live: Live, tenant: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(32 * MIB))
    for name, value in tenant.environment.items():
        monkeypatch.setenv(name, value)
    run = MlflowClient().create_run("0")
    reader = live.member(tenant)
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", reader.token)
    mlflow.set_tracking_uri(tenant.tracking_uri)
    with pytest.raises((MlflowException, OSError)) as refused:
        MlflowClient().log_artifact(run.info.run_id, str(large))
    assert "403" in str(refused.value)
