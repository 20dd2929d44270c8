"""`kill -9` of the server, all of its processes, at random moments of 50 uploads.

Promised: every acknowledged file is whole, no other file is visible, and the sweep leaves no orphan.
"""

import hashlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import live as servers

pytestmark = pytest.mark.client

UPLOADS = 50
KILLS = 4
SIZES = (0, 1, 100_000, 3_000_000, 12_000_000)


def processes_of(session: int) -> list[int]:
    """All processes that the server's command has started: it leads a session of its own."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            stat = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(stat[3]) == session and stat[0] != "Z":
            found.append(int(entry.name))
    return found


def kill(process: Any) -> None:
    for pid in processes_of(process.pid):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue
    process.wait(30)
    while processes_of(process.pid):
        time.sleep(0.05)


def content(number: int) -> bytes:
    return random.Random(number).randbytes(SIZES[number % len(SIZES)])


def slowly(content: bytes) -> Iterator[bytes]:
    """In pieces with pauses between, so that a kill finds uploads at all of their stages."""
    piece = max(len(content) // 10, 1)
    for at in range(0, len(content), piece):
        yield content[at : at + piece]
        time.sleep(0.02)


def upload(root: str, token: str, number: int) -> bool:
    """Whether it was acknowledged."""
    body = content(number)
    headers = {"Authorization": f"Bearer {token}", "Content-Length": str(len(body))}
    try:
        answer = httpx.put(f"{root}/{number}.bin", content=slowly(body), headers=headers, timeout=30)
    except httpx.TransportError:
        return False
    return answer.status_code == 200


def manage(server: Any, *command: str) -> str:
    done = subprocess.run(
        [sys.executable, str(servers.ROOT / "manage.py"), *command],
        env=server.environment,
        cwd=servers.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Killer:
    """Kills the server at random moments and starts it again, until told to stop."""

    def __init__(self, server: Any) -> None:
        self.server, self.process, self.kills = server, server.process, 0
        self.done = threading.Event()

    def __call__(self) -> None:
        moments = random.Random(4)
        while self.kills < KILLS and not self.done.wait(moments.uniform(0.3, 1.5)):
            kill(self.process)
            self.kills += 1
            self.process, _ = servers.start(self.server.environment)


def artifacts_of(server: Any) -> tuple[str, str]:
    """Where the files of a new run are put, and where they are listed."""
    headers = {"Authorization": f"Bearer {server.token}"}
    root = f"{server.tracking_uri}/api/2.0"
    run = httpx.post(f"{root}/mlflow/runs/create", json={}, headers=headers).json()["run"]["info"]["run_id"]
    return f"{root}/mlflow-artifacts/artifacts/0/{run}/artifacts", f"{root}/mlflow/artifacts/list?run_id={run}"


def test_what_was_acknowledged_is_whole_and_nothing_else_is_left(tmp_path: Path) -> None:
    with servers.serve(tmp_path) as server:
        files, listing = artifacts_of(server)
        killer = Killer(server)
        try:
            acknowledged = upload_under_fire(killer, files, server.token)
            assert killer.kills >= 3
            check(server, files, listing, acknowledged)
        finally:
            killer.done.set()
            servers.stop(killer.process)


def upload_under_fire(killer: Killer, files: str, token: str) -> set[int]:
    """The numbers of the files that were acknowledged. Each is sent until it was, so that all 50 meet some kill."""
    acknowledged: set[int] = set()
    thread = threading.Thread(target=killer)
    thread.start()
    with ThreadPoolExecutor(8) as pool:
        while thread.is_alive():
            numbers = random.sample(range(UPLOADS), UPLOADS)
            sent = pool.map(lambda number: (number, upload(files, token, number)), numbers)
            acknowledged |= {number for number, ok in sent if ok}
            time.sleep(0.1)
    thread.join()
    return acknowledged


def check(server: Any, files: str, listing: str, acknowledged: set[int]) -> None:
    headers = {"Authorization": f"Bearer {server.token}"}
    seen = httpx.get(listing, headers=headers, timeout=60).json().get("files", [])
    shown = {int(file["path"].removesuffix(".bin")) for file in seen}
    assert acknowledged <= shown
    for number in shown:
        # A kill between the commit and the answer leaves a file that nobody was told of: it must be whole as well.
        body = httpx.get(f"{files}/{number}.bin", headers=headers, timeout=60).content
        assert hashlib.sha256(body).digest() == hashlib.sha256(content(number)).digest(), number
    manage(server, "sweep", "--older-than", "0")
    lying = [file for file in (server.data_dir / "files").rglob("*") if file.is_file()]
    assert len(lying) == len({hashlib.sha256(content(number)).digest() for number in shown})
    assert manage(server, "sweep", "--older-than", "0") == ""
    assert manage(server, "fsck", "--read") == ""
