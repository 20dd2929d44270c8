"""Make a run a version of a model, which is made with it where there is none."""

from dataclasses import dataclass

from django.db import transaction

from accounts.identity import Identity
from projects.models import Project
from registry.models import ModelVersion, RegisteredModel
from registry.services import models, versions
from tracking.models import Run


@dataclass(frozen=True)
class Origin:
    """Which files of a run a version gets: those of a logged model by its id, or else a folder of its artifacts, ""
    for all of them."""

    folder: str = ""
    model_id: str = ""


def promote(
    project: Project, run: Run, name: str, *, by: Identity, origin: Origin, semver: str = "", description: str = ""
) -> ModelVersion:
    """A version of the project's model `name`, backed by `run`. Both the model and the version are made, or neither.
    Refused as `models.create` and `versions.create` are."""
    source = f"models:/{origin.model_id}" if origin.model_id else f"runs:/{run.uuid}/{origin.folder}".rstrip("/")
    with transaction.atomic():
        model = _find_or_create(project, name, by=by)
        return versions.create(
            model,
            by=by,
            semver=semver,
            source=source,
            run_id=run.uuid,
            model_id=origin.model_id,
            description=description,
        )


def _find_or_create(project: Project, name: str, *, by: Identity) -> RegisteredModel:
    """A prompt of this name is refused by `create`, in its words."""
    found = project.registered_models.models().filter(name=name).first()
    return found or models.create(project, name, by=by)
