"""How the application server takes connections."""

import contextlib
import http.client
import socket
from urllib.parse import urlsplit

import httpx

from tests.live import Live


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
