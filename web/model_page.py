"""What the pages of a registered model share, prepared."""

from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from projects import policy
from projects.models import Project
from projects.roles import Ability
from registry import listing
from registry.models import ModelVersion, RegisteredModel
from registry.models.model_version import ModelVersionQuerySet
from registry.models.registered_model import RegisteredModelQuerySet
from registry.semver import ranges
from tracking.models.run import RunQuerySet
from tracking.search import text
from web import query

PAGE_SIZE = 30
ORDERS: dict[str, list[Any]] = {
    "changed": ["-updated_ms", "-pk"],
    "name": [text.sortable(F("name")), "pk"],
    "newest": ["-created_ms", "-pk"],
}
VERSION_ORDERS = {
    "semver": ["-precedence", "-number"],
    "newest": ["-number"],
    "changed": ["-updated_ms", "-number"],
}


def frame(project: Project) -> dict[str, object]:
    may_write = policy.allows(project, Ability.WRITE_MODELS)
    return {"project": project, "section": "models", "may_write": may_write}


def find(project: Project, name: str) -> RegisteredModel:
    """A model or prompt. NotFound when the project has none of this name."""
    return project.registered_models.select_related("creator", "experiment").find("No such model", name=name)


def of(project: Project, model: RegisteredModel, tab: str) -> dict[str, object]:
    """What every tab of a model's page needs."""
    counts = {
        "versions": model.versions.count(),
        "aliases": model.aliases.count(),
        "tags": model.tags.count(),
        "runs": runs(project, model).count(),
    }
    return {**frame(project), "model": model, "tab": tab, "counts": counts}


def listed(project: Project, *, words: str, kind: str) -> QuerySet[RegisteredModel]:
    """Models or prompts with their tags, aliases, latest version and number of versions: three queries a page."""
    if kind == "prompts":
        found: RegisteredModelQuerySet = project.registered_models.prompts()
        for word in words.split()[: listing.MOST_WORDS]:
            found = found.filter(name__icontains=word)
    else:
        found = listing.models(project, search=words)
    counted = ModelVersion.objects.filter(model=OuterRef("pk")).order_by().values("model")
    number = Subquery(counted.annotate(number=Count("pk")).values("number"))
    return listing.with_details(found).annotate(version_count=Coalesce(number, 0, output_field=IntegerField()))


def versions(request: HttpRequest, model: RegisteredModel) -> dict[str, object]:
    """One page of them. `q` is a range, as 1.2 or ^1, or else a part of a semver or alias."""
    words = query.text(request, "q", longest=255)
    order = query.choice(request, "order", VERSION_ORDERS, default="semver")
    found = _matching(model, words).with_details().select_related("creator").order_by(*VERSION_ORDERS[order])
    return {"page": query.numbered_page(request, found, PAGE_SIZE), "q": words, "order": order}


def _matching(model: RegisteredModel, words: str) -> ModelVersionQuerySet:
    if not words:
        return listing.versions(model)
    if ranges.parse(words) is not None:
        return listing.versions(model, within=words)
    aliased = model.aliases.filter(name__icontains=words).values("version")
    found = ModelVersion.objects.filter(model=model)
    return found.filter(semver__icontains=words) | found.filter(pk__in=aliased)


def latest(model: RegisteredModel) -> ModelVersion | None:
    rows = ModelVersion.objects.filter(model=model).with_details().select_related("creator")
    return rows.latest_first().first()


def runs(project: Project, model: RegisteredModel) -> RunQuerySet:
    """Those of its experiment; of no other than `project`."""
    if model.experiment_id is None or not policy.allows(project, Ability.READ_EXPERIMENTS):
        return project.runs.active().none()
    return project.runs.active().filter(experiment=model.experiment_id)
