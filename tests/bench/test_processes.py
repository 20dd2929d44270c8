"""Trees of processes are counted whole, and ended whole."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import processes
from bench.launch import Ended, Launch, environment
from bench.target import Target
from bench.workloads.start import wait_until_it_answers

BURN = "import time\nuntil = time.process_time() + {seconds}\nwhile time.process_time() < until: pass\n"
# A parent whose child ignores SIGTERM and has a session of its own.
STUBBORN = """
import signal, subprocess, sys, time
child = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); time.sleep(99)"
with subprocess.Popen([sys.executable, "-c", child], stdout=subprocess.PIPE, start_new_session=True) as process:
    process.stdout.readline()
    print("ready", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def stubborn(tmp_path: Path) -> Iterator[Launch]:
    launch = Launch([sys.executable, "-c", STUBBORN], tmp_path, environment())
    launch.start()
    while "ready" not in launch.said.read_text():
        launch.must_live()
        time.sleep(0.02)
    yield launch
    launch.end()


def test_cpu_is_counted_to_less_than_a_tick() -> None:
    before = processes.cpu([os.getpid()])
    sum(range(10_000))
    assert 0 < processes.cpu([os.getpid()]) - before < 1


def test_children_that_live_and_those_that_have_ended_are_counted() -> None:
    before = processes.cpu([os.getpid()])
    subprocess.run([sys.executable, "-c", BURN.format(seconds=0.2)], check=True)
    assert processes.cpu([os.getpid()]) - before >= 0.19
    with subprocess.Popen([sys.executable, "-c", BURN.format(seconds=600)]) as child:
        while processes.cpu([child.pid]) < 0.2:
            time.sleep(0.02)
        assert processes.cpu([os.getpid()]) - before >= 0.39
        child.kill()


def test_a_tree_has_all_descendants(stubborn: Launch) -> None:
    tree = processes.tree(stubborn.pid)
    assert len(tree) == 2
    assert processes.session(stubborn.pid) == [stubborn.pid]
    assert processes.memory(tree) > 2 * processes.MIB


def test_nothing_is_left_of_what_is_ended(stubborn: Launch) -> None:
    tree = {pid: processes._birth(pid) for pid in processes.tree(stubborn.pid)}
    processes.end(stubborn.pid, patience=0.5)
    deadline = time.monotonic() + 20
    while any(processes._alive(pid, born) for pid, born in tree.items()):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_drift_compares_the_last_quarter_with_the_second() -> None:
    watch = processes.Watch(lambda: 0)
    watch.samples = [1, 1, 10, 10, 20, 20, 13, 13]
    assert (watch.drift, watch.grown) == (3, 19)


def test_a_server_that_ended_says_why(tmp_path: Path) -> None:
    launch = Launch([sys.executable, "-c", "raise SystemExit('no driver')"], tmp_path, environment())
    launch.start()
    target = Target("peer", "http://127.0.0.1:1")
    target.must_live = launch.must_live
    with pytest.raises(Ended, match="no driver"):
        wait_until_it_answers(target, limit=60)
    launch.end()
