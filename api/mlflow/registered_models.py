"""Registered models, prompts among them. https://mlflow.org/docs/latest/rest-api.html#create-registeredmodel"""

from typing import Any

from msgspec import Struct

from api.fields import Pair, Required
from api.mlflow.endpoint import MlflowEndpoint
from api.mlflow.entities.model_version import model_version as version_entity
from api.mlflow.entities.registered_model import registered_model as entity
from api.mlflow.paging import listed, page_size, paged
from lib.errors import InvalidInput, NotFound
from projects.roles import Ability
from registry import facts, latest, lookup, names, search
from registry.models import RegisteredModel
from registry.services import aliases, models


class Named(Struct):
    name: Required


class ModelEndpoint(MlflowEndpoint):
    """About one registered model, which is found by its name in the project or does not exist."""

    method = "POST"
    ability = Ability.WRITE_MODELS

    def model(self, p: Any) -> RegisteredModel:
        return self.project.registered_models.named(names.model(p.name))

    def told(self, model: RegisteredModel) -> Any:
        """Read again, with all that the JSON says."""
        found = search.with_details(self.project).get(pk=model.pk)
        return {"registered_model": entity(facts.of_model(found, latest.of([found])[found.pk]))}


class CreateRegisteredModel(MlflowEndpoint):
    """A model, or with the tag `mlflow.prompt.is_prompt` a prompt."""

    method = "POST"
    ability = Ability.WRITE_MODELS

    class Params(Named):
        tags: list[Pair] = []
        description: str = ""

    def handle(self, p: Params) -> Any:
        tags = [(tag.key, tag.value) for tag in p.tags]
        model = models.create(self.project, p.name, by=self.identity, description=p.description, tags=tags)
        return {"registered_model": entity(facts.of_model(model, []))}


class GetRegisteredModel(ModelEndpoint):
    method = "GET"
    ability = Ability.READ_MODELS
    Params = Named

    def handle(self, p: Named) -> Any:
        return self.told(self.model(p))


class RenameRegisteredModel(ModelEndpoint):
    class Params(Named):
        new_name: Required

    def handle(self, p: Params) -> Any:
        model = self.model(p)
        models.rename(model, p.new_name, by=self.identity)
        return self.told(model)


class UpdateRegisteredModel(ModelEndpoint):
    """Its description."""

    method = "PATCH"

    class Params(Named):
        description: str = ""

    def handle(self, p: Params) -> Any:
        model = self.model(p)
        models.describe(model, p.description, by=self.identity)
        return self.told(model)


class DeleteRegisteredModel(ModelEndpoint):
    method = "DELETE"
    Params = Named

    def handle(self, p: Named) -> Any:
        models.delete(self.model(p), by=self.identity, project=self.project)
        return {}


class GetLatestVersions(ModelEndpoint):
    """The latest version of each stage named, or of all. A semver, a range, an alias or `latest` may stand where
    MLflow has a stage. Readers may ask, though it is a POST."""

    ability = Ability.READ_MODELS

    class Params(Named):
        stages: list[str] | str = []

    def handle(self, p: Params) -> Any:
        model, stages = self.model(p), listed(p.stages)
        found = latest.meant_by(model, stages) if stages else latest.in_each_stage(model)
        return paged({"model_versions": [version_entity(version) for version in found]}, "")


class GetLatestVersionsByQuery(GetLatestVersions):
    method = "GET"


class SearchRegisteredModels(MlflowEndpoint):
    method = "GET"
    ability = Ability.READ_MODELS

    class Params(Struct):
        filter: str = ""
        max_results: int = 100
        order_by: list[str] | str = []
        page_token: str = ""

    def handle(self, p: Params) -> Any:
        page = search.models(
            self.project,
            filter_string=p.filter,
            order_by=listed(p.order_by),
            max_results=page_size(p.max_results, search.MAX_MODELS),
            page_token=p.page_token,
        )
        return paged({"registered_models": [entity(model) for model in page.models]}, page.next_page_token)


class SetRegisteredModelTag(ModelEndpoint):
    class Params(Named):
        key: Required
        value: str = ""

    def handle(self, p: Params) -> Any:
        models.set_tag(self.model(p), p.key, p.value, by=self.identity)
        return {}


class DeleteRegisteredModelTag(ModelEndpoint):
    method = "DELETE"

    class Params(Named):
        key: Required

    def handle(self, p: Params) -> Any:
        models.delete_tag(self.model(p), p.key, by=self.identity)
        return {}


class SetRegisteredModelAlias(ModelEndpoint):
    """`version` is a number, a semver, or whatever else means one."""

    class Params(Named):
        alias: Required
        version: Required

    def handle(self, p: Params) -> Any:
        names.alias(p.alias)
        version = lookup.version(self.model(p), p.version)
        aliases.point(version, p.alias, by=self.identity, project=self.project)
        return {}


class DeleteRegisteredModelAlias(ModelEndpoint):
    method = "DELETE"

    class Params(Named):
        alias: Required

    def handle(self, p: Params) -> Any:
        aliases.remove(self.model(p), p.alias, by=self.identity, project=self.project)
        return {}


class GetModelVersionByAlias(ModelEndpoint):
    """`models:/name@1.2.0` asks for a semver here."""

    method = "GET"
    ability = Ability.READ_MODELS

    class Params(Named):
        alias: Required

    def handle(self, p: Params) -> Any:
        model = self.model(p)
        found = lookup.first(model, p.alias)
        if found is not None:
            return {"model_version": version_entity(found)}
        if p.alias.lower() == names.LATEST:
            raise NotFound(f"Latest version not found for model {model.name}.")
        # Not 404: MLflow's quirk.
        raise InvalidInput(f"Registered model alias {p.alias[:255]} not found.", field="alias")
