"""Experiments. https://mlflow.org/docs/latest/rest-api.html"""

from typing import Any

from msgspec import Struct

from api.fields import Pair, Required
from api.mlflow.endpoint import MlflowEndpoint
from api.mlflow.entities.experiment import experiment as entity
from api.mlflow.paging import listed, page_size, paged, view_type
from projects.roles import Ability
from tracking import lookup
from tracking.search import experiments as search
from tracking.services import experiments


class CreateExperiment(MlflowEndpoint):
    """A new experiment; its id is counted per project. `artifact_location` may be one that an administrator allows."""

    method = "POST"
    ability = Ability.WRITE_EXPERIMENTS

    class Params(Struct):
        name: Required
        artifact_location: str = ""
        tags: list[Pair] = []

    def handle(self, p: Params) -> Any:
        tags = [(tag.key, tag.value) for tag in p.tags]
        location = p.artifact_location
        created = experiments.create(self.project, p.name, by=self.identity.user, tags=tags, location=location)
        return {"experiment_id": str(created.iid)}


class SearchExperiments(MlflowEndpoint):
    method = "POST"
    ability = Ability.READ_EXPERIMENTS

    class Params(Struct):
        max_results: int = 0
        filter: str = ""
        order_by: list[str] | str = []
        page_token: str = ""
        view_type: str | int = "ACTIVE_ONLY"

    def handle(self, p: Params) -> Any:
        page = search.page(
            self.project,
            filter_string=p.filter,
            order_by=listed(p.order_by),
            view_type=view_type(p.view_type),
            max_results=page_size(p.max_results, search.MAX_RESULTS),
            page_token=p.page_token,
        )
        told = [entity(found, [(tag.key, tag.value) for tag in found.tags.all()]) for found in page.experiments]
        return paged({"experiments": told}, page.next_page_token)


class SearchExperimentsByQuery(SearchExperiments):
    """The same with its parameters in the query string."""

    method = "GET"


class GetExperiment(MlflowEndpoint):
    method = "GET"
    ability = Ability.READ_EXPERIMENTS

    class Params(Struct):
        experiment_id: Required

    def handle(self, p: Params) -> Any:
        found = lookup.experiment(self.project, p.experiment_id)
        return {"experiment": entity(found, lookup.tags_of(found))}


class GetExperimentByName(MlflowEndpoint):
    method = "GET"
    ability = Ability.READ_EXPERIMENTS

    class Params(Struct):
        experiment_name: Required

    def handle(self, p: Params) -> Any:
        found = lookup.experiment_named(self.project, p.experiment_name)
        return {"experiment": entity(found, lookup.tags_of(found))}


class UpdateExperiment(MlflowEndpoint):
    """Rename."""

    method = "POST"
    ability = Ability.WRITE_EXPERIMENTS

    class Params(Struct):
        experiment_id: Required
        new_name: Required

    def handle(self, p: Params) -> Any:
        experiments.rename(lookup.experiment(self.project, p.experiment_id), p.new_name)
        return {}


class DeleteExperiment(MlflowEndpoint):
    method = "POST"
    ability = Ability.WRITE_EXPERIMENTS

    class Params(Struct):
        experiment_id: Required

    def handle(self, p: Params) -> Any:
        experiments.delete(lookup.experiment(self.project, p.experiment_id))
        return {}


class RestoreExperiment(MlflowEndpoint):
    method = "POST"
    ability = Ability.WRITE_EXPERIMENTS

    class Params(Struct):
        experiment_id: Required

    def handle(self, p: Params) -> Any:
        experiments.restore(lookup.experiment(self.project, p.experiment_id))
        return {}


class SetExperimentTag(MlflowEndpoint):
    method = "POST"
    ability = Ability.WRITE_EXPERIMENTS

    class Params(Struct):
        experiment_id: Required
        key: Required
        value: str = ""

    def handle(self, p: Params) -> Any:
        experiments.set_tag(lookup.experiment(self.project, p.experiment_id), p.key, p.value)
        return {}


class DeleteExperimentTag(MlflowEndpoint):
    method = "POST"
    ability = Ability.WRITE_EXPERIMENTS

    class Params(Struct):
        experiment_id: Required
        key: Required

    def handle(self, p: Params) -> Any:
        experiments.delete_tag(lookup.experiment(self.project, p.experiment_id), p.key)
        return {}
