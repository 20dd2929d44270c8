"""Which version a text means: a number, a semver, `latest`, an alias or a range, in this order.

All in the database, and each in one query that an index answers, however many versions there are.
"""

from django.db.models import Q

from lib.errors import InvalidInput, NotFound
from registry.models import ModelVersion, RegisteredModel, Stage
from registry.models.model_version import ModelVersionQuerySet
from registry.names import LATEST
from registry.semver import precedence, ranges, versions
from registry.semver.ranges import Comparator

_LOOKUPS = {">": "gt", ">=": "gte", "<": "lt", "<=": "lte", "=": "exact"}
# 18 digits always fit into the column.
LONGEST_NUMBER = 18


def version(model: RegisteredModel, text: str) -> ModelVersion:
    """The version that `text` means. NotFound when there is none; InvalidInput for a text that cannot mean one."""
    found = first(model, text)
    if found is not None:
        return found
    if not may_mean_one(text):
        # MLflow's words, for whoever matches on them, and then ours.
        raise InvalidInput(
            f"Parameter 'version' must be an integer, got '{text[:255]}', or a semver, 'latest', an alias or a range "
            "of this model",
            field="version",
        )
    raise NotFound(f"Model Version (name={model.name}, version={text[:255]}) not found")


def may_mean_one(text: str) -> bool:
    """Whether it is a number, a semver, `latest` or a range; what else there is can only be an alias."""
    known = is_number(text.removeprefix("-")) or text.lower() == LATEST or versions.parse(text) is not None
    return known or ranges.parse(text) is not None


def first(model: RegisteredModel, text: str) -> ModelVersion | None:
    """The same, with None for what there is not."""
    rows = _loaded(model)
    if is_number(text):
        return _only(rows.filter(number=int(text))) if len(text) <= LONGEST_NUMBER else None
    if text.lower() == LATEST:
        return latest(model)
    if versions.parse(text):
        return _only(rows.filter(semver=text))
    aliased = rows.filter(aliases__name=text, aliases__model=model).first()
    return aliased or highest_in(model, text)


def latest(model: RegisteredModel) -> ModelVersion | None:
    """The highest release by precedence; a prerelease only where the model has no release."""
    return _loaded(model).latest_first().first()


def latest_in(model: RegisteredModel, stage: Stage) -> ModelVersion | None:
    """The latest of those in a stage."""
    return _loaded(model).filter(stage=stage).latest_first().first()


def highest_in(model: RegisteredModel, text: str) -> ModelVersion | None:
    """The highest version in a range; None as well when `text` is no range."""
    sets = ranges.parse(text)
    return None if sets is None else within(_loaded(model), sets).highest_first().first()


def _only(rows: ModelVersionQuerySet) -> ModelVersion | None:
    """Of at most one row; `first` would sort it."""
    return next(iter(rows), None)


def is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def within(rows: ModelVersionQuerySet, sets: list[list[Comparator]]) -> ModelVersionQuerySet:
    """Those of the versions that are in a range (`ranges.parse`)."""
    condition = Q()
    for comparators in sets:
        condition |= _all_hold(comparators)
    return rows.filter(condition)


def _all_hold(comparators: list[Comparator]) -> Q:
    condition = Q(precedence__gte="")
    allowed = Q(is_prerelease=False)
    for one in comparators:
        condition &= Q(**{f"precedence__{_LOOKUPS[one.sign]}": one.key})
        if one.version.prerelease:
            allowed |= Q(precedence__gte=one.core, precedence__lt=one.core + precedence.RELEASE)
    return condition & allowed


def _loaded(model: RegisteredModel) -> ModelVersionQuerySet:
    """The model's versions, each with its run and logged model loaded, as its address needs them."""
    rows = ModelVersion.objects.filter(model=model)
    return rows.select_related("model", "run__experiment", "logged_model__experiment")
