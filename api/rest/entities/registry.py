"""Registered models, their versions, aliases and files, in GitLab's style. Times are ISO 8601."""

from typing import Any
from urllib.parse import quote

from django.conf import settings

from api.rest.entities.moments import moment
from api.rest.entities.users import basic_user
from lib.clock import from_ms
from packages.models import PackageFile
from packages.services.files import Entry
from registry.models import Alias, ModelVersion, ProtectedAlias, RegisteredModel, RegistryRules
from tracking.models import LoggedModel, Run, RunStatus


def model(subject: RegisteredModel) -> dict[str, Any]:
    """Of a model read by `registry.listing.with_details`."""
    latest = {"number": subject.latest_number, "semver": subject.latest_semver}  # type: ignore[attr-defined]
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
        "created_at": moment(from_ms(subject.created_ms)),
        "updated_at": moment(from_ms(subject.updated_ms)),
        "_links": {"self": here, "versions": f"{here}/versions", "aliases": f"{here}/aliases"},
    }


def version(subject: ModelVersion) -> dict[str, Any]:
    """Of a version read `with_details()`, and with its creator. `id` is its own everywhere, `number` counts in its
    model; `source` is as its client said it."""
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
        "created_at": moment(from_ms(subject.created_ms)),
        "updated_at": moment(from_ms(subject.updated_ms)),
        "_links": {
            "self": here,
            "model": address(subject.model),
            "files": f"{here}/files",
            "lineage": f"{here}/lineage",
        },
    }


def short_version(subject: ModelVersion) -> dict[str, Any]:
    """What leads to it. `model` must be loaded."""
    return {
        "id": subject.pk,
        "name": subject.model.name,
        **_names(subject),
        "_links": {"self": address_of_version(subject)},
    }


def run(subject: Run) -> dict[str, Any]:
    """`id` is MLflow's `run_id`, `iid` counts in the project. `experiment` must be loaded."""
    return {
        "id": subject.uuid,
        "iid": subject.iid,
        "name": subject.name,
        "status": RunStatus(subject.status).name,
        "experiment_id": str(subject.experiment.iid),
        "lifecycle_stage": subject.lifecycle_stage,
    }


def logged_model(subject: LoggedModel) -> dict[str, Any]:
    """`id` is MLflow's `model_id`. `experiment` must be loaded."""
    return {
        "id": subject.uuid,
        "name": subject.name,
        "experiment_id": str(subject.experiment.iid),
        "source_run_id": subject.source_run_uuid or None,
    }


def alias(subject: Alias) -> dict[str, Any]:
    """`version` and its model must be loaded."""
    return {
        "name": subject.name,
        "version": short_version(subject.version),
        "moved_at": moment(from_ms(subject.moved_ms)),
    }


def protected_alias(subject: ProtectedAlias) -> dict[str, Any]:
    return {"name": subject.name}


def rules(subject: RegistryRules) -> dict[str, Any]:
    return {"publish_at_once": subject.publish_at_once}


def tag(subject: Any) -> dict[str, str]:
    return {"key": subject.key, "value": subject.value}


def folder(entry: Entry) -> dict[str, Any]:
    """Trees and blobs, as GitLab's repositories have them."""
    return {"name": entry.path.rpartition("/")[2], "path": entry.path, "type": "tree"}


def file(path: str, subject: PackageFile) -> dict[str, Any]:
    """At `path` in its version. `verdict` is what the scanner made of it, `findings` what it found."""
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


def _names(subject: ModelVersion) -> dict[str, Any]:
    return {"number": subject.number, "semver": subject.semver}
