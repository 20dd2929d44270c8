"""A tracking server in this process, with just enough of the API to log metrics, and ways to be dishonest."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from bench.target import Target


class Tracker(ThreadingHTTPServer):
    """`fault`: "drop" every second write though it is acknowledged, "fail" with 500, "alter" a value, or ""."""

    daemon_threads = True

    def __init__(self, fault: str = "") -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.fault = fault
        self.lock = threading.Lock()
        self.points: dict[str, list[dict[str, Any]]] = {}
        self.writes = 0

    def new_run(self) -> str:
        with self.lock:
            run = f"r{len(self.points)}"
            self.points[run] = []
        return run

    def keep(self, point: dict[str, Any], run: str) -> None:
        with self.lock:
            self.writes += 1
            if self.fault == "alter":
                point["value"] += 0.5
            if self.fault != "drop" or self.writes % 2:
                self.points[run].append(point)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Tracker

    def log_message(self, *_: Any) -> None:
        pass

    def answer(self, value: Any, status: int = 200) -> None:
        body = json.dumps(value).encode()
        self.wfile.write(b"HTTP/1.1 %d X\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))

    def do_POST(self) -> None:
        data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        method = self.path.rsplit("/", 1)[1]
        if method == "create":
            self.answer({"experiment_id": "1", "run": {"info": {"run_id": self.server.new_run()}}})
        elif method == "search":
            self.answer({})
        elif self.server.fault == "fail":
            self.answer({}, 500)
        else:
            self.server.keep({key: data[key] for key in ("key", "value", "step", "timestamp")}, data["run_id"])
            self.answer({})

    def do_GET(self) -> None:
        points = self.server.points[parse_qs(urlsplit(self.path).query)["run_id"][0]]
        latest = [max(points, key=lambda point: point["step"])] if points else []
        self.answer({"metrics": points, "run": {"data": {"metrics": latest}}})


@contextmanager
def tracking(fault: str = "", name: str = "t") -> Iterator[Target]:
    with Tracker(fault) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        target = Target(name, f"http://127.0.0.1:{server.server_port}")
        try:
            yield target
        finally:
            target.close()
            server.shutdown()
            thread.join()
