"""A line that loses answers: the server has done what it was asked for, and the client does not know."""

import http.client
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.live import Live, Tenant

pytestmark = [pytest.mark.client, pytest.mark.timeout(300)]

SCRIPT = Path(__file__).parent / "lost" / "registry.py"
# Whose first answer is lost; searches and reads are left alone.
LOST = ("registered-models/", "model-versions/")


class Line(ThreadingHTTPServer):
    """Between a client and the server at `target`; `lost` counts the answers that it did not pass on."""

    daemon_threads = True

    def __init__(self, target: str) -> None:
        super().__init__(("127.0.0.1", 0), Passing)
        self.target = urlsplit(target).netloc
        self.asked: Counter[tuple[str, str, bytes]] = Counter()
        self.lost: Counter[str] = Counter()
        self.lock = threading.Lock()

    def loses(self, method: str, path: str, body: bytes) -> bool:
        """Whether this request changes the registry and has not been seen before."""
        call = path.partition("/api/2.0/mlflow/")[2]
        if method == "GET" or not call.startswith(LOST):
            return False
        with self.lock:
            self.asked[method, path, body] += 1
            is_first = self.asked[method, path, body] == 1
            self.lost[f"{method} {call}"] += is_first
        return is_first


class Passing(BaseHTTPRequestHandler):
    server: Line

    def pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = http.client.HTTPConnection(self.server.target, timeout=60)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        asked.request(self.command, self.path, body, headers)
        answer = asked.getresponse()
        content = answer.read()
        asked.close()
        self.close_connection = True
        if self.server.loses(self.command, self.path, body):
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.getheader("Content-Type", "application/json"))
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_DELETE = do_PUT = pass_on

    def log_request(self, *told: object) -> None:
        """Says nothing."""


@contextmanager
def line(target: str) -> Iterator[Line]:
    with Line(target) as between:
        thread = threading.Thread(target=between.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield between
        finally:
            between.shutdown()
            thread.join()


def test_the_registry_is_as_documented_when_every_answer_is_lost_once(
    live: Live, tenant: Tenant, tmp_path: Path
) -> None:
    with line(tenant.url) as between:
        uri = tenant.tracking_uri.replace(urlsplit(tenant.url).netloc, f"127.0.0.1:{between.server_port}")
        # The client's own retries, but for the long pauses between them.
        own = {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3", "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "0"}
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "MLFLOW_DISABLE_TELEMETRY": "true", **own}
        environment |= {**tenant.environment, "MLFLOW_TRACKING_URI": uri}
        command = [sys.executable, "-W", "ignore", str(SCRIPT)]
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert between.lost["POST registered-models/create"] == 2
    assert between.lost["POST model-versions/create"] == 4
    assert between.lost["POST registered-models/alias"] == 2
    assert between.lost["POST model-versions/transition-stage"] == 2
    history = live.history(tenant)
    assert history["moves"] == [], "the model is gone, and its moves with it"
    made = [one["semver"] for one in history["events"] if one["action"] == "model_version_created"]
    assert made == ["1.2.0", "1.2.1", "1.2.2", "1.2.3", "0.1.0"]
