"""Metric history. https://mlflow.org/docs/latest/rest-api.html#get-metric-history"""

from typing import Any

from msgspec import Struct

from api.fields import Int64, Required
from api.mlflow.endpoint import MlflowEndpoint
from api.mlflow.entities.run import metrics
from api.mlflow.paging import page_size, paged
from api.mlflow.runs import OfRun, RunEndpoint
from lib.errors import InvalidInput
from projects.roles import Ability
from tracking.search import history

MAX_RESULTS = 1_000_000
# The stock server's limits, which the official UI counts on.
MAX_RUNS, MAX_IN_BULK, MAX_SAMPLES = 100, 25_000, 2_500


class GetMetricHistory(RunEndpoint):
    """All points of one metric; in pages when `max_results` is given."""

    method = "GET"
    ability = Ability.READ_EXPERIMENTS

    class Params(OfRun):
        metric_key: Required
        max_results: int | None = None
        page_token: str = ""

    def handle(self, p: Params) -> Any:
        size = None if p.max_results is None else page_size(p.max_results, MAX_RESULTS)
        points, following = history.page(self.run(p), p.metric_key, max_results=size, page_token=p.page_token)
        return paged({"metrics": metrics(points)}, following)


class GetMetricHistoryBulk(MlflowEndpoint):
    """One metric of up to 100 runs, at most 25,000 points in all; the official UI asks for it."""

    method = "GET"
    ability = Ability.READ_EXPERIMENTS

    class Params(Struct):
        metric_key: Required
        run_id: list[str] = []
        max_results: int = MAX_IN_BULK

    def handle(self, p: Params) -> Any:
        limit = page_size(min(p.max_results, MAX_IN_BULK), MAX_IN_BULK)
        found = history.of_many(self.project, several(p.run_id, "run_id"), p.metric_key, max_results=limit)
        return {"metrics": [{**metrics([point])[0], "run_id": uuid} for uuid, point in found]}


class GetMetricHistoryBulkInterval(MlflowEndpoint):
    """An even sample of one metric of up to 100 runs, of all steps or of a range; charts are drawn from it."""

    method = "GET"
    ability = Ability.READ_EXPERIMENTS

    class Params(Struct):
        metric_key: Required
        run_ids: list[str] = []
        start_step: Int64 | None = None
        end_step: Int64 | None = None
        max_results: int = MAX_SAMPLES

    def handle(self, p: Params) -> Any:
        size, steps = page_size(p.max_results, MAX_SAMPLES), interval(p.start_step, p.end_step)
        runs = [self.project.runs.with_id(run_id) for run_id in several(p.run_ids, "run_ids")]
        found = [
            {**told, "run_id": run.uuid}
            for run in runs
            for told in metrics(history.sampled(run, p.metric_key, max_results=size, steps=steps))
        ]
        return paged({"metrics": found}, "")


def several(run_ids: list[str], name: str) -> list[str]:
    if not 1 <= len(run_ids) <= MAX_RUNS:
        message = f"The request must specify 1 to {MAX_RUNS} {name}. Received {len(run_ids)} {name}."
        raise InvalidInput(message, field=name)
    return run_ids


def interval(start: int | None, end: int | None) -> tuple[int, int] | None:
    if start is None and end is None:
        return None
    if start is None or end is None:
        raise InvalidInput("If either start step or end step are specified, both must be specified.")
    if start > end:
        found = f"Found start_step={start} and end_step={end}."
        raise InvalidInput(f"end_step must be greater than start_step. {found}")
    return start, end
