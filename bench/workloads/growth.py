"""W13: W6, W1 and W5 again while one experiment grows."""

from bench.target import Target
from bench.workload import Options, Workload
from bench.workloads.reads import GetRun
from bench.workloads.search import SearchRuns
from bench.workloads.writes import LogMetric

EXPERIMENT = "bench-grow"
# Beyond it a search is asked by one client only: a peer needs a quarter of a minute for each.
CROWDED = 10_000


class Growth(Workload):
    code, title = "W13", "growth: W6, W1 and W5 as one experiment grows"

    def stages(self) -> list[tuple[str, Workload]]:
        """(label, workload) for each size, in growing order."""
        return [stage for size in sorted(self.options.grow) for stage in stages_at(size, self.options)]


def stages_at(size: int, options: Options) -> list[tuple[str, Workload]]:
    search = SearchRuns(options, experiment=EXPERIMENT, runs=size)
    write, read = LogMetricBesideMany(options), GetRunBesideMany(options)
    if size > CROWDED:
        search.clients = (1,)
    write.clients = read.clients = (1,)
    return [(f"W13/{size} {workload.code}", workload) for workload in (search, write, read)]


class LogMetricBesideMany(LogMetric):
    """Into runs of the experiment that has grown."""

    def prepare(self, target: Target) -> str:
        return target.experiment(EXPERIMENT)


class GetRunBesideMany(GetRun):
    """Of a run of the experiment that has grown."""

    def experiment(self, target: Target) -> str:
        return target.experiment(EXPERIMENT)
