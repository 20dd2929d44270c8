"""Runs, and what is logged to them. https://mlflow.org/docs/latest/rest-api.html"""

from typing import Any

from msgspec import Struct, field

from api import parsing
from api.fields import Int64, Milliseconds, Pair, Required
from api.mlflow import entities
from api.mlflow.endpoint import MlflowEndpoint
from api.mlflow.paging import listed, page_size, paged, view_type
from lib.errors import InvalidInput
from projects.roles import Ability
from tracking import lookup, whole_runs
from tracking.models import Run, RunStatus
from tracking.search import runs as search
from tracking.services import batches, runs


class OfRun(Struct, kw_only=True):
    """Parameters of a call about one run; old clients say `run_uuid`."""

    run_id: str = ""
    run_uuid: str = ""


class RunEndpoint(MlflowEndpoint):
    """About one run, which is found in the project or does not exist."""

    method = "POST"
    ability = Ability.WRITE_EXPERIMENTS

    def run(self, p: Any) -> Run:
        return lookup.run(self.project, run_id(p))


def run_id(p: Any) -> str:
    found: str = p.run_id or p.run_uuid
    if not found:
        raise InvalidInput("Missing value for required parameter 'run_id'.", field="run_id")
    return found


class CreateRun(MlflowEndpoint):
    """Start a run; without an experiment it belongs to `Default`."""

    method = "POST"
    ability = Ability.WRITE_EXPERIMENTS

    class Params(Struct):
        experiment_id: str = "0"
        user_id: str = ""
        run_name: str = ""
        start_time: Int64 = 0
        tags: list[Pair] = []

    def handle(self, p: Params) -> Any:
        tags = {tag.key: tag.value for tag in p.tags}
        started = runs.start_whole(
            lookup.experiment(self.project, p.experiment_id or "0"),
            by=self.identity.user,
            name=p.run_name,
            at=p.start_time,
            user_name=p.user_id,
            tags=tags,
        )
        told = entities.run_of(started)
        # As MLflow: it has none yet.
        del told["outputs"]
        return {"run": told}


class GetRun(RunEndpoint):
    method = "GET"
    ability = Ability.READ_EXPERIMENTS

    class Params(OfRun):
        pass

    def handle(self, p: Params) -> Any:
        return {"run": entities.run_of(whole_runs.find(self.project, run_id(p)))}


class UpdateRun(RunEndpoint):
    """A status or name that is "" is as good as not said, as in MLflow."""

    class Params(OfRun):
        status: str | int = ""
        end_time: Int64 | None = None
        run_name: str = ""

    def handle(self, p: Params) -> Any:
        run = runs.update(self.run(p), status=status(p.status), end_time=p.end_time, name=p.run_name)
        return {"run_info": entities.run.info(run)}


# By name and, as protobuf's JSON allows, by number.
_STATUSES = {name: status for status in RunStatus for name in (status.name, str(status.value))}


def status(wanted: str | int) -> RunStatus | None:
    if wanted == "":
        return None
    found = _STATUSES.get(str(wanted))
    if found is None:
        offered = ", ".join(status.name for status in RunStatus)
        message = f"Invalid value {parsing.shown(wanted)} for parameter 'status' supplied. Hint: one of {offered}."
        raise InvalidInput(message, field="status")
    return found


class DeleteRun(RunEndpoint):
    class Params(OfRun):
        pass

    def handle(self, p: Params) -> Any:
        runs.delete(self.run(p))
        return {}


class RestoreRun(RunEndpoint):
    class Params(OfRun):
        pass

    def handle(self, p: Params) -> Any:
        runs.restore(self.run(p))
        return {}


class SetTag(RunEndpoint):
    class Params(OfRun):
        key: Required
        value: str = ""

    def handle(self, p: Params) -> Any:
        runs.set_tags(self.run(p), {p.key: p.value})
        return {}


class DeleteTag(RunEndpoint):
    class Params(OfRun):
        key: Required

    def handle(self, p: Params) -> Any:
        runs.delete_tag(self.run(p), p.key)
        return {}


class LogParam(RunEndpoint):
    class Params(OfRun):
        key: Required
        value: str = ""

    def handle(self, p: Params) -> Any:
        batches.log_to(self.project.pk, run_id(p), params=[(p.key, p.value)])
        return {}


class MetricItem(Struct, kw_only=True):
    key: Required
    # MLflow's server counts true as 1.
    value: float | bool
    timestamp: Milliseconds
    step: Int64 = 0
    model: str = field(default="", name="model_id")
    dataset_name: str = ""
    dataset_digest: str = ""


class LogMetric(RunEndpoint):
    class Params(MetricItem, kw_only=True):
        run_id: str = ""
        run_uuid: str = ""

    def handle(self, p: Params) -> Any:
        batches.log_to(self.project.pk, run_id(p), metrics=[p])
        return {}


class LogBatch(RunEndpoint):
    """Metrics, params and tags at once: all of it, or nothing."""

    class Params(OfRun):
        metrics: list[MetricItem] = []
        params: list[Pair] = []
        tags: list[Pair] = []

    def handle(self, p: Params) -> Any:
        batches.log_to(
            self.project.pk,
            run_id(p),
            metrics=p.metrics,
            params=[(param.key, param.value) for param in p.params],
            tags=[(tag.key, tag.value) for tag in p.tags],
        )
        return {}


class SearchRuns(MlflowEndpoint):
    """Readers may search, though it is a POST."""

    method = "POST"
    ability = Ability.READ_EXPERIMENTS

    class Params(Struct):
        experiment_ids: list[str] | str = []
        filter: str = ""
        run_view_type: str | int = "ACTIVE_ONLY"
        max_results: int = 1000
        order_by: list[str] | str = []
        page_token: str = ""

    def handle(self, p: Params) -> Any:
        page = search.whole_page(
            self.project,
            listed(p.experiment_ids),
            filter_string=p.filter,
            order_by=listed(p.order_by),
            view_type=view_type(p.run_view_type),
            max_results=page_size(p.max_results, search.MAX_RESULTS),
            page_token=p.page_token,
        )
        return paged({"runs": entities.runs_of(page.runs)}, page.next_page_token)
