"""What slow clients cost the others: `python -m bench.slow_clients [seconds]`, 5 a round unless said.

Starts the service on a data folder of its own and measures a mixed load of quick requests, in turns without slow
clients and beside them: 8 uploads of 10 kB/s, and 200 clients that trickle headers, JSON bodies and uploads. Prints the
median and the 99th percentile of the quick ones for each round, and the ratio of the medians of the rounds. Exits with
status 1 when the 99th percentile beside slow clients is more than twice its normal value.
"""

import contextlib
import http.client
import json
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from bench.service import MIB, Server, server

ROUNDS = 5
CLIENTS = 4
ALLOWED = 2.0


class Load:
    """Quick requests of a few clients, each on one connection: half of them read a run, half log a metric."""

    def __init__(self, service: Server) -> None:
        self.service = service
        self.address = urlsplit(service.tracking_uri)
        with service.call("POST", "/api/2.0/mlflow/runs/create", "{}") as answer:
            self.run = json.load(answer)["run"]["info"]["run_id"]

    def head(self, method: str, path: str, length: int) -> bytes:
        lines = [
            f"{method} {self.address.path}{path} HTTP/1.1",
            f"Host: {self.address.netloc}",
            f"Authorization: Bearer {self.service.token}",
            f"Content-Length: {length}",
        ]
        return "\r\n".join([*lines, "", ""]).encode()

    def connect(self) -> socket.socket:
        return socket.create_connection((self.address.hostname, self.address.port), timeout=60)

    def measure(self, seconds: float) -> list[float]:
        """How long each request took, in seconds."""
        took: list[float] = []
        until = time.monotonic() + seconds
        threads = [threading.Thread(target=self._client, args=(until, took)) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return took

    def _client(self, until: float, took: list[float]) -> None:
        connection = http.client.HTTPConnection(self.address.hostname or "", self.address.port, timeout=60)
        headers = {"Authorization": f"Bearer {self.service.token}", "Content-Type": "application/json"}
        step = 0
        while time.monotonic() < until:
            step += 1
            metric = {"run_id": self.run, "key": "m", "value": 1, "timestamp": time.time_ns(), "step": step}
            asked = [("GET", f"runs/get?run_id={self.run}", None), ("POST", "runs/log-metric", json.dumps(metric))]
            method, path, body = asked[step % 2]
            began = time.perf_counter()
            connection.request(method, f"{self.address.path}/api/2.0/mlflow/{path}", body, headers)
            answer = connection.getresponse()
            answer.read()
            took.append(time.perf_counter() - began)
            if answer.status != http.HTTPStatus.OK:
                raise SystemExit(f"wrong: {answer.status}")
        connection.close()


@contextlib.contextmanager
def sending(connections: list[socket.socket], pieces: bytes, pause: float) -> Iterator[None]:
    """All of them send a piece, and again after a pause, until it is over."""
    done = threading.Event()

    def send() -> None:
        while not done.is_set():
            for connection in connections:
                connection.sendall(pieces)
            done.wait(pause)

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        for connection in connections:
            connection.close()


def nobody(_load: Load) -> contextlib.AbstractContextManager[None]:
    return contextlib.nullcontext()


def slow_uploads(load: Load) -> contextlib.AbstractContextManager[None]:
    """10 kB/s each."""
    opened = [load.connect() for _ in range(8)]
    for number, connection in enumerate(opened):
        path = f"/api/2.0/mlflow-artifacts/artifacts/0/{load.run}/artifacts/slow-{number}"
        connection.sendall(load.head("PUT", path, 64 * MIB))
    return sending(opened, bytes(1000), 0.1)


def tricklers(load: Load) -> contextlib.AbstractContextManager[None]:
    """200 that send 8 bytes a second: headers, JSON, small and large uploads."""
    opened = [load.connect() for _ in range(200)]
    upload = f"/api/2.0/mlflow-artifacts/artifacts/0/{load.run}/artifacts/slow"
    starts = [
        load.head("POST", "/api/2.0/mlflow/runs/log-batch", 100_000)[:-2] + b"X-Slow: ",
        load.head("POST", "/api/2.0/mlflow/runs/log-batch", 100_000),
        load.head("PUT", upload, 100_000),
        load.head("PUT", upload, 64 * MIB),
    ]
    for number, connection in enumerate(opened):
        connection.sendall(starts[number % len(starts)])
    return sending(opened, b"xxxxxxxx", 1)


def main(seconds: float) -> int:
    kinds: list[Callable[[Load], contextlib.AbstractContextManager[None]]] = [nobody, slow_uploads, tricklers]
    p99: dict[str, list[float]] = {kind.__name__: [] for kind in kinds}
    with tempfile.TemporaryDirectory(prefix="tenon-slow-") as folder, server(Path(folder)) as service:
        load = Load(service)
        load.measure(2)
        for _ in range(ROUNDS):
            for kind in kinds:
                with kind(load):
                    time.sleep(0.5)
                    took = load.measure(seconds)
                p99[kind.__name__].append(statistics.quantiles(took, n=100)[98])
                median = statistics.median(took)
                sys.stdout.write(
                    f"{kind.__name__:14} {len(took) / seconds:6.0f}/s   median {1000 * median:6.2f} ms   "
                    f"p99 {1000 * p99[kind.__name__][-1]:7.2f} ms\n"
                )
                sys.stdout.flush()
    ratios = {name: statistics.median(found) / statistics.median(p99["nobody"]) for name, found in p99.items()}
    for name in ("slow_uploads", "tricklers"):
        sys.stdout.write(f"p99 beside {name}: {ratios[name]:.2f} times the normal one; allowed: {ALLOWED}\n")
    return int(max(ratios.values()) > ALLOWED)


if __name__ == "__main__":
    sys.exit(main(float((sys.argv[1:] or ["5"])[0])))
