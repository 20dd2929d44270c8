"""The workloads W1 to W13: what is sent, and what is read back."""

from bench.workload import Workload
from bench.workloads.artifacts import Artifacts
from bench.workloads.growth import Growth
from bench.workloads.reads import GetRun, MetricHistory
from bench.workloads.registry import Registry
from bench.workloads.search import SearchRuns
from bench.workloads.soak import Soak
from bench.workloads.start import ColdStart
from bench.workloads.stock_client import StockClient
from bench.workloads.writes import CreateAndFinish, LogBatchMetrics, LogBatchMixed, LogMetric

KINDS: tuple[type[Workload], ...] = (
    LogMetric,
    LogBatchMetrics,
    LogBatchMixed,
    CreateAndFinish,
    GetRun,
    SearchRuns,
    MetricHistory,
    Artifacts,
    Registry,
    StockClient,
    ColdStart,
    Soak,
    Growth,
)
ALL = {kind.code: kind for kind in KINDS}
