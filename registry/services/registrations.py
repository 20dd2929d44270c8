"""What a logged model tells of the versions made from it: a tag of MLflow's, which its client and UI read."""

import json

from registry.models import ModelVersion
from tracking.models import LoggedModel
from tracking.services import logged_models

TAG = "mlflow.modelVersions"


def add(version: ModelVersion) -> None:
    """In the caller's transaction; nothing for a version of a run."""
    if version.logged_model is None:
        return
    logged_model = LoggedModel.objects.select_for_update(no_key=True).get(pk=version.logged_model.pk)
    told = {"name": version.model.name, "version": version.number}
    known = _read(logged_model.tags.filter(key=TAG).values_list("value", flat=True).first())
    if told not in known:
        logged_models.set_tags(logged_model, [(TAG, json.dumps([*known, told]))])


def _read(value: str | None) -> list[object]:
    """The tag is anybody's to write; what is not ours in it is dropped."""
    try:
        found = json.loads(value or "[]")
    except ValueError:
        return []
    return found if isinstance(found, list) else []
