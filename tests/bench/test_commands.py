"""The commands, with next to nothing to measure and the service alone: they start it, measure it, write the page, and
leave nothing behind."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import processes
from bench.launch import ROOT
from tests.bench.tracker import tracking

# A busy machine takes minutes to start what an idle one has in seconds.
pytestmark = pytest.mark.timeout(600)
DATABASE = "postgres" if os.environ.get("TEST_DATABASE_URL") else "sqlite"
TINY = ["--seconds", "0.1", "--runs", "20", "--only", "tenon", "--databases", DATABASE]


@pytest.fixture
def folder() -> Iterator[Path]:
    """Its own, as PostgreSQL's user must be able to come in, and the names of its sockets have to be short."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


def start(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "bench", *arguments],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_quick_comparison_writes_its_page(folder: Path) -> None:
    page = folder / "page.md"
    with start(folder, "quick", *TINY, "--kept", str(folder), "--page", str(page)) as process:
        said, complained = process.communicate(timeout=560)
    assert process.returncode == 0, complained
    text = page.read_text()
    for code in ("W1", "W2", "W3", "W4", "W5", "W6"):
        assert re.search(rf"^\| {code}, 1 client \| [\d.,]+ \([\d.,]+\.\.[\d.,]+\) \|$", text, re.MULTILINE), code
        assert f"{DATABASE}, {code}:" in said
    assert "INVALID" not in text
    kept = json.loads((folder / "quick.json").read_text())["found"]
    assert [len(one["samples"]["tenon"]["cpu ms"]) for one in kept] == [2] * len(kept)
    assert [path.name for path in folder.iterdir() if path.is_dir()] == []


def test_ctrl_c_ends_all_that_was_started(folder: Path) -> None:
    with start(folder, "quick", *TINY, "--kept", str(folder), "--page", str(folder / "page.md")) as process:
        assert process.stderr
        while "W1 log-metric" not in process.stderr.readline():
            assert process.poll() is None
        started = {pid: processes._birth(pid) for pid in processes.tree(process.pid)}
        assert len(started) >= 3
        process.send_signal(signal.SIGINT)
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=120)
    assert process.returncode == 130
    deadline = time.monotonic() + 20
    while any(processes._alive(pid, born) for pid, born in started.items()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert list(folder.iterdir()) == []


@pytest.mark.skipif(DATABASE == "sqlite", reason="it is about PostgreSQL")
def test_points_are_written_past_the_service_and_read_through_it(folder: Path) -> None:
    page = folder / "page.md"
    with start(folder, "points", "--sizes", "10000,30000", "--page", str(page)) as process:
        _, complained = process.communicate(timeout=560)
    assert process.returncode == 0, complained
    assert "| one client | 10,000 points | 30,000 points |" in page.read_text()
    assert re.search(r"^\| bytes a point \| \d+ \| \d+ \|", page.read_text(), re.MULTILINE)


def test_a_disk_that_is_too_small_is_refused(folder: Path) -> None:
    with start(folder, "points", "--sizes", str(10**13), "--page", str(folder / "page.md")) as process:
        _, complained = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "GiB are needed" in complained
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(("fault", "status"), [("", 0), ("drop", 1)])
def test_a_server_that_runs_already_is_measured(folder: Path, fault: str, status: int) -> None:
    arguments = ["--seconds", "0.1", "--rounds", "1", "--clients", "2", "W1"]
    with tracking(fault) as target, start(folder, "run", "--target", f"t={target.uri}", *arguments) as process:
        said, complained = process.communicate(timeout=120)
    assert process.returncode == status, complained
    assert "given, W1: log-metric, one at a time; clients: 2" in said
    assert ("INVALID" in said) == bool(fault)
