"""The latest version of each stage, of one model or of many at once."""

from collections.abc import Iterable

from django.db.models import OuterRef, Subquery

from lib.errors import InvalidInput
from registry import lookup
from registry.models import ModelVersion, RegisteredModel, Stage


def of(models: Iterable[RegisteredModel]) -> dict[int, list[ModelVersion]]:
    """By the model's primary key, the latest version of each stage that it has versions in, by number; `with_details`.
    Four queries, however many models and versions."""
    wanted = [model.pk for model in models]
    rows = ModelVersion.objects.filter(model=OuterRef("pk")).latest_first().values("pk")
    columns = [Subquery(rows.filter(stage=stage)[:1]) for stage in Stage]
    found = RegisteredModel.objects.filter(pk__in=wanted).values_list(*columns)
    keys = [pk for row in found for pk in row if pk is not None]
    latest: dict[int, list[ModelVersion]] = {pk: [] for pk in wanted}
    for version in ModelVersion.objects.with_details().filter(pk__in=keys).order_by("number"):
        latest[version.model_id].append(version)
    return latest


def in_each_stage(model: RegisteredModel) -> list[ModelVersion]:
    """What MLflow's `get-latest-versions` answers when no stage is named.

    Its client asks the same for `models:/name/latest`, and takes the highest number of the answer. So a version with a
    higher number than that of `latest` itself, as a fix of an older line has, is left out.
    """
    latest = lookup.latest(model)
    return [version for version in of([model])[model.pk] if latest and version.number <= latest.number]


def meant_by(model: RegisteredModel, texts: Iterable[str]) -> list[ModelVersion]:
    """What it answers for stages: MLflow's four in any case, or whatever `registry.lookup` knows, which is how its
    client asks for `models:/name/^1.2`. None for what there is not; InvalidInput for a text that means nothing."""
    found: dict[int, ModelVersion] = {}
    for text in texts:
        version = _meant(model, text)
        if version is not None:
            found.setdefault(version.pk, version)
    return sorted(found.values(), key=lambda version: version.number)


def _meant(model: RegisteredModel, text: str) -> ModelVersion | None:
    for stage in Stage:
        if stage.value.lower() == text.lower():
            return lookup.latest_in(model, stage)
    version = lookup.first(model, text)
    if version is None and not lookup.may_mean_one(text):
        offered = ", ".join(stage.value for stage in Stage)
        raise InvalidInput(
            f"Invalid Model Version stage: {text[:255]}. Value must be one of {offered}, or a semver, 'latest', an "
            "alias or a range of this model",
            field="stages",
        )
    return version
