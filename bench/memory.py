"""How much memory a large artifact costs the server: `python -m bench.memory [MiB]`, 1024 unless said.

Starts the service on a data folder of its own, uploads a file through the artifact endpoint and downloads it, twice
each and once by a slow client, and prints by how much the memory of the server's processes grew: the highest sum
seen of their proportional set sizes (PSS, from /proc, Linux only) above that of the idle server. Exits with status 1
when that is 64 MiB or more.
"""

import hashlib
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.service import MIB, Server, Watch, server

ALLOWED = 64 * MIB
PIECE = bytes(range(256)) * 4096


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
