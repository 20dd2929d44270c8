"""The service on a data folder of its own, for benchmarks, and a watch on what its processes weigh."""

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
MIB = 1024**2


@dataclass
class Server:
    """The running service: its process, and the way into its first project."""

    process: "subprocess.Popen[str]"
    tracking_uri: str
    token: str

    @property
    def tree(self) -> list[int]:
        """The processes of its session that serve: all of it."""
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                session = (entry / "stat").read_text().rpartition(")")[2].split()[3]
                found += [int(entry.name)] if int(session) == self.process.pid else []
        return found

    def memory(self) -> int:
        return sum(_pss(pid) for pid in self.tree)

    def call(self, method: str, path: str, body: object = None, **headers: str) -> http.client.HTTPResponse:
        """An answer whose body has not been read yet; reading it to its end closes the connection."""
        address = urlsplit(self.tracking_uri)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=600)
        headers |= {"Authorization": f"Bearer {self.token}", "Connection": "close"}
        connection.request(method, address.path + path, body, headers)  # type: ignore[arg-type]
        return connection.getresponse()


def _pss(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


@contextlib.contextmanager
def server(data_dir: Path, **settings: str) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment = {
        **os.environ,
        "DATA_DIR": str(data_dir),
        "HOST": "127.0.0.1",
        "PORT": port,
        "PYTHONUNBUFFERED": "1",
        **settings,
    }
    command = [sys.executable, str(ROOT / "manage.py"), "up"]
    process = subprocess.Popen(  # noqa: S603 - it is this repository's own command
        command, env=environment, cwd=ROOT, text=True, stdout=subprocess.PIPE, start_new_session=True
    )
    try:
        yield Server(process, *_ready(process))
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(30)


def _ready(process: "subprocess.Popen[str]") -> tuple[str, str]:
    said: dict[str, str] = {}
    for line in process.stdout or ():
        name, _, value = line.strip().removeprefix("export ").partition("=")
        said[name] = value
        if line.startswith("Ctrl-C"):
            return said["MLFLOW_TRACKING_URI"], said["MLFLOW_TRACKING_TOKEN"]
    raise RuntimeError(f"the server ended with status {process.wait()}")


@dataclass
class Watch:
    """Samples the server's memory in the background; `grown` is the most above what there was at the beginning."""

    server: Server
    idle: int = 0
    highest: int = 0
    _done: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Watch":
        self.idle = self.highest = self.server.memory()
        self._thread = threading.Thread(target=self._sample)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._done.wait(0.05):
            self.highest = max(self.highest, self.server.memory())

    @property
    def grown(self) -> int:
        return self.highest - self.idle
