"""The service on a data folder of its own, for benchmarks, and a watch on what its processes weigh."""

import contextlib
import http.client
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from bench import processes
from bench.launch import HOST, ROOT, Launch, environment, free_port
from bench.processes import MIB

__all__ = ["MIB", "Server", "Watch", "server"]

START_LIMIT = 120.0


@dataclass
class Server:
    """The running service: its process, and the way into its first project."""

    launch: Launch
    tracking_uri: str
    token: str

    @property
    def tree(self) -> list[int]:
        """The processes that serve: all of its session."""
        return processes.session(self.launch.pid)

    def memory(self) -> int:
        return processes.memory(self.tree)

    def call(self, method: str, path: str, body: object = None, **headers: str) -> http.client.HTTPResponse:
        """An answer whose body has not been read yet; reading it to its end closes the connection."""
        address = urlsplit(self.tracking_uri)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=600)
        headers |= {"Authorization": f"Bearer {self.token}", "Connection": "close"}
        connection.request(method, address.path + path, body, headers)  # type: ignore[arg-type]
        return connection.getresponse()


class Watch(processes.Watch):
    """On the memory of the service."""

    def __init__(self, service: Server) -> None:
        super().__init__(service.memory)


@contextlib.contextmanager
def server(data_dir: Path, **settings: str) -> Iterator[Server]:
    """`manage.py up` on that data folder, which may be empty, until the end of the block."""
    data_dir.mkdir(parents=True, exist_ok=True)
    own = {"DATA_DIR": str(data_dir), "HOST": HOST, "PORT": str(free_port()), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, str(ROOT / "manage.py"), "up"]
    launch = Launch(command, data_dir, environment(**own, **settings))
    launch.start()
    try:
        yield Server(launch, *_introduction(launch))
    finally:
        launch.end()


def _introduction(launch: Launch) -> tuple[str, str]:
    """The tracking URI and the token that it prints when it answers for the first time."""
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        launch.must_live()
        lines = launch.said.read_text().splitlines()
        if any(line.startswith("Ctrl-C") for line in lines):
            said = dict(line.removeprefix("export ").split("=", 1) for line in lines if line.startswith("export "))
            return said["MLFLOW_TRACKING_URI"], said["MLFLOW_TRACKING_TOKEN"]
        time.sleep(0.05)
    raise RuntimeError(f"the service said nothing within {START_LIMIT:.0f} s")
