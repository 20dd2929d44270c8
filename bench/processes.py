"""What trees of processes use of the CPU and of memory, and how they are ended. From /proc: Linux only."""

import contextlib
import os
import signal
import statistics
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path

MIB = 1024**2
TICK = 1 / os.sysconf("SC_CLK_TCK")


def tree(pid: int) -> list[int]:
    """The process and everything that it started and that has not lost its parent."""
    found, queue = [], [pid]
    while queue:
        one = queue.pop()
        found.append(one)
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{one}/task"):
                queue += map(int, Path(f"/proc/{one}/task/{task}/children").read_text().split())
    return found


def session(pid: int) -> list[int]:
    """All processes of the session that the process leads, whoever their parent is."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if int(_after_name(int(entry.name))[3]) == pid:
                found.append(int(entry.name))
    return found


def _after_name(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the name, which may hold anything: state, parent, group, session, …"""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def cpu(pids: Iterable[int]) -> float:
    """CPU seconds of the trees: of what lives, to the nanosecond, and of the children they have seen end, in ticks."""
    return sum(_cpu(one) for pid in pids for one in tree(pid))


def _cpu(pid: int) -> float:
    with contextlib.suppress(OSError):
        ended = sum(map(int, _after_name(pid)[13:15])) * TICK
        # The clock of another process's CPU time, as clock_getcpuclockid(3) makes it.
        return time.clock_gettime((~pid << 3) | 2) + ended
    return 0.0


def memory(pids: Iterable[int]) -> int:
    """The sum of their proportional set sizes, in bytes."""
    return sum(_pss(pid) for pid in pids)


def _pss(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0


def end(pid: int, *, patience: float = 15.0) -> None:
    """Ends the session that the process leads and all its tree: with SIGTERM, and what is left after it by force.

    Signals wait meanwhile: it is done whole.
    """
    masked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    try:
        _end(pid, patience)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, masked)


def _end(pid: int, patience: float) -> None:
    ours = {one: _birth(one) for one in {*tree(pid), *session(pid)}}
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and any(_alive(one, born) for one, born in ours.items()):
        time.sleep(0.05)
    for one, born in ours.items():
        if _alive(one, born):
            with contextlib.suppress(ProcessLookupError):
                os.kill(one, signal.SIGKILL)


def _birth(pid: int) -> str:
    """When it was born, so that a later process of the same number is not taken for it; "" if it is dead."""
    with contextlib.suppress(OSError):
        fields = _after_name(pid)
        return "" if fields[0] == "Z" else fields[19]
    return ""


def _alive(pid: int, born: str) -> bool:
    return born != "" and _birth(pid) == born


class Watch:
    """Samples memory in the background, in bytes: `grown` is the most above what there was at the beginning, `drift`
    what the last quarter of the time lies above the second."""

    def __init__(self, look: Callable[[], int], *, every: float = 0.05) -> None:
        self.look, self.every = look, every
        self.samples: list[int] = []
        self._done = threading.Event()

    def __enter__(self) -> "Watch":
        self.samples = [self.look()]
        self._thread = threading.Thread(target=self._sample)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._done.wait(self.every):
            self.samples.append(self.look())

    @property
    def idle(self) -> int:
        return self.samples[0]

    @property
    def grown(self) -> int:
        return max(self.samples) - self.idle

    @property
    def drift(self) -> float:
        quarter = max(1, len(self.samples) // 4)
        return statistics.median(self.samples[-quarter:]) - statistics.median(
            self.samples[quarter : 2 * quarter] or [0]
        )
