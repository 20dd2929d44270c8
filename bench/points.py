"""What writing and reading cost when a PostgreSQL holds ever more metric points.

Runs of 10 keys and 1,000 steps are written straight into the tables (`bench/copies.py`). At each size batches are
logged, and histories and latest values read, through the API and in runs chosen at random among all there are; what is
read is compared with what was written.
"""

import json
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench import machine, report
from bench.clusters import cluster
from bench.copies import KEYS, STEPS, Copies, template, uuid_of
from bench.loadgen import Script
from bench.measure import calm, say, wake
from bench.service import server
from bench.target import Target
from bench.workload import Options, metric_value, no_errors, require
from bench.workloads.writes import LogBatchMetrics
from lib.progress import Progress

ROUNDS = 5
BATCHES, READS = 20, 200
# Bytes of disk that a point takes at most, and all the rest: journal, runs, the cluster itself.
A_POINT, THE_REST = 220, 8 * 2**30
# A request, and what judges the body of its answer.
Asked = Iterator[tuple[bytes, Callable[[bytes], None]]]


@dataclass
class Size:
    """What was measured with so many points: milliseconds of CPU a request, and at the median; one value a round."""

    points: int
    bytes: float = 0.0
    cpu: dict[str, list[float]] = field(default_factory=dict)
    p50: dict[str, list[float]] = field(default_factory=dict)


class Asker:
    """Asks about runs among the copies. Keys that end in `-more` are those of batches for runs that are there."""

    def __init__(self, target: Target, experiment: str, copies: Copies) -> None:
        self.target, self.experiment, self.copies = target, experiment, copies
        self.dice = random.Random(1)
        self.batches = LogBatchMetrics(Options())

    def any_run(self) -> str:
        return uuid_of(self.dice.randrange(self.copies.made))

    def log_to_a_new_run(self) -> Asked:
        run = self.target.new_run(self.experiment)
        for batch in range(BATCHES):
            yield self.target.raw_post("runs/log-batch", self.batches.body(run, batch)), _is_empty

    def log_to_any_run(self) -> Asked:
        for batch in range(BATCHES):
            body = self.batches.body(self.any_run(), batch).replace(b'","timestamp"', b'-more","timestamp"')
            yield self.target.raw_post("runs/log-batch", body), _is_empty

    def history(self) -> Asked:
        for _ in range(READS):
            key = self.dice.randrange(KEYS)
            query = {"run_id": self.any_run(), "metric_key": f"m{key}"}
            yield self.target.raw_get("metrics/get-history", **query), _is_history_of(key)

    def latest(self) -> Asked:
        for _ in range(READS):
            yield self.target.raw_get("runs/get", run_id=self.any_run()), _has_latest

    def measure(self, size: Size) -> None:
        for name, kind in KINDS.items():
            asked = list(kind.ask(self))
            result = self.target.drive([_client(name, asked)])
            no_errors(result)
            size.cpu.setdefault(name, []).append(1000 * (result.server_cpu or 0) / result.count(name))
            size.p50.setdefault(name, []).append(result.quantile_ms(name, 0.5))


@dataclass(frozen=True)
class Kind:
    """`most`: so many times its cost at the smallest size."""

    ask: Callable[[Asker], Asked]
    most: float


KINDS = {
    "log-batch of 1,000 metrics, new run": Kind(Asker.log_to_a_new_run, 1.5),
    "log-batch of 1,000 metrics, any run": Kind(Asker.log_to_any_run, 1.5),
    f"metrics/get-history of {STEPS:,} points": Kind(Asker.history, 1.3),
    f"runs/get, latest of {KEYS} keys": Kind(Asker.latest, 1.3),
}
BYTES = 160.0


def _client(label: str, asked: list[tuple[bytes, Callable[[bytes], None]]]) -> Script:
    for request, judge in asked:
        answer = yield label, request
        if answer.status == 200:
            judge(answer.body)


def _is_empty(body: bytes) -> None:
    require(json.loads(body or b"{}") == {}, f"log-batch answered {body[:200]!r}")


def _is_history_of(key: int) -> Callable[[bytes], None]:
    def judge(body: bytes) -> None:
        found = {int(point["step"]): float(point["value"]) for point in json.loads(body)["metrics"]}
        require(found.keys() == set(range(STEPS)), f"get-history: {len(found)} points of {STEPS}")
        right = all(abs(value - metric_value(step, key)) < 1e-9 for step, value in found.items())
        require(right, "get-history: wrong values")

    return judge


def _has_latest(body: bytes) -> None:
    found = {one["key"]: float(one["value"]) for one in json.loads(body)["run"]["data"]["metrics"]}
    wanted = {f"m{key}": metric_value(STEPS - 1, key) for key in range(KEYS)}
    require(all(abs(found.get(key, -1) - value) < 1e-9 for key, value in wanted.items()), "runs/get: wrong latest")


def measure(sizes: Sequence[int]) -> str:
    """The section of the page. Refuses when the disk is too small."""
    with tempfile.TemporaryDirectory(prefix="tenon-points-") as folder:
        _must_fit(Path(folder), max(sizes))
        with cluster() as own, server(Path(folder), DATABASE_URL=own.url) as service:
            target = Target("tenon", service.tracking_uri, service.token, [service.launch.pid, own.pid])
            wake([target])
            calm([target])
            experiment = target.fresh_experiment("bench-points")
            copies = Copies(own, template(target, experiment))
            found = [_at(size, Asker(target, experiment, copies)) for size in sorted(sizes)]
    return text(machine.facts(), found)


def _must_fit(folder: Path, points: int) -> None:
    needed, free = points * A_POINT + THE_REST, shutil.disk_usage(folder).free
    if free < needed:
        gib = 2**30
        raise SystemExit(f"{needed / gib:.0f} GiB are needed in {folder.parent}, {free / gib:.0f} are free (TMPDIR)")


def _at(points: int, asker: Asker) -> Size:
    say(f"{points:,} points")
    copies = max(1, points // (KEYS * STEPS))
    with Progress(points, sys.stderr, unit="points") as progress:
        progress.step(asker.copies.made * KEYS * STEPS)
        asker.copies.fill(copies, progress)
    size = Size(points, asker.copies.bytes_a_point())
    for _ in range(ROUNDS):
        asker.measure(size)
    return size


def text(facts: dict[str, str], found: Sequence[Size]) -> str:
    titles = [f"{size.points:,} points" for size in found]
    head = ["one client", *titles, "last to first", "must be", "met"]
    lines = [_line(name, kind.most, found) for name, kind in KINDS.items()]
    size = found[-1].bytes
    kept = ["bytes a point", *(f"{one.bytes:.0f}" for one in found), "", f"≤ {BYTES:.0f}", _answer(size <= BYTES)]
    about = "Milliseconds of CPU a request, server and database; in brackets the median of the wall clock."
    facts = {**facts, "rounds": f"{ROUNDS} of {BATCHES} writes or {READS} reads of each kind"}
    return "\n\n".join([report.rows(["measured", "with"], facts.items()), about, report.rows(head, [*lines, kept])])


def _line(name: str, most: float, found: Sequence[Size]) -> list[str]:
    costs = [report.median(size.cpu[name]) for size in found]
    cells = [
        f"{report.number(cost)} ({report.number(report.median(size.p50[name]))})"
        for cost, size in zip(costs, found, strict=True)
    ]
    ratio = costs[-1] / costs[0]
    return [name, *cells, report.number(ratio), f"≤ {most}", _answer(ratio <= most)]


def _answer(met: bool) -> str:
    return "yes" if met else "**no**"
