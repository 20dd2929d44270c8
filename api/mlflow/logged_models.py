"""Logged models (MLflow 3). https://mlflow.org/docs/latest/rest-api.html"""

from typing import Annotated, Any

from msgspec import Meta, Struct

from api.fields import Pair, Required
from api.mlflow.endpoint import MlflowEndpoint
from api.mlflow.entities.logged_model import logged_model as entity
from api.mlflow.paging import page_size, paged
from lib.errors import InvalidInput
from projects.roles import Ability
from tracking.models import LoggedModelStatus
from tracking.search import logged_models as search
from tracking.search.logged_models import OnDataset, OrderedBy
from tracking.services import logged_models

# By the names and, as protobuf's JSON allows, by the numbers of MLflow's protocol.
_STATUSES = {name: status for status in LoggedModelStatus for name in (status.label, str(status.value))}
# MLflow's protocol says 50 when nothing is said, and its server 100 when 0 is said.
_PAGE, _PAGE_FOR_ZERO = 50, 100
# MLflow's client sends at most 100 params at once.
Pairs = Annotated[list[Pair], Meta(max_length=1000)]


class CreateLoggedModel(MlflowEndpoint):
    method = "POST"
    ability = Ability.WRITE_EXPERIMENTS

    class Params(Struct):
        experiment_id: Required
        name: str = ""
        model_type: str = ""
        source_run_id: str = ""
        params: Pairs = []
        tags: Pairs = []

    def handle(self, p: Params) -> Any:
        model = logged_models.create(
            self.project.experiments.with_id(p.experiment_id),
            by=self.identity.user,
            name=p.name,
            model_type=p.model_type,
            source_run=p.source_run_id,
            params=_pairs(p.params),
            tags=_pairs(p.tags),
        )
        return {"model": entity(self.project.logged_models.with_details().with_id(model.uuid))}


class SearchLoggedModels(MlflowEndpoint):
    """Readers may search, though it is a POST."""

    method = "POST"
    ability = Ability.READ_EXPERIMENTS

    class Params(Struct):
        experiment_ids: Annotated[list[str], Meta(max_length=10_000)]
        filter: str = ""
        datasets: Annotated[list[OnDataset], Meta(max_length=100)] = []
        max_results: int = _PAGE
        order_by: Annotated[list[OrderedBy], Meta(max_length=20)] = []
        page_token: str = ""

    def handle(self, p: Params) -> Any:
        page = search.page(
            self.project,
            p.experiment_ids,
            filter_string=p.filter,
            datasets=p.datasets,
            order_by=p.order_by,
            max_results=page_size(p.max_results or _PAGE_FOR_ZERO, search.MAX_RESULTS),
            page_token=p.page_token,
        )
        return paged({"models": [entity(model) for model in page.models]}, page.next_page_token)


class GetLoggedModel(MlflowEndpoint):
    """A deleted one only when asked for."""

    method = "GET"
    ability = Ability.READ_EXPERIMENTS

    class Params(Struct):
        allow_deleted: str = ""

    def handle(self, p: Params, model_id: str) -> Any:
        models = self.project.logged_models.with_details()
        if p.allow_deleted.lower() != "true":
            models = models.active()
        return {"model": entity(models.with_id(model_id))}


class GetLoggedModels(MlflowEndpoint):
    """Up to 100 by their ids, in that order; the official UI asks for them. One that is not there is left out."""

    method = "GET"
    ability = Ability.READ_EXPERIMENTS

    class Params(Struct):
        model_ids: Annotated[list[str], Meta(max_length=100)] = []

    def handle(self, p: Params) -> Any:
        models = self.project.logged_models.with_details().active().filter(uuid__in=p.model_ids)
        found = {model.uuid: model for model in models}
        return paged({"models": [entity(found[uuid]) for uuid in p.model_ids if uuid in found]}, "")


class FinalizeLoggedModel(MlflowEndpoint):
    method = "PATCH"
    ability = Ability.WRITE_EXPERIMENTS

    class Params(Struct):
        status: str | int

    def handle(self, p: Params, model_id: str) -> Any:
        logged_models.finalize(self.project.logged_models.with_id(model_id), _status(p.status))
        return {"model": entity(self.project.logged_models.with_details().with_id(model_id))}


class DeleteLoggedModel(MlflowEndpoint):
    method = "DELETE"
    ability = Ability.WRITE_EXPERIMENTS

    def handle(self, _: Any, model_id: str) -> Any:
        logged_models.delete(self.project.logged_models.with_id(model_id))
        return {}


class LogLoggedModelParams(MlflowEndpoint):
    method = "POST"
    ability = Ability.WRITE_EXPERIMENTS

    class Params(Struct):
        params: Pairs = []

    def handle(self, p: Params, model_id: str) -> Any:
        logged_models.log_params(self.project.logged_models.with_id(model_id), _pairs(p.params))
        return {}


class SetLoggedModelTags(MlflowEndpoint):
    method = "PATCH"
    ability = Ability.WRITE_EXPERIMENTS

    class Params(Struct):
        tags: Pairs = []

    def handle(self, p: Params, model_id: str) -> Any:
        logged_models.set_tags(self.project.logged_models.with_id(model_id), _pairs(p.tags))
        return {}


class DeleteLoggedModelTag(MlflowEndpoint):
    method = "DELETE"
    ability = Ability.WRITE_EXPERIMENTS

    def handle(self, _: Any, model_id: str, tag_key: str) -> Any:
        logged_models.delete_tag(self.project.logged_models.with_id(model_id), tag_key)
        return {}


def _status(wanted: str | int) -> LoggedModelStatus:
    found = _STATUSES.get(str(wanted))
    if found is None:
        offered = ", ".join(status.label for status in LoggedModelStatus)
        message = f"Invalid value \"{str(wanted)[:100]}\" for parameter 'status' supplied. Hint: one of {offered}."
        raise InvalidInput(message, field="status")
    return found


def _pairs(pairs: list[Pair]) -> list[tuple[str, str]]:
    return [(pair.key, pair.value) for pair in pairs]
