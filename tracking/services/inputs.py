"""What runs start from and produce: datasets and logged models in, logged models out."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from lib.errors import InvalidInput
from tracking import names
from tracking.models import Dataset, DatasetInput, ModelInput, ModelOutput, Run, Tag
from tracking.services import logged_models, runs
from tracking.services.logged_models import DATASET_DIGEST_LENGTH, DATASET_NAME_LENGTH

SOURCE_LENGTH = 65_535
SCHEMA_LENGTH = 1_048_575
PROFILE_LENGTH = 16_777_215
TAG_KEY_LENGTH = 255
TAG_VALUE_LENGTH = 500
CONTEXT_TAG = "mlflow.data.context"
HISTORY_TAG = "mlflow.log-model.history"


@dataclass(frozen=True)
class UsedDataset:
    """A dataset as a run names it, and the tags of this use."""

    name: str
    digest: str
    source_type: str = ""
    source: str = ""
    schema: str = ""
    profile: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


def log(run: Run, *, datasets: Iterable[UsedDataset] = (), models: Iterable[str] = ()) -> None:
    """Notes that the run started from these datasets and logged models (by uuid). Sending the same again changes
    nothing, and neither does other content or other tags for a dataset that the run has named before (as in MLflow).

    InvalidInput for a deleted run or text that is too long; NotFound for a model of another project.
    """
    runs.must_be_active(run)
    used: dict[tuple[str, str], UsedDataset] = {}
    for dataset in datasets:
        used.setdefault((dataset.name, dataset.digest), _checked(dataset))
    inputs = list(dict.fromkeys(models))
    found = logged_models.ids_of(run.project_id, inputs) if inputs else {}
    with transaction.atomic():
        if used:
            _use(run, used)
        ModelInput.objects.bulk_create(
            [ModelInput(run=run, model_id=found[uuid]) for uuid in inputs], ignore_conflicts=True
        )


def _checked(dataset: UsedDataset) -> UsedDataset:
    names.within(dataset.name, DATASET_NAME_LENGTH, what="name")
    names.within(dataset.digest, DATASET_DIGEST_LENGTH, what="digest")
    names.within(dataset.source, SOURCE_LENGTH, what="source")
    names.within(dataset.schema, SCHEMA_LENGTH, what="schema")
    names.within(dataset.profile, PROFILE_LENGTH, what="profile")
    for key, value in dataset.tags.items():
        names.within(key, TAG_KEY_LENGTH, what="key")
        names.within(value, TAG_VALUE_LENGTH, what="value")
    return dataset


def _use(run: Run, used: Mapping[tuple[str, str], UsedDataset]) -> None:
    # Sorted, so that two runs that name the same datasets cannot lock each other out.
    rows = [_dataset(run, dataset) for _, dataset in sorted(used.items())]
    Dataset.objects.bulk_create(rows, ignore_conflicts=True)
    found = Dataset.objects.filter(experiment_id=run.experiment_id, name__in={name for name, _ in used})
    known = {(name, digest): pk for name, digest, pk in found.values_list("name", "digest", "pk")}
    uses = [
        DatasetInput(
            run=run,
            dataset_id=known[identity],
            tags=dict(dataset.tags),
            context=dataset.tags.get(CONTEXT_TAG, ""),
        )
        for identity, dataset in used.items()
    ]
    DatasetInput.objects.bulk_create(uses, ignore_conflicts=True)


def _dataset(run: Run, dataset: UsedDataset) -> Dataset:
    return Dataset(
        experiment_id=run.experiment_id,
        name=dataset.name,
        digest=dataset.digest,
        source_type=dataset.source_type,
        source=dataset.source,
        schema=dataset.schema,
        profile=dataset.profile,
    )


def log_outputs(run: Run, models: Sequence[tuple[str, int]]) -> None:
    """Notes that the run produced these logged models, (uuid, step) each. Sending the same again changes nothing.

    InvalidInput for a deleted run, or a model that the run produced at another step; NotFound for a model of another
    project.
    """
    runs.must_be_active(run)
    wanted = dict(models)
    found = logged_models.ids_of(run.project_id, wanted) if wanted else {}
    with transaction.atomic():
        ModelOutput.objects.bulk_create(
            [ModelOutput(run=run, model_id=found[uuid], step=step) for uuid, step in wanted.items()],
            ignore_conflicts=True,
        )
        kept = ModelOutput.objects.filter(run=run, model__in=found.values())
        for uuid, step in kept.values_list("model__uuid", "step"):
            if step != wanted[uuid]:
                raise InvalidInput(f"The model '{uuid}' is an output of run '{run.uuid}' at step {step} already")


def log_model(run: Run, model_json: str) -> None:
    """MLflow 2's way to tell of a model: an `MLmodel` file as JSON, added to the list in a tag of the run. The same
    model told of again is not added. InvalidInput unless it is one, or when the run is deleted."""
    runs.must_be_active(run)
    told = _model_told(model_json)
    with transaction.atomic():
        # The row stands for the list: two models told of at once must both be in it.
        Run.objects.select_for_update().get(pk=run.pk)
        history = _history(run)
        if told not in history:
            # Not `set_tags`, which would cut the list at a tag's length and make it unreadable. So does MLflow.
            runs.write_tags(run, {HISTORY_TAG: json.dumps([*history, told])})


def _model_told(model_json: str) -> dict[str, Any]:
    try:
        model = json.loads(model_json)
    except (ValueError, RecursionError):
        shown = model_json[:300]
        raise InvalidInput(f"Malformed model info. \n {shown} \n is not a valid JSON.", field="model_json") from None
    needed = ("artifact_path", "flavors", "run_id", "utc_time_created")
    if not isinstance(model, dict) or not isinstance(model.get("flavors", {}), dict):
        raise InvalidInput("Malformed model info: an object with an object `flavors` was expected", field="model_json")
    if missing := [name for name in needed if name not in model]:
        raise InvalidInput(f"Model json is missing mandatory fields: {missing}", field="model_json")
    told = {name: model.get(name) for name in ("run_id", "artifact_path", "utc_time_created", "model_uuid")}
    return {**told, "flavors": {name: _without_config(flavor) for name, flavor in model["flavors"].items()}}


def _without_config(flavor: Any) -> Any:
    """A flavor's `config` may hold whole prompts or secrets of the model, which no list of models needs."""
    return {key: value for key, value in flavor.items() if key != "config"} if isinstance(flavor, dict) else flavor


def _history(run: Run) -> list[Any]:
    kept = Tag.objects.filter(run=run, key=HISTORY_TAG).first()
    if kept is None:
        return []
    try:
        history = json.loads(kept.value)
    except (ValueError, RecursionError):
        history = None
    if not isinstance(history, list):
        raise InvalidInput(f"The tag '{HISTORY_TAG}' of run '{run.uuid}' was overwritten and holds no list of models")
    return history
