"""Registered models, their versions, aliases and files, in GitLab's style. Times are ISO 8601."""

from typing import Any, Literal, TypedDict
from urllib.parse import quote

from django.conf import settings

from api.rest.entities.moments import Moment, moment, moment_of
from api.rest.entities.users import BasicUser, basic_user
from lib.clock import from_ms
from packages.models import PackageFile
from packages.services.files import Entry
from registry.models import Alias, ModelVersion, ProtectedAlias, RegisteredModel, RegistryRules
from tracking.models import LoggedModel, Run, RunStatus


class Names(TypedDict):
    """The two names of a version: `number` counts in its model, `semver` is for people."""

    number: int
    semver: str


class TagEntity(TypedDict):
    key: str
    value: str


class ShortAlias(Names):
    name: str


class ModelLinks(TypedDict):
    self: str
    versions: str
    aliases: str


class ModelEntity(TypedDict):
    """A registered model. `experiment_id` is that of the experiment its versions' own runs are in."""

    id: int
    project_id: int
    name: str
    description: str
    tags: list[TagEntity]
    aliases: list[ShortAlias]
    latest_version: Names | None
    experiment_id: str | None
    author: BasicUser | None
    created_at: Moment
    updated_at: Moment
    _links: ModelLinks


class RunEntity(TypedDict):
    """`id` is MLflow's `run_id`, `iid` counts in the project."""

    id: str
    iid: int
    name: str
    status: str
    experiment_id: str
    lifecycle_stage: str


class LoggedModelEntity(TypedDict):
    """`id` is MLflow's `model_id`."""

    id: str
    name: str
    experiment_id: str
    source_run_id: str | None


class VersionLinks(TypedDict):
    self: str
    model: str
    files: str
    lineage: str


class VersionEntity(Names):
    """`id` is its own everywhere; `source` is as its client said it."""

    id: int
    model_id: int
    project_id: int
    name: str
    prerelease: bool
    description: str
    stage: str
    aliases: list[str]
    tags: list[TagEntity]
    source: str
    path: str
    artifact_uri: str
    run: RunEntity | None
    logged_model: LoggedModelEntity | None
    published_at: Moment | None
    author: BasicUser | None
    created_at: Moment
    updated_at: Moment
    _links: VersionLinks


class SelfLink(TypedDict):
    self: str


class ShortVersion(Names):
    """What leads to a version."""

    id: int
    name: str
    _links: SelfLink


class AliasEntity(TypedDict):
    name: str
    version: ShortVersion
    moved_at: Moment


class ProtectedAliasEntity(TypedDict):
    name: str


class Rules(TypedDict):
    publish_at_once: bool


class FolderEntity(TypedDict):
    """`type` is `tree`."""

    name: str
    path: str
    type: Literal["tree"]


class FileEntity(TypedDict):
    """`type` is `blob`. `verdict` is what the scanner made of it, `findings` what it found."""

    name: str
    path: str
    type: Literal["blob"]
    size: int
    sha256: str
    verdict: str
    findings: list[dict[str, Any]]
    created_at: Moment


def model(subject: RegisteredModel) -> ModelEntity:
    """Of a model read by `registry.listing.with_details`."""
    latest: Names = {"number": subject.latest_number, "semver": subject.latest_semver}  # type: ignore[attr-defined]
    here = address(subject)
    return {
        "id": subject.pk,
        "project_id": subject.project_id,
        "name": subject.name,
        "description": subject.description,
        "tags": [tag(one) for one in subject.tags.all()],
        "aliases": [{"name": one.name, **_names(one.version)} for one in subject.aliases.all()],
        "latest_version": latest if latest["number"] else None,
        "experiment_id": str(subject.experiment.iid) if subject.experiment else None,
        "author": basic_user(subject.creator) if subject.creator else None,
        "created_at": moment_of(subject.created_ms),
        "updated_at": moment_of(subject.updated_ms),
        "_links": {"self": here, "versions": f"{here}/versions", "aliases": f"{here}/aliases"},
    }


def version(subject: ModelVersion) -> VersionEntity:
    """Of a version read `with_details()`, and with its creator."""
    here = address_of_version(subject)
    return {
        "id": subject.pk,
        "model_id": subject.model_id,
        "project_id": subject.model.project_id,
        "name": subject.model.name,
        **_names(subject),
        "prerelease": subject.is_prerelease,
        "description": subject.description,
        "stage": subject.stage,
        "aliases": sorted(alias.name for alias in subject.aliases.all()),
        "tags": [tag(one) for one in subject.tags.all()],
        "source": subject.source,
        "path": subject.folder,
        "artifact_uri": subject.artifact_uri,
        "run": run(subject.run) if subject.run else None,
        "logged_model": logged_model(subject.logged_model) if subject.logged_model else None,
        "published_at": moment(from_ms(subject.published_ms)),
        "author": basic_user(subject.creator) if subject.creator else None,
        "created_at": moment_of(subject.created_ms),
        "updated_at": moment_of(subject.updated_ms),
        "_links": {
            "self": here,
            "model": address(subject.model),
            "files": f"{here}/files",
            "lineage": f"{here}/lineage",
        },
    }


def short_version(subject: ModelVersion) -> ShortVersion:
    """`model` must be loaded."""
    return {
        "id": subject.pk,
        "name": subject.model.name,
        **_names(subject),
        "_links": {"self": address_of_version(subject)},
    }


def run(subject: Run) -> RunEntity:
    """`experiment` must be loaded."""
    return {
        "id": subject.uuid,
        "iid": subject.iid,
        "name": subject.name,
        "status": RunStatus(subject.status).name,
        "experiment_id": str(subject.experiment.iid),
        "lifecycle_stage": subject.lifecycle_stage,
    }


def logged_model(subject: LoggedModel) -> LoggedModelEntity:
    """`experiment` must be loaded."""
    return {
        "id": subject.uuid,
        "name": subject.name,
        "experiment_id": str(subject.experiment.iid),
        "source_run_id": subject.source_run_uuid or None,
    }


def alias(subject: Alias) -> AliasEntity:
    """`version` and its model must be loaded."""
    return {
        "name": subject.name,
        "version": short_version(subject.version),
        "moved_at": moment_of(subject.moved_ms),
    }


def protected_alias(subject: ProtectedAlias) -> ProtectedAliasEntity:
    return {"name": subject.name}


def rules(subject: RegistryRules) -> Rules:
    return {"publish_at_once": subject.publish_at_once}


def tag(subject: Any) -> TagEntity:
    return {"key": subject.key, "value": subject.value}


def folder(entry: Entry) -> FolderEntity:
    """Trees and blobs, as GitLab's repositories have them."""
    return {"name": entry.path.rpartition("/")[2], "path": entry.path, "type": "tree"}


def file(path: str, subject: PackageFile) -> FileEntity:
    """At `path` in its version."""
    return {
        "name": path.rpartition("/")[2],
        "path": path,
        "type": "blob",
        "size": subject.blob.size,
        "sha256": subject.blob.sha256,
        "verdict": subject.blob.verdict,
        "findings": subject.blob.findings,
        "created_at": moment(subject.created_at),
    }


def address(subject: RegisteredModel) -> str:
    root = f"{settings.EXTERNAL_URL}/api/v4/projects/{subject.project_id}/ml/models"
    return f"{root}/{quote(subject.name, safe='')}"


def address_of_version(subject: ModelVersion) -> str:
    return f"{address(subject.model)}/versions/{subject.number}"


def _names(subject: ModelVersion) -> Names:
    return {"number": subject.number, "semver": subject.semver}
