"""What the load generator itself can do, against a server that does nothing (`bench.nothing`)."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator

from bench import report
from bench.launch import ROOT
from bench.target import Target
from bench.workload import Options
from bench.workloads.writes import LogMetric

HEAD = ["clients", "req/s", "µs of CPU a request", "p50 µs", "p99 µs"]


@contextlib.contextmanager
def nothing() -> Iterator[Target]:
    command = [sys.executable, "-m", "bench.nothing"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            port = process.stdout.readline().strip() if process.stdout else ""
            yield Target("nothing", f"http://127.0.0.1:{port}")
        finally:
            process.kill()


def table(clients: tuple[int, ...], seconds: float) -> str:
    with nothing() as target:
        return report.rows(HEAD, [_line(target, count, seconds) for count in clients])


def _line(target: Target, clients: int, seconds: float) -> list[str]:
    workload = LogMetric(Options(seconds=seconds))
    result, _ = workload.load(target, ["0" * 32] * clients)
    count = result.count("log-metric")
    quantiles = [1000 * result.quantile_ms("log-metric", share) for share in (0.5, 0.99)]
    figures = [count / result.elapsed, 1e6 * result.cpu / count, *quantiles]
    return [str(clients), *(f"{figure:,.0f}" for figure in figures)]
