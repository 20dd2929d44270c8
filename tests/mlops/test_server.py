"""How the application server takes connections."""

import contextlib
import http.client
import socket
from urllib.parse import urlsplit

import httpx
import pytest

from tests.live import Live, Tenant


def test_many_idle_connections_lock_nobody_out(live: Live) -> None:
    address = urlsplit(live.url)
    assert address.hostname
    assert address.port
    with contextlib.ExitStack() as stack:
        for _ in range(400):
            connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
            stack.callback(connection.close)
            connection.request("GET", "/-/liveness")
            connection.getresponse().read()
        assert httpx.get(f"{live.url}/-/liveness", timeout=10).status_code == 200


def test_headers_that_never_end_lock_nobody_out(live: Live) -> None:
    address = urlsplit(live.url)
    with contextlib.ExitStack() as stack:
        for _ in range(200):
            slow = stack.enter_context(socket.create_connection((address.hostname, address.port)))
            slow.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")
        assert httpx.get(f"{live.url}/-/liveness", timeout=10).status_code == 200


@pytest.mark.parametrize("size", [1000, 8 * 1024**2], ids=["small bodies", "large bodies"])
def test_bodies_that_trickle_lock_nobody_out(live: Live, tenant: Tenant, size: int) -> None:
    """Neither small ones, which wait for their end outside of any thread, nor large ones, which have their own."""
    address = urlsplit(tenant.tracking_uri)
    run = httpx.post(
        f"{tenant.tracking_uri}/api/2.0/mlflow/runs/create", json={}, headers=bearer(tenant), timeout=60
    ).json()["run"]
    place = run["info"]["artifact_uri"].removeprefix("mlflow-artifacts:/")
    head = (
        f"HTTP/1.1\r\nHost: {address.netloc}\r\nAuthorization: Bearer {tenant.token}\r\nContent-Length: {size}\r\n\r\n"
    )
    asked = [
        f"POST {address.path}/api/2.0/mlflow/runs/search",
        f"PUT {address.path}/api/2.0/mlflow-artifacts/artifacts/{place}/a",
    ]
    with contextlib.ExitStack() as stack:
        for number in range(200):
            slow = stack.enter_context(socket.create_connection((address.hostname, address.port)))
            slow.sendall(f"{asked[number % 2]} {head}{{".encode())
        for _ in range(20):
            answer = httpx.post(
                f"{tenant.tracking_uri}/api/2.0/mlflow/runs/create", json={}, headers=bearer(tenant), timeout=60
            )
            assert answer.status_code == 200
        put = f"{tenant.tracking_uri}/api/2.0/mlflow-artifacts/artifacts/{place}/b"
        assert httpx.put(put, content=bytes(2 * 1024**2), headers=bearer(tenant), timeout=60).status_code == 200


def bearer(tenant: Tenant) -> dict[str, str]:
    return {"Authorization": f"Bearer {tenant.token}"}


def test_an_upload_that_is_refused_hears_why_before_it_has_sent_much(live: Live) -> None:
    """A client that has read the refusal stops sending; one that has not is listened to a little longer."""
    address = urlsplit(live.url)
    with socket.create_connection((address.hostname, address.port), timeout=10) as sender:
        path = f"{urlsplit(live.tracking_uri).path}/api/2.0/mlflow-artifacts/artifacts/0/{'0' * 32}/artifacts/a"
        head = f"PUT {path} HTTP/1.1\r\nHost: {address.netloc}\r\nContent-Length: {6 * 1024**3}\r\n\r\n"
        sender.sendall(head.encode() + bytes(1024**2))
        answer = sender.recv(65536)
        assert answer.startswith(b"HTTP/1.1 401")
        assert b"connection: close" in answer.lower()
        sender.sendall(bytes(1024**2))
