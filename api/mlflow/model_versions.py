"""Versions of registered models. https://mlflow.org/docs/latest/rest-api.html#create-modelversion

Wherever MLflow takes a version's number, a semver, `latest`, an alias or a range may stand.
"""

from typing import Any

from django.http import HttpResponseBase
from msgspec import UNSET, Struct, UnsetType

from api.fields import Pair, Required
from api.mlflow.endpoint import MlflowEndpoint
from api.mlflow.entities.model_version import model_version as entity
from api.mlflow.entities.model_version import told
from api.mlflow.paging import listed, page_size, paged
from api.mlflow.registered_models import ModelEndpoint, Named
from packages import downloads
from projects.roles import Ability
from registry import lookup, search
from registry.models import ModelVersion
from registry.services import files, versions


class OfVersion(Named):
    version: Required


class VersionEndpoint(ModelEndpoint):
    """About one version of one registered model."""

    def version(self, p: Any) -> ModelVersion:
        return lookup.version(self.model(p), p.version)


class CreateModelVersion(ModelEndpoint):
    """Its semver is what the tag `gitlab.version` says, or else counted on. Without a source, which MLflow demands,
    its files are those of its run."""

    class Params(Named):
        source: str = ""
        run_id: str = ""
        tags: list[Pair] = []
        run_link: str = ""
        description: str = ""
        model_id: str = ""

    def handle(self, p: Params) -> Any:
        version = versions.create(
            self.model(p),
            by=self.identity,
            source=p.source,
            run_id=p.run_id,
            model_id=p.model_id,
            description=p.description,
            run_link=p.run_link,
            tags=[(tag.key, tag.value) for tag in p.tags],
        )
        return {"model_version": entity(version)}


class GetModelVersion(VersionEndpoint):
    method = "GET"
    ability = Ability.READ_MODELS
    Params = OfVersion

    def handle(self, p: OfVersion) -> Any:
        return {"model_version": entity(self.version(p))}


class UpdateModelVersion(VersionEndpoint):
    """Its description; one that is not sent is emptied, as in MLflow."""

    method = "PATCH"

    class Params(OfVersion):
        description: str | UnsetType = UNSET

    def handle(self, p: Params) -> Any:
        version = self.version(p)
        versions.describe(version, p.description or "", by=self.identity)
        return {"model_version": entity(version)}


class DeleteModelVersion(VersionEndpoint):
    """`force`, which MLflow has not, deletes a version that an alias points to."""

    method = "DELETE"

    class Params(OfVersion):
        force: bool = False

    def handle(self, p: Params) -> Any:
        versions.delete(self.version(p), by=self.identity, project=self.project, force=p.force)
        return {}


class SearchModelVersions(MlflowEndpoint):
    method = "GET"
    ability = Ability.READ_MODELS

    class Params(Struct):
        filter: str = ""
        max_results: int = 10_000
        order_by: list[str] | str = []
        page_token: str = ""

    def handle(self, p: Params) -> Any:
        page = search.versions(
            self.project,
            filter_string=p.filter,
            order_by=listed(p.order_by),
            max_results=page_size(p.max_results, search.MAX_VERSIONS),
            page_token=p.page_token,
        )
        return paged({"model_versions": [told(version) for version in page.versions]}, page.next_page_token)


class GetDownloadUri(VersionEndpoint):
    """Where the version's files are: artifacts of its run or logged model."""

    method = "GET"
    ability = Ability.READ_MODELS
    Params = OfVersion

    def handle(self, p: OfVersion) -> Any:
        return {"artifact_uri": self.version(p).artifact_uri}


class TransitionStage(VersionEndpoint):
    class Params(OfVersion):
        stage: Required
        archive_existing_versions: bool = False

    def handle(self, p: Params) -> Any:
        version = self.version(p)
        versions.transition(version, p.stage, by=self.identity, archive=p.archive_existing_versions)
        return {"model_version": entity(version)}


class SetModelVersionTag(VersionEndpoint):
    class Params(OfVersion):
        key: Required
        value: str = ""

    def handle(self, p: Params) -> Any:
        versions.set_tag(self.version(p), p.key, p.value, by=self.identity)
        return {}


class DeleteModelVersionTag(VersionEndpoint):
    method = "DELETE"

    class Params(OfVersion):
        key: Required

    def handle(self, p: Params) -> Any:
        versions.delete_tag(self.version(p), p.key, by=self.identity)
        return {}


class GetModelVersionArtifact(VersionEndpoint):
    """One of its files. The official UI asks for it."""

    method = "GET"
    ability = Ability.READ_PACKAGES

    class Params(OfVersion):
        path: Required

    def handle(self, p: Params) -> HttpResponseBase:
        part = downloads.wanted_part(self.request)
        return downloads.whole_or_part(files.opened(self.version(p), p.path, part))
