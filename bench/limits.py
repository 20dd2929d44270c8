"""Whether the limit of a file holds to the byte, and what it costs: `python -m bench.limits [MiB]`, 5120 unless said.

Starts the service with that limit on a data folder of its own, and sends files of just the limit and of one byte more,
with MLflow's own client (which says the length) and with curl in chunks (which does not), one and four at once. Checks
the answers, the sizes and the checksums, and prints by how much the memory of the server's processes grew (see
`bench/memory.py`). The files are sparse; the store keeps four of them at a time. Exits with status 1 when an answer is
wrong or the memory grew by 64 MiB or more.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.service import MIB, Server, Watch, server

ALLOWED = 64 * MIB
AT_ONCE = 4
CLIENT = """
import sys, mlflow
run = mlflow.MlflowClient().create_run("0").info.run_id
try:
    mlflow.MlflowClient().log_artifact(run, sys.argv[1])
except mlflow.exceptions.MlflowException as refused:
    sys.exit(f"{refused}")
except Exception as refused:
    sys.exit(f"{type(refused).__name__}: {refused}")
print(run)
"""


class Trial:
    """Files of the limit's size and of one byte more, and the ways to send them."""

    def __init__(self, service: Server, folder: Path, limit: int) -> None:
        self.service, self.limit = service, limit
        self.files = [self._file(folder / f"just-{number}", limit, number) for number in range(AT_ONCE)]
        self.larger = self._file(folder / "larger", limit + 1, 99)
        self.digests = [_digest(file) for file in self.files]

    @staticmethod
    def _file(path: Path, size: int, number: int) -> Path:
        path.write_bytes(b"%d" % number)
        os.truncate(path, size)
        return path

    def new_run(self) -> str:
        with self.service.call("POST", "/api/2.0/mlflow/runs/create", "{}") as answer:
            return str(json.load(answer)["run"]["info"]["run_id"])

    def address(self, run: str, file: Path) -> str:
        return f"/api/2.0/mlflow-artifacts/artifacts/0/{run}/artifacts/{file.name}"

    def client(self, file: Path) -> "subprocess.CompletedProcess[str]":
        environment = {
            **os.environ,
            "MLFLOW_TRACKING_URI": self.service.tracking_uri,
            "MLFLOW_TRACKING_TOKEN": self.service.token,
        }
        command = [sys.executable, "-W", "ignore", "-c", CLIENT, str(file)]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    def curl(self, run: str, file: Path) -> tuple[int, str]:
        """The status and the body of the answer to an upload in chunks."""
        url = self.service.tracking_uri + self.address(run, file)
        headers = ["-H", f"Authorization: Bearer {self.service.token}", "-H", "Transfer-Encoding: chunked"]
        command = ["curl", "-sS", "-w", "\n%{http_code}", *headers, "--upload-file", str(file), url]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        body, _, status = done.stdout.rpartition("\n")
        return int(status or 0), body + done.stderr

    def kept(self, run: str, file: Path) -> tuple[int, str]:
        """The size and the entity tag of a file as the server tells them; 0 when it has none."""
        with self.service.call("HEAD", self.address(run, file)) as answer:
            answer.read()
            length = int(answer.headers.get("Content-Length", 0)) if answer.status == 200 else 0
            return length, answer.headers.get("ETag", "").strip('"')

    def client_is_refused(self) -> None:
        done = self.client(self.larger)
        _must(done.returncode == 1 and "413" in done.stderr and str(self.limit) in done.stderr, done.stderr)

    def client_is_accepted(self) -> None:
        done = self.client(self.files[0])
        run = (done.stdout.split() or [""])[-1]
        _must(done.returncode == 0, done.stderr)
        _must(self.kept(run, self.files[0]) == (self.limit, self.digests[0]), "the file is not what was sent")

    def curl_is_refused(self) -> None:
        run = self.new_run()
        status, body = self.curl(run, self.larger)
        _must(status == 413 and str(self.limit) in body, f"{status} {body}")
        _must(self.kept(run, self.larger)[0] == 0, "a part of it was kept")

    def curls_are_accepted(self) -> None:
        run = self.new_run()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for status, body in pool.map(lambda file: self.curl(run, file), self.files):
                _must(status == 200, f"{status} {body}")
        found = [self.kept(run, file) for file in self.files]
        _must(found == [(self.limit, digest) for digest in self.digests], "the files are not what was sent")


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _must(holds: bool, otherwise: str) -> None:
    if not holds:
        raise SystemExit(f"wrong: {otherwise}")


def main(limit: int) -> int:
    with tempfile.TemporaryDirectory(prefix="tenon-limits-") as folder:
        data, files = Path(folder, "data"), Path(folder, "files")
        files.mkdir()
        with server(data, MAX_FILE_SIZE=str(limit)) as service:
            return _try(Trial(service, files, limit))


def _try(trial: Trial) -> int:
    # What the first request of a kind loads stays for all others, however small their files are.
    small = trial._file(trial.files[0].with_name("small"), 2 * MIB, 7)
    trial.client(small)
    trial.curl(trial.new_run(), small)
    steps: dict[str, Callable[[], None]] = {
        "MLflow's client, one byte more: refused": trial.client_is_refused,
        "MLflow's client, just the limit: accepted": trial.client_is_accepted,
        "curl in chunks, one byte more: refused": trial.curl_is_refused,
        f"curl in chunks, just the limit, {AT_ONCE} at once: accepted": trial.curls_are_accepted,
    }
    worst = 0
    sys.stdout.write(f"limit {trial.limit} bytes\n")
    for name, step in steps.items():
        with Watch(trial.service) as watch:
            began = time.monotonic()
            step()
            took = time.monotonic() - began
        worst = max(worst, watch.grown)
        sys.stdout.write(f"{name:60} {took:6.1f} s, memory +{watch.grown / MIB:.1f} MiB\n")
        sys.stdout.flush()
    sys.stdout.write(f"grown by {worst / MIB:.1f} MiB at most; allowed: less than {ALLOWED // MIB} MiB\n")
    return int(worst >= ALLOWED)


if __name__ == "__main__":
    sys.exit(main(int((sys.argv[1:] or ["5120"])[0]) * MIB))
