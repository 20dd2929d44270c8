"""What a workload is, and what those of `bench.workloads` share.

A workload prepares a target once, untimed, and is then run in short slices, so that targets can take turns. After
every slice it reads back what was acknowledged. A slice returns figures; the end of a figure's name says its unit and
which way is better (`bench/report.py`).
"""

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.loadgen import Result, Script
from bench.target import Mismatch, Target

Figures = dict[str, float]
# A fixed moment in milliseconds, so that what is sent can be made again.
T0 = 1_700_000_000_000
# The share of failed requests up to which figures stand, with the number of errors beside them.
TOLERATED = 0.01


@dataclass
class Options:
    """How much of everything; the names are those of the command line."""

    seconds: float = 3.0
    runs: int = 10_000
    grow: tuple[int, ...] = (1_000, 10_000, 100_000)
    versions: int = 10_000
    points: int = 100_000
    page_size: int = 10_000
    sizes_mib: tuple[int, ...] = (64, 1024)
    soak_seconds: float = 600.0
    # The targets of these names are soaked no longer than that.
    soak_limits: dict[str, float] = field(default_factory=dict)
    # A Python that has the stock client, for W10.
    client_python: str = sys.executable
    params: int = 10
    metrics: int = 10
    tags: int = 5
    scratch: str = field(default_factory=tempfile.gettempdir)


class Workload:
    """`clients` says with how many it is run, where not with those asked for; `once`: in one slice, not in rounds."""

    code = ""
    title = ""
    clients: tuple[int, ...] | None = None
    once = False

    def __init__(self, options: Options) -> None:
        self.options = options

    def prepare(self, target: Target) -> Any:
        return None

    def slice(self, target: Target, state: Any, clients: int) -> Figures:
        raise NotImplementedError

    def deadline(self) -> float:
        return time.perf_counter() + self.options.seconds


def require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise Mismatch(otherwise)


def no_errors(result: Result, tolerated: float = 0.0) -> None:
    failed = f"{result.errors} of {result.total} requests failed, such as {result.samples[:2]}"
    require(result.errors <= tolerated * result.total, failed)


def load_figures(result: Result, label: str, rate: str = "req/s", factor: float = 1) -> Figures:
    figures = {
        "p50 ms": result.quantile_ms(label, 0.50),
        "p99 ms": result.quantile_ms(label, 0.99),
        rate: result.rate(label) * factor,
        "generator cpu %": 100 * result.cpu / result.elapsed,
    }
    return with_costs(figures, result, label)


def with_costs(figures: Figures, result: Result, label: str) -> Figures:
    """Adds what hardly depends on how busy the machine is: the CPU time a request took server and database."""
    if result.server_cpu is not None and result.count(label):
        figures["cpu ms"] = 1000 * result.server_cpu / result.count(label)
    if result.errors:
        figures["errors"] = float(result.errors)
    return figures


def metric_value(step: int, key: int = 0) -> float:
    return ((step * 2654435761 + key * 40503) % 1_000_003) / 1_000_003


def points(count: int, *, key: str = "loss", first: int = 0, series: int = 0) -> list[dict[str, Any]]:
    """Metrics of one key as `log-batch` takes them."""
    steps = range(first, first + count)
    return [{"key": key, "value": metric_value(s, series), "timestamp": T0 + s, "step": s} for s in steps]


def verify_series(target: Target, run: str, key: str, *, count: int, series: int = 0) -> None:
    """That the key's history is what `points` sends from the first step on, and its latest value the last of it."""
    stored = target.history(run, key)
    require(len(stored) == count, f"{key} of {run}: {len(stored)} points are kept, {count} were acknowledged")
    for point in stored:
        step = int(point.get("step", 0))
        right = abs(float(point["value"]) - metric_value(step, series)) < 1e-8
        require(right and int(point["timestamp"]) == T0 + step, f"{key} of {run}, step {step}: wrong point {point}")
    require({int(point.get("step", 0)) for point in stored} == set(range(count)), f"{key} of {run}: wrong steps")
    latest = {metric["key"]: metric for metric in target.run(run)["data"].get("metrics", [])}
    if count:
        newest = int(latest.get(key, {}).get("step", 0))
        require(
            key in latest and newest == count - 1, f"{key} of {run}: the latest is of step {newest}, not {count - 1}"
        )


def fetch(target: Target, request: bytes) -> bytes:
    """One raw request through the load generator, and its body."""
    bodies: list[bytes] = []

    def once() -> Script:
        answer = yield "fetch", request
        bodies.append(answer.body)

    no_errors(target.drive([once()]))
    return bodies[0]


@dataclass
class Read:
    """A read that is sent over and over. `check` judges a body; one that equals the first, checked one passes."""

    label: str
    request: bytes
    check: Callable[[bytes], None]

    def repeat(self, target: Target, *, clients: int, seconds: float) -> Result:
        first = fetch(target, self.request)
        self.check(first)
        deadline = time.perf_counter() + seconds

        def client() -> Script:
            while True:
                answer = yield self.label, self.request
                if answer.status == 200 and answer.body != first:
                    self.check(answer.body)
                if time.perf_counter() >= deadline:
                    return

        result = target.drive([client() for _ in range(clients)])
        no_errors(result, TOLERATED)
        return result
