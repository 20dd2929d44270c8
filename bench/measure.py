"""Runs stages on targets that take turns (A B C, B C A, C A B, …), so that whatever else the machine is doing falls on
all of them alike."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bench.loadgen import Script
from bench.target import ApiError, Mismatch, Target, Unsupported
from bench.workload import Workload
from lib.progress import Progress

FAILURES = (Mismatch, ApiError, OSError, subprocess.TimeoutExpired, KeyError, ValueError)
# Seconds over which it is looked whether a target is calm.
LOOK = 1.0
# A preparation of more seconds is told of.
LONG = 5.0
# target → figure → one value a round
Samples = dict[str, dict[str, list[float]]]


@dataclass(frozen=True)
class Stage:
    """A workload, and how often with how many clients; `quickack` as in `loadgen.Drive`."""

    label: str
    workload: Workload
    clients: tuple[int, ...]
    rounds: int
    quickack: bool = False

    def slices(self, targets: int) -> int:
        return len(self.clients) * self.rounds * targets


def stage(label: str, workload: Workload, *, clients: tuple[int, ...], rounds: int, quickack: bool = False) -> Stage:
    """What the workload says of itself comes before what is asked for."""
    return Stage(label, workload, workload.clients or clients, 1 if workload.once else rounds, quickack)


@dataclass
class Found:
    """A stage with one number of clients: what was measured, and why not where it was not."""

    label: str
    title: str
    database: str
    clients: int
    quickack: bool
    samples: Samples = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    load: tuple[float, float] = (0.0, 0.0)

    @property
    def invalid(self) -> bool:
        return any(note.startswith("INVALID") for note in self.notes.values())

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Bench:
    """Measures stages on the targets of one database. `settle` is called between preparation and the first slice."""

    def __init__(self, database: str, targets: Sequence[Target], settle: Callable[[], None] = lambda: None) -> None:
        self.database, self.targets, self.settle = database, list(targets), settle

    def run(self, stages: Sequence[Stage], show: Callable[[Found], None]) -> list[Found]:
        found = []
        total = sum(one.slices(len(self.targets)) for one in stages)
        with Progress(total, sys.stderr, unit=f"of {total} slices on {self.database}") as progress:
            wake(self.targets)
            calm(self.targets)
            for one in stages:
                progress.clear()
                say(f"{self.database}: {one.label} {one.workload.title}")
                for result in self.measure(one, progress):
                    progress.clear()
                    show(result)
                    found.append(result)
        return found

    def measure(self, one: Stage, progress: Progress) -> list[Found]:
        notes: dict[str, str] = {}
        states = {}
        for target in self.targets:
            began = time.monotonic()
            with noting(notes, target, "preparation failed: "):
                states[target.name] = one.workload.prepare(target)
            if time.monotonic() - began > LONG:
                progress.clear()
                say(f"{self.database}: {one.label} {target.name} is prepared after {time.monotonic() - began:.0f} s")
        self.settle()
        found = []
        for clients in one.clients:
            result = Found(one.label, one.workload.title, self.database, clients, one.quickack, notes=dict(notes))
            before = os.getloadavg()[0]
            self._rounds(one, states, result, progress)
            result.load = (before, os.getloadavg()[0])
            found.append(result)
        return found

    def _rounds(self, one: Stage, states: dict[str, Any], result: Found, progress: Progress) -> None:
        ready = [target for target in self.targets if target.name in states]
        for number in range(one.rounds):
            turn = number % max(1, len(ready))
            for target in ready[turn:] + ready[:turn]:
                if target.name not in result.notes:
                    with noting(result.notes, target):
                        self._slice(one, target, states[target.name], result)
                progress.step()
            progress.step(len(self.targets) - len(ready))

    @staticmethod
    def _slice(one: Stage, target: Target, state: Any, result: Found) -> None:
        target.quickack = one.quickack
        figures = one.workload.slice(target, state, result.clients)
        kept = result.samples.setdefault(target.name, {})
        for figure, value in figures.items():
            kept.setdefault(figure, []).append(value)


@contextlib.contextmanager
def noting(notes: dict[str, str], target: Target, what: str = "") -> Iterator[None]:
    """Writes down why a target could not be measured, and goes on."""
    target.close()
    try:
        yield
    except Unsupported as error:
        notes[target.name] = f"n/a: {error}"
    except FAILURES as error:
        notes[target.name] = f"INVALID, {what}{type(error).__name__}: {error}"
    finally:
        target.close()
        target.quickack = False


def wake(targets: Sequence[Target]) -> None:
    """Asks every worker of every target something; what is imported late is not what is measured."""
    for target in targets:
        request = target.raw_post("experiments/search", b'{"max_results":1}')

        def client(request: bytes = request) -> Script:
            for _ in range(10):
                yield "wake", request

        result = target.drive([client() for _ in range(16)])
        if result.errors:
            say(f"{target.name}: {result.errors} of {result.total} first requests failed: {result.samples[:1]}")


def calm(targets: Sequence[Target], *, most: float = 0.2, limit: float = 120.0) -> None:
    """Waits until no target uses more than that share of a core by itself: some go on starting after they answer."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        before = [target.cpu() or 0.0 for target in targets]
        time.sleep(LOOK)
        used = [((target.cpu() or 0.0) - cpu) / LOOK for target, cpu in zip(targets, before, strict=True)]
        if max(used, default=0.0) <= most:
            return
    busy = ", ".join(f"{target.name} {share:.0%}" for target, share in zip(targets, used, strict=True))
    say(f"not calm after {limit:.0f} s: {busy} of a core")


def say(text: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')}  load {os.getloadavg()[0]:.2f}  {text}\n")
    sys.stderr.flush()
