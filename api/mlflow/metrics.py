"""Metric history. https://mlflow.org/docs/latest/rest-api.html#get-metric-history"""

from typing import Any

from api.fields import Required
from api.mlflow.entities.run import metrics
from api.mlflow.paging import page_size, paged
from api.mlflow.runs import OfRun, RunEndpoint
from projects.roles import Ability
from tracking.search import history

MAX_RESULTS = 1_000_000


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
