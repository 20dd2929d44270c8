"""JSON sent in chunks, to a real server: no length is said, and what is cut off must not count as less."""

import socket
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

pytestmark = pytest.mark.client


def call(tenant: Any, body: bytes, *, end: bytes = b"0\r\n\r\n") -> bytes:
    """The raw answer to runs/create with this body as one chunk."""
    place = urlsplit(tenant.tracking_uri)
    head = (
        f"POST {place.path}/api/2.0/mlflow/runs/create HTTP/1.1\r\nHost: {place.netloc}\r\n"
        f"Authorization: Bearer {tenant.token}\r\nContent-Type: application/json\r\n"
        "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    ).encode()
    chunk = b"%x\r\n%s\r\n" % (len(body), body) if body else b""
    with socket.create_connection((place.hostname, place.port), timeout=20) as connection:
        connection.sendall(head + chunk + end)
        if not end:
            connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))


def names(tenant: Any) -> list[str]:
    url = f"{tenant.tracking_uri}/api/2.0/mlflow/runs/search"
    found = httpx.post(url, json={"experiment_ids": ["0"]}, headers={"Authorization": f"Bearer {tenant.token}"})
    return [run["info"]["run_name"] for run in found.json().get("runs", [])]


def test_a_body_in_chunks_is_read_whole(tenant: Any) -> None:
    assert b"200 OK" in call(tenant, b'{"run_name": "chunked"}')
    assert names(tenant) == ["chunked"]


def test_a_body_that_never_came_makes_no_run(tenant: Any) -> None:
    assert b"400 Bad Request" in call(tenant, b"")
    call(tenant, b"", end=b"")
    assert names(tenant) == []


def test_half_a_body_makes_no_run(tenant: Any) -> None:
    call(tenant, b'{"run_name": "ha', end=b"")
    assert names(tenant) == []


def test_too_much_is_refused(tenant: Any) -> None:
    assert b" 413 " in call(tenant, b'{"run_name": "' + b"x" * (17 * 1024**2) + b'"}')


@pytest.mark.parametrize("size", [10, 60_000, 300_000])
def test_a_refused_body_does_not_cost_the_next_request(tenant: Any, size: int) -> None:
    """A stranger's upload and a GET with a body are answered unread; the client goes on at once."""
    with httpx.Client(headers={"Authorization": f"Bearer {tenant.token}"}, timeout=30) as client:
        for _ in range(20):
            missing = f"{tenant.tracking_uri}/api/2.0/mlflow-artifacts/artifacts/0/{'0' * 32}/artifacts/a.bin"
            assert client.put(missing, content=b"x" * size).status_code == 404
            odd = client.request("GET", f"{tenant.tracking_uri}/api/2.0/mlflow/server-info", content=b"x" * size)
            assert odd.status_code == 200
            assert client.get(f"{tenant.tracking_uri}/version").status_code == 200
