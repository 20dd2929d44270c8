"""The commands, with next to nothing to measure and the service alone: they start it, measure it, write the page, and
leave nothing behind."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench import processes
from bench.launch import ROOT
from tests.bench.tracker import tracking

DATABASE = "postgres" if os.environ.get("TEST_DATABASE_URL") else "sqlite"
TINY = ["--seconds", "0.1", "--runs", "20", "--only", "tenon", "--databases", DATABASE]


def start(folder: Path, *arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "bench", *arguments],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(folder)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_quick_comparison_writes_its_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    with start(tmp_path, "quick", *TINY, "--kept", str(tmp_path), "--page", str(page)) as process:
        said, complained = process.communicate(timeout=280)
    assert process.returncode == 0, complained
    text = page.read_text()
    for code in ("W1", "W2", "W3", "W4", "W5", "W6"):
        assert re.search(rf"^\| {code}, 1 client \| [\d.,]+ \([\d.,]+\.\.[\d.,]+\) \|$", text, re.MULTILINE), code
        assert f"{DATABASE}, {code}:" in said
    assert "INVALID" not in text
    kept = json.loads((tmp_path / "quick.json").read_text())["found"]
    assert [len(one["samples"]["tenon"]["cpu ms"]) for one in kept] == [2] * len(kept)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


def test_ctrl_c_ends_all_that_was_started(tmp_path: Path) -> None:
    with start(tmp_path, "quick", *TINY, "--kept", str(tmp_path), "--page", str(tmp_path / "page.md")) as process:
        assert process.stderr
        while "W1 log-metric" not in process.stderr.readline():
            assert process.poll() is None
        started = {pid: processes._birth(pid) for pid in processes.tree(process.pid)}
        assert len(started) >= 3
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=120)
    assert process.returncode == 130
    deadline = time.monotonic() + 20
    while any(processes._alive(pid, born) for pid, born in started.items()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(DATABASE == "sqlite", reason="it is about PostgreSQL")
def test_points_are_written_past_the_service_and_read_through_it(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    with start(tmp_path, "points", "--sizes", "10000,30000", "--page", str(page)) as process:
        _, complained = process.communicate(timeout=280)
    assert process.returncode == 0, complained
    assert "| one client | 10,000 points | 30,000 points |" in page.read_text()
    assert re.search(r"^\| bytes a point \| \d+ \| \d+ \|", page.read_text(), re.MULTILINE)


def test_a_disk_that_is_too_small_is_refused(tmp_path: Path) -> None:
    with start(tmp_path, "points", "--sizes", str(10**13), "--page", str(tmp_path / "page.md")) as process:
        _, complained = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "GiB are needed" in complained
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("fault", "status"), [("", 0), ("drop", 1)])
def test_a_server_that_runs_already_is_measured(tmp_path: Path, fault: str, status: int) -> None:
    arguments = ["--seconds", "0.1", "--rounds", "1", "--clients", "2", "W1"]
    with tracking(fault) as target, start(tmp_path, "run", "--target", f"t={target.uri}", *arguments) as process:
        said, complained = process.communicate(timeout=120)
    assert process.returncode == status, complained
    assert "given, W1: log-metric, one at a time; clients: 2" in said
    assert ("INVALID" in said) == bool(fault)
