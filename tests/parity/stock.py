"""The stock `mlflow server`: one for a test session, however many processes that session has.

The first process to ask starts it, the last one to leave stops it. `PARITY_STOCK_URL` names one that runs already,
for whoever tries cases again and again: it takes 15 to 60 seconds to start.
"""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from tests.live import free_port

START_TIMEOUT = 240


@contextlib.contextmanager
def shared(folder: Path) -> Iterator[str]:
    """The URL of a running stock server; `folder` is the session's, the same for all of its processes."""
    if given := os.environ.get("PARITY_STOCK_URL"):
        yield given.rstrip("/")
        return
    with _state(folder) as state:
        if not state.get("users"):
            state |= {"users": 0, **_start(folder)}
        state["users"] += 1
        url, pid = state["url"], state["pid"]
    try:
        _wait(url, pid, folder)
        yield url
    finally:
        with _state(folder) as state:
            state["users"] -= 1
            if not state["users"]:
                _stop(pid)


@contextlib.contextmanager
def _state(folder: Path) -> Iterator[dict[str, Any]]:
    """What the processes of a session know of the server, one process at a time."""
    with (folder / "stock.json").open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        state = json.loads(file.read() or "{}")
        yield state
        file.truncate(0)
        file.write(json.dumps(state))


def _start(folder: Path) -> dict[str, Any]:
    home = folder / "stock"
    home.mkdir(exist_ok=True)
    port = free_port()
    unwanted = ("MLFLOW_", "DJANGO_", "DATABASE_URL", "PYTEST_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    environment |= {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    where = ["--backend-store-uri", f"sqlite:///{home}/stock.db", "--artifacts-destination", str(home / "artifacts")]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *where], env=environment, cwd=home, stdout=log, stderr=log, start_new_session=True
        )
    _started[process.pid] = process
    return {"url": f"http://127.0.0.1:{port}", "pid": process.pid}


# Kept so that they can be waited for.
_started: dict[int, "subprocess.Popen[bytes]"] = {}


def _wait(url: str, pid: int, folder: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while True:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/health", timeout=5, trust_env=False).is_success:
                return
        if time.monotonic() > deadline or not _runs(pid):
            raise RuntimeError("mlflow server did not start:\n" + (folder / "stock" / "log").read_text()[-3000:])
        time.sleep(0.2)


def _runs(pid: int) -> bool:
    own = _started.get(pid)
    if own is not None:
        return own.poll() is None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def _stop(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGTERM)
    if own := _started.pop(pid, None):
        own.wait(30)
