"""Registered models of a project, by name. GitLab has no such REST API; its conventions are kept.

Prompts, which MLflow keeps as registered models, are not among them.
"""

from typing import ClassVar, Literal

from msgspec import UNSET, Struct, UnsetType

from api.fields import Pair, Required
from api.rest import keyset, pages
from api.rest.endpoint import Nothing, RestEndpoint
from api.rest.entities import registry as entities
from lib.errors import InvalidInput, NotFound
from projects.roles import Ability
from registry import listing, lookup
from registry.models import ModelVersion, RegisteredModel
from registry.models.registered_model import PROMPT_TAG
from registry.services import models

NO_MODEL, NO_VERSION, NO_TAG = "404 Model Not Found", "404 Version Not Found", "404 Tag Not Found"


class ModelEndpoint(RestEndpoint):
    """About one model, or one version of it, that the address names. Reads, unless it says otherwise."""

    method = "GET"
    ability: ClassVar[Ability | None] = Ability.READ_MODELS
    anonymous = True

    def model(self, name: str) -> RegisteredModel:
        return self.project.registered_models.models().find(NO_MODEL, name=name)

    def version(self, name: str, said: str) -> ModelVersion:
        """By number, semver, `latest`, alias or range."""
        found = lookup.first(self.model(name), said)
        if found is None:
            raise NotFound(NO_VERSION)
        return found

    def told(self, model: RegisteredModel) -> entities.ModelEntity:
        """Read again, with all that the JSON says."""
        return entities.model(listing.with_details(self.project.registered_models.all()).get(pk=model.pk))

    def told_version(self, version: ModelVersion) -> entities.VersionEntity:
        rows = ModelVersion.objects.with_details().select_related("creator")
        return entities.version(rows.get(model__project=self.project, pk=version.pk))


class ModelChange(ModelEndpoint):
    method = "PUT"
    ability = Ability.WRITE_MODELS
    anonymous = False


class ListModels(ModelEndpoint):
    """The project's models. `search` looks for words in names; `tag` is `key` or `key=value`, and may stand more than
    once."""

    class Params(keyset.Paged):
        search: str = ""
        tag: list[str] = []
        alias: str = ""
        order_by: Literal["name", "created_at", "updated_at", "id"] = "name"
        sort: Literal["asc", "desc"] = "asc"

    def handle(self, p: Params) -> pages.Page[entities.ModelEntity]:
        found = listing.models(self.project, search=p.search, tags=p.tag, alias=p.alias)
        order = listing.model_order(p.order_by, ascending=p.sort == "asc")
        return keyset.answer(self.request, p, listing.with_details(found), order, entities.model)


class CreateModel(ModelChange):
    """A model without versions."""

    method = "POST"

    class Params(Struct):
        name: Required
        description: str = ""
        tags: list[Pair] = []

    def handle(self, p: Params) -> entities.ModelEntity:
        for tag in p.tags:
            refuse_prompt(tag.key)
        tags = [(tag.key, tag.value) for tag in p.tags]
        return self.told(models.create(self.project, p.name, by=self.identity, description=p.description, tags=tags))


class GetModel(ModelEndpoint):
    """A model with its tags, its aliases and its latest version."""

    def handle(self, p: Nothing, name: str) -> entities.ModelEntity:
        return self.told(self.model(name))


class UpdateModel(ModelChange):
    """The name or the description of a model. A new `name` is a new address; versions, aliases and the model's
    experiment go with it."""

    class Params(Struct):
        name: str | UnsetType = UNSET
        description: str | UnsetType = UNSET

    def handle(self, p: Params, name: str) -> entities.ModelEntity:
        model = self.model(name)
        models.change(
            model,
            by=self.identity,
            name=None if p.name is UNSET else p.name,
            description=None if p.description is UNSET else p.description,
        )
        return self.told(model)


class DeleteModel(ModelChange):
    """A model with all its versions and aliases. Runs stay."""

    method = "DELETE"

    def handle(self, p: Nothing, name: str) -> None:
        models.delete(self.model(name), by=self.identity, project=self.project)


class SetModelTag(ModelChange):
    """A tag of a model, new or changed."""

    class Params(Struct):
        value: str = ""

    def handle(self, p: Params, name: str, key: str) -> entities.TagEntity:
        refuse_prompt(key)
        models.set_tag(self.model(name), key, p.value, by=self.identity)
        return {"key": key, "value": p.value}


class DeleteModelTag(ModelChange):
    """A tag of a model."""

    method = "DELETE"

    def handle(self, p: Nothing, name: str, key: str) -> None:
        model = self.model(name)
        if not model.tags.filter(key=key).exists():
            raise NotFound(NO_TAG)
        models.delete_tag(model, key, by=self.identity)


def refuse_prompt(key: str) -> None:
    if key == PROMPT_TAG:
        raise InvalidInput("would make it a prompt: those are kept by MLflow's API alone", field="tags")
