"""How much memory a large artifact costs the server: `python bench/memory.py [MiB]`, 1024 unless said.

Starts the service on a data folder of its own, uploads a file through the artifact endpoint and downloads it, twice
each and once by a slow client, and prints by how much the memory of the server's processes grew: the highest sum
seen of their proportional set sizes (PSS, from /proc, Linux only) above that of the idle server. Exits with status 1
when that is 64 MiB or more.
"""

import contextlib
import hashlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
MIB = 1024**2
ALLOWED = 64 * MIB
PIECE = bytes(range(256)) * 4096


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
def server(data_dir: Path) -> Iterator[Server]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    environment = {**os.environ, "DATA_DIR": str(data_dir), "HOST": "127.0.0.1", "PORT": port, "PYTHONUNBUFFERED": "1"}
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


def pieces(size: int) -> Iterator[bytes]:
    """`size` bytes of which no two pieces are alike."""
    for number in range(size // MIB):
        yield number.to_bytes(8, "big") + PIECE[8:]


def upload(service: Server, address: str, size: int) -> None:
    answer = service.call("PUT", address, pieces(size), **{"Content-Length": str(size)})
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"the upload was answered {answer.status}: {body!r}")


def download(service: Server, address: str, size: int, *, pause: float = 0) -> None:
    answer = service.call("GET", address)
    digest, seen = hashlib.sha256(), 0
    while piece := answer.read(MIB):
        digest.update(piece)
        seen += len(piece)
        time.sleep(pause)
    if seen != size or answer.headers["ETag"] != f'"{digest.hexdigest()}"':
        raise RuntimeError(f"the download had {seen} bytes, status {answer.status}")


def main(size: int) -> int:
    with tempfile.TemporaryDirectory(prefix="tenon-memory-") as folder, server(Path(folder)) as service:
        run = json.load(service.call("POST", "/api/2.0/mlflow/runs/create", "{}"))["run"]["info"]
        place = run["artifact_uri"].removeprefix("mlflow-artifacts:/")
        address = f"/api/2.0/mlflow-artifacts/artifacts/{place}/large.bin"
        # What the first request of a kind loads stays for all others, however small their files are.
        upload(service, address, MIB)
        download(service, address, MIB)
        steps: dict[str, Callable[[], None]] = {
            "upload": lambda: upload(service, address, size),
            "download": lambda: download(service, address, size),
            "upload again": lambda: upload(service, address, size),
            "download again": lambda: download(service, address, size),
            "slow download": lambda: download(service, address, size, pause=0.005),
        }
        return _measure(service, size, steps)


def _measure(service: Server, size: int, steps: dict[str, Callable[[], None]]) -> int:
    with Watch(service) as whole:
        _say(f"{len(service.tree)} processes, idle at {whole.idle / MIB:.1f} MiB (PSS)")
        for name, step in steps.items():
            with Watch(service) as watch:
                began = time.monotonic()
                step()
                took = time.monotonic() - began
            rate = size / MIB / took
            _say(f"{name:15} {size // MIB} MiB in {took:5.1f} s ({rate:4.0f} MiB/s): +{watch.grown / MIB:.1f} MiB")
    _say(f"grown by {whole.grown / MIB:.1f} MiB in all; allowed: less than {ALLOWED // MIB} MiB")
    return int(whole.grown >= ALLOWED)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(int((sys.argv[1:] or ["1024"])[0]) * MIB))
