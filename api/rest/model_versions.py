"""Versions of registered models. Wherever an address has a `:version`, a number, a semver, `latest`, an alias or a
range may stand, percent-encoded."""

from typing import Literal

from msgspec import Struct

from api.fields import Pair, Required
from api.rest import keyset, pages
from api.rest.endpoint import Nothing
from api.rest.entities import lineage as views
from api.rest.entities import registry as entities
from api.rest.registered_models import NO_TAG, ModelChange, ModelEndpoint
from lib.errors import InvalidInput, NotFound
from registry import listing, lookup
from registry.models import ModelVersion, RegisteredModel
from registry.services import comparison, lineage, versions


class ListVersions(ModelEndpoint):
    """The versions of a model. `range` is one of npm's, as `^1.2`; `tag` is `key` or `key=value`, and may stand more
    than once."""

    class Params(keyset.Paged):
        range: str = ""
        stage: str = ""
        alias: str = ""
        tag: list[str] = []
        run_id: str = ""
        published: bool | None = None
        order_by: Literal["number", "semver", "created_at", "updated_at"] = "number"
        sort: Literal["asc", "desc"] = "desc"

    def handle(self, p: Params, name: str) -> pages.Page[entities.VersionEntity]:
        found = listing.versions(
            self.model(name),
            within=p.range,
            stage=p.stage,
            alias=p.alias,
            tags=p.tag,
            run_id=p.run_id,
            published=p.published,
        )
        order = listing.version_order(p.order_by, ascending=p.sort == "asc")
        rows = found.with_details().select_related("creator")
        return keyset.answer(self.request, p, rows, order, entities.version)


class Described(Struct, kw_only=True):
    """`path` is a folder of the run's or logged model's artifacts."""

    semver: str = ""
    description: str = ""
    tags: list[Pair] = []
    path: str = ""


class VersionMaker(ModelChange):
    method = "POST"

    def make(
        self, model: RegisteredModel, p: Described, *, run_id: str = "", model_id: str = "", source: str = ""
    ) -> entities.VersionEntity:
        version = versions.create(
            model,
            by=self.identity,
            semver=p.semver,
            source=source or source_of(run_id, model_id, p.path),
            run_id=run_id,
            model_id=model_id,
            description=p.description,
            tags=[(tag.key, tag.value) for tag in p.tags],
        )
        return self.told_version(version)


class CreateVersion(VersionMaker):
    """A new version: from a run (promoting it), from a logged model, from another version (`source` is
    `models:/<name>/<version>`), or empty, with a run and files of its own. Without a `semver` it is counted on from the
    highest."""

    class Params(Described):
        run_id: str = ""
        model_id: str = ""
        source: str = ""

    def handle(self, p: Params, name: str) -> entities.VersionEntity:
        if p.path and (p.source or not (p.run_id or p.model_id)):
            raise InvalidInput("is a folder of a run_id or model_id, and of nothing else", field="path")
        return self.make(self.model(name), p, run_id=p.run_id, model_id=p.model_id, source=p.source)


class PromoteRun(VersionMaker):
    """A run becomes a version of the model named."""

    class Params(Described):
        model: Required

    def handle(self, p: Params, run_id: str) -> entities.VersionEntity:
        return self.make(self.model(p.model), p, run_id=run_id)


class GetVersion(ModelEndpoint):
    """A version, by number, semver, `latest`, alias or range."""

    def handle(self, p: Nothing, name: str, version: str) -> entities.VersionEntity:
        return self.told_version(self.version(name, version))


class UpdateVersion(ModelChange):
    """The description of a version."""

    class Params(Struct):
        description: str

    def handle(self, p: Params, name: str, version: str) -> entities.VersionEntity:
        found = self.version(name, version)
        versions.describe(found, p.description, by=self.identity)
        return self.told_version(found)


class DeleteVersion(ModelChange):
    """A version; with `force` even one that an alias points to, and the alias with it. Its number is never given
    again."""

    method = "DELETE"

    class Params(Struct):
        force: bool = False

    def handle(self, p: Params, name: str, version: str) -> None:
        versions.delete(self.version(name, version), by=self.identity, project=self.project, force=p.force)


class PublishVersion(ModelChange):
    """From now on the version's files cannot change; what is said of it can."""

    method = "POST"

    def handle(self, p: Nothing, name: str, version: str) -> entities.VersionEntity:
        found = self.version(name, version)
        versions.publish(found, by=self.identity)
        return self.told_version(found)


class SetStage(ModelChange):
    """The stage of a version: None, Staging, Production or Archived. `archive_existing` archives those that are in this
    stage now."""

    class Params(Struct):
        stage: Required
        archive_existing: bool = False

    def handle(self, p: Params, name: str, version: str) -> entities.VersionEntity:
        found = self.version(name, version)
        versions.transition(found, p.stage, by=self.identity, archive=p.archive_existing)
        return self.told_version(found)


class SetVersionTag(ModelChange):
    """A tag of a version, new or changed."""

    class Params(Struct):
        value: str = ""

    def handle(self, p: Params, name: str, version: str, key: str) -> entities.TagEntity:
        versions.set_tag(self.version(name, version), key, p.value, by=self.identity)
        return {"key": key, "value": p.value}


class DeleteVersionTag(ModelChange):
    """A tag of a version."""

    method = "DELETE"

    def handle(self, p: Nothing, name: str, version: str, key: str) -> None:
        found = self.version(name, version)
        if not found.tags.filter(key=key).exists():
            raise NotFound(NO_TAG)
        versions.delete_tag(found, key, by=self.identity)


class GetLineage(ModelEndpoint):
    """The version's run, its data, job, pipeline, commit, authors and parent runs, and which aliases it has had."""

    def handle(self, p: Nothing, name: str, version: str) -> views.LineageEntity:
        return views.lineage(lineage.of(self.version(name, version)))


class CompareVersions(ModelEndpoint):
    """How the version `to` differs from the version `from`: params, metrics, tags, signature and files."""

    class Params(Struct, rename={"from_": "from"}):
        from_: Required
        to: Required = "latest"

    def handle(self, p: Params, name: str) -> views.ComparisonEntity:
        model = self.model(name)
        return views.comparison(comparison.of(_named(model, p.from_, "from"), _named(model, p.to, "to")))


def source_of(run_id: str, model_id: str, path: str) -> str:
    """A version's `source` as MLflow writes it; "" for a version with files of its own."""
    if not (run_id or model_id):
        return ""
    root = f"models:/{model_id}" if model_id else f"runs:/{run_id}"
    inside = path.strip("/")
    return f"{root}/{inside}" if inside else root


def _named(model: RegisteredModel, said: str, field: str) -> ModelVersion:
    found = lookup.first(model, said)
    if found is None:
        raise InvalidInput(f"there is no version '{said[:255]}' of this model", field=field)
    return found
