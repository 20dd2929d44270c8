"""Aliases of model versions, which of them only maintainers move, and what else a project decides on its registry."""

from msgspec import Struct

from api.fields import Required
from api.rest import pages
from api.rest.endpoint import Nothing, RestEndpoint
from api.rest.entities import registry as entities
from api.rest.registered_models import ModelChange, ModelEndpoint
from lib.errors import NotFound
from projects.roles import Ability
from registry import lookup, names
from registry.services import aliases, rules

NO_ALIAS = "404 Alias Not Found"


class ListAliases(ModelEndpoint):
    """The aliases of a model, and the versions they point to."""

    class Params(pages.Paged):
        pass

    def handle(self, p: Params, name: str) -> pages.Page[entities.AliasEntity]:
        found = self.model(name).aliases.select_related("version__model").order_by("name", "pk")
        return pages.answer(self.request, p, found, entities.alias)


class GetAlias(ModelEndpoint):
    """One alias of a model."""

    def handle(self, p: Nothing, name: str, alias: str) -> entities.AliasEntity:
        found = self.model(name).aliases.select_related("version__model").filter(name=alias).first()
        if found is None:
            raise NotFound(NO_ALIAS)
        return entities.alias(found)


class MoveAlias(ModelChange):
    """An alias, new or moved, to the `version` named by number, semver, `latest`, another alias or a range."""

    class Params(Struct):
        version: Required

    def handle(self, p: Params, name: str, alias: str) -> entities.AliasEntity:
        model = self.model(name)
        names.alias(alias)
        version = lookup.version(model, p.version)
        return entities.alias(aliases.point(version, alias, by=self.identity, project=self.project))


class DeleteAlias(ModelChange):
    """An alias; the version stays."""

    method = "DELETE"

    def handle(self, p: Nothing, name: str, alias: str) -> None:
        model = self.model(name)
        if not model.aliases.filter(name=alias).exists():
            raise NotFound(NO_ALIAS)
        aliases.remove(model, alias, by=self.identity, project=self.project)


class ListProtectedAliases(RestEndpoint):
    """The aliases that only maintainers move."""

    method = "GET"
    ability = Ability.READ_MODELS
    anonymous = True

    class Params(pages.Paged):
        pass

    def handle(self, p: Params) -> pages.Page[entities.ProtectedAliasEntity]:
        found = self.project.protected_aliases.order_by("name", "pk")
        return pages.answer(self.request, p, found, entities.protected_alias)


class ProtectAlias(RestEndpoint):
    """An alias that only maintainers move from now on, in all models of the project."""

    method = "POST"
    ability = Ability.ADMIN_PROJECT

    class Params(Struct):
        name: Required

    def handle(self, p: Params) -> entities.ProtectedAliasEntity:
        return entities.protected_alias(rules.protect(self.project, p.name, by=self.identity))


class UnprotectAlias(RestEndpoint):
    """A protected alias becomes one like others."""

    method = "DELETE"
    ability = Ability.ADMIN_PROJECT

    def handle(self, p: Nothing, alias: str) -> None:
        rules.unprotect(self.project, alias, by=self.identity)


class GetRules(RestEndpoint):
    """What the project has decided on its registry."""

    method = "GET"
    ability = Ability.READ_MODELS
    anonymous = True

    def handle(self, p: Nothing) -> entities.Rules:
        return entities.rules(rules.of(self.project))


class UpdateRules(RestEndpoint):
    """What the project decides on its registry. `publish_at_once`: each version that is created from a source is
    published with it."""

    method = "PUT"
    ability = Ability.ADMIN_PROJECT

    class Params(Struct):
        publish_at_once: bool

    def handle(self, p: Params) -> entities.Rules:
        return entities.rules(rules.decide(self.project, by=self.identity, publish_at_once=p.publish_at_once))
