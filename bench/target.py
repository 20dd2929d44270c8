"""A server under test: its address, its requests, and a blocking client for what is not timed."""

import http.client
import json
import re
import time
import uuid
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from bench import processes
from bench.loadgen import IDLE_REOPEN, Address, Drive, Result, Script


class ApiError(Exception):
    def __init__(self, status: int, text: str) -> None:
        super().__init__(f"HTTP {status}: {text[:300]}")
        self.status = status


class Unsupported(Exception):
    """The server has no such endpoint; the table shows n/a."""


class Mismatch(Exception):
    """What the server returned is not what it was given."""


class Target:
    """`pids` lead the trees whose CPU is counted; the first is the server, whose memory is counted as well.

    `restart` ends the server and starts it again on the same database and address, where that can be done; it returns
    as soon as the new process is there, not when it answers.
    """

    def __init__(self, name: str, uri: str, token: str = "", pids: Iterable[int] = ()) -> None:
        self.name, self.uri, self.token = name, uri.rstrip("/"), token
        parts = urlsplit(self.uri)
        if parts.scheme != "http" or not parts.hostname:
            raise SystemExit(f"{name}: only http:// tracking URIs are measured, not {uri!r}")
        self.address: Address = (parts.hostname, parts.port or 80)
        self.prefix = parts.path.rstrip("/")
        self.pids = list(pids)
        self.restart: Callable[[], None] | None = None
        # Writes the seeded runs of those numbers into an experiment past the server (`bench/bulk.py`).
        self.bulk: Callable[[str, range, Any], None] | None = None
        # Raises when the server has ended, where that is known.
        self.must_live: Callable[[], None] = lambda: None
        self.quickack = False
        authorization = f"Authorization: Bearer {token}\r\n" if token else ""
        self.head = f"Host: {parts.netloc}\r\nAccept: */*\r\nUser-Agent: bench\r\n{authorization}".encode()
        self._connection: http.client.HTTPConnection | None = None
        self._last = 0.0

    # Requests for the load generator

    def raw_post(self, method: str, body: bytes) -> bytes:
        return b"POST %s HTTP/1.1\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
            self._path(method).encode(),
            self.head,
            len(body),
            body,
        )

    def raw_get(self, method: str, **query: Any) -> bytes:
        return b"GET %s HTTP/1.1\r\n%s\r\n" % (self._path(method, **query).encode(), self.head)

    def _path(self, method: str, **query: Any) -> str:
        return f"{self.prefix}/api/2.0/mlflow/{method}" + (f"?{urlencode(query)}" if query else "")

    def drive(self, scripts: Iterable[Script]) -> Result:
        before = self.cpu()
        result = Drive(quickack=self.quickack).run(self.address, scripts)
        after = self.cpu()
        result.server_cpu = None if before is None or after is None else after - before
        return result

    def cpu(self) -> float | None:
        """CPU seconds of the server and its database so far."""
        return processes.cpu(self.pids) if self.pids else None

    def memory(self) -> int:
        return processes.memory(processes.tree(self.pids[0])) if self.pids else 0

    # Blocking calls for preparation and reading back

    def post(self, method: str, **payload: Any) -> Any:
        return self._call("POST", self._path(method), json.dumps(payload).encode())

    def get(self, method: str, **query: Any) -> Any:
        return self._call("GET", self._path(method, **query), None)

    def _call(self, verb: str, path: str, body: bytes | None) -> Any:
        status, data = self._exchange(verb, path, body)
        if status in (404, 405, 501) and b"RESOURCE_DOES_NOT_EXIST" not in data:
            raise Unsupported(f"{path.split('?', maxsplit=1)[0].removeprefix(self.prefix)}: HTTP {status}")
        if status != 200:
            raise ApiError(status, data.decode("utf-8", "replace"))
        return json.loads(data) if data else {}

    def _exchange(self, verb: str, path: str, body: bytes | None) -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        for attempt in (1, 2):
            connection = self._open()
            try:
                connection.request(verb, path, body, headers)
                answer = connection.getresponse()
                data = answer.read()
            except (http.client.RemoteDisconnected, ConnectionError):
                self.close()
                if attempt == 2:
                    raise
            else:
                self._last = time.monotonic()
                return answer.status, data
        raise AssertionError

    def _open(self) -> http.client.HTTPConnection:
        if self._connection is None or time.monotonic() - self._last > IDLE_REOPEN:
            self.close()
            self._connection = http.client.HTTPConnection(*self.address, timeout=600)
        return self._connection

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    # What workloads ask for often

    def experiment(self, name: str) -> str:
        """The id of the experiment of that name, made if there is none."""
        try:
            return str(self.get("experiments/get-by-name", experiment_name=name)["experiment"]["experiment_id"])
        except (ApiError, Unsupported):
            return str(self.post("experiments/create", name=name)["experiment_id"])

    def fresh_experiment(self, stem: str) -> str:
        return str(self.post("experiments/create", name=f"{stem}-{uuid.uuid4().hex[:10]}")["experiment_id"])

    def new_run(self, experiment: str) -> str:
        """Its start lies before that of all seeded runs, whose newest says how many they are."""
        answer = self.post("runs/create", experiment_id=experiment, run_name="bench", start_time=1)
        return str(answer["run"]["info"]["run_id"])

    def run(self, run_id: str) -> Any:
        return self.get("runs/get", run_id=run_id)["run"]

    def history(self, run_id: str, key: str, page: int | None = None) -> list[dict[str, Any]]:
        """All points, in as many pages as it takes."""
        query: dict[str, Any] = {"run_id": run_id, "metric_key": key} | ({"max_results": page} if page else {})
        points: list[dict[str, Any]] = []
        while True:
            answer = self.get("metrics/get-history", **query)
            points += answer.get("metrics", [])
            if not answer.get("next_page_token"):
                return points
            query["page_token"] = answer["next_page_token"]

    def artifact_url(self, artifact_uri: str, name: str) -> tuple[Address, str]:
        """Where the proxied file lies, as the stock client finds it: (address, path)."""
        parts = urlsplit(artifact_uri)
        if parts.scheme == "mlflow-artifacts":
            path = re.sub("//+", "/", f"{self.prefix}/api/2.0/mlflow-artifacts/artifacts/{parts.path}/{name}")
        elif parts.scheme == "http":
            path = f"{parts.path.rstrip('/')}/{name}"
        else:
            raise Unsupported(f"artifacts are not proxied (artifact_uri {artifact_uri!r})")
        return (parts.hostname or self.address[0], parts.port or self.address[1]), quote(path)
