"""Models and versions as people and pipelines list them: by name, alias, stage, range and tag, in a chosen order.

MLflow's filter language is `registry.search`. Every order ends in something unique, so that pages can go on from it.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, F, OuterRef, Prefetch, Subquery

from lib.errors import InvalidInput
from projects.models import Project
from registry import lookup
from registry.models import Alias, ModelVersion, ModelVersionTag, RegisteredModel, RegisteredModelTag
from registry.models.model_version import ModelVersionQuerySet
from registry.models.registered_model import RegisteredModelQuerySet
from registry.semver import ranges
from registry.services import versions as version_services
from tracking.search import text
from tracking.search.pages import Sort

MOST_WORDS = 10


def models(project: Project, *, search: str = "", tags: Iterable[str] = (), alias: str = "") -> RegisteredModelQuerySet:
    """The project's models, without its prompts, whose name has all words of `search` in it; that have all of `tags`,
    each `key` or `key=value`; and that have an alias of the name `alias`."""
    found = project.registered_models.models()
    for word in search.split()[:MOST_WORDS]:
        found = found.filter(name__icontains=word)
    own = RegisteredModelTag.objects.filter(model=OuterRef("pk"))
    for tag in tags:
        found = found.filter(Exists(own.filter(**_tag(tag))))
    if alias:
        found = found.filter(Exists(Alias.objects.filter(model=OuterRef("pk"), name=alias)))
    return found


def with_details(models: RegisteredModelQuerySet) -> RegisteredModelQuerySet:
    """With what a model's JSON says besides its own columns: three queries, however many models. `latest_number` and
    `latest_semver` are those of its latest version; None where it has none."""
    latest = ModelVersion.objects.filter(model=OuterRef("pk")).latest_first()
    return (
        models.select_related("creator", "experiment")
        .prefetch_related(
            Prefetch("tags", RegisteredModelTag.objects.order_by("key")),
            Prefetch("aliases", Alias.objects.select_related("version").order_by("name")),
        )
        .annotate(
            latest_number=Subquery(latest.values("number")[:1]), latest_semver=Subquery(latest.values("semver")[:1])
        )
    )


def model_order(order_by: str, *, ascending: bool) -> list[Sort]:
    """By `name`, `created_at`, `updated_at` or `id`."""
    name = text.sortable(F("name"))
    columns: dict[str, Any] = {"name": name, "created_at": F("created_ms"), "updated_at": F("updated_ms")}
    last = Sort(F("pk"), ascending)
    return [Sort(columns[order_by], ascending), last] if order_by in columns else [last]


def versions(
    model: RegisteredModel,
    *,
    within: str = "",
    stage: str = "",
    alias: str = "",
    tags: Iterable[str] = (),
    run_id: str = "",
    published: bool | None = None,
) -> ModelVersionQuerySet:
    """The model's versions in the range `within`, of a stage, with an alias, with all of `tags` (as in `models`), of a
    run, published or not. InvalidInput for what is no range and no stage."""
    found = ModelVersion.objects.filter(model=model)
    if within:
        found = lookup.within(found, _range(within))
    if stage:
        found = found.filter(stage=version_services.stage_named(stage))
    if alias:
        found = found.filter(Exists(Alias.objects.filter(version=OuterRef("pk"), name=alias)))
    own = ModelVersionTag.objects.filter(version=OuterRef("pk"))
    for tag in tags:
        found = found.filter(Exists(own.filter(**_tag(tag))))
    if run_id:
        found = found.filter(run__uuid=run_id)
    return found if published is None else found.filter(published_ms__isnull=not published)


def version_order(order_by: str, *, ascending: bool) -> list[Sort]:
    """By `number`, `semver` (its precedence), `created_at` or `updated_at`."""
    columns = {"semver": "precedence", "created_at": "created_ms", "updated_at": "updated_ms"}
    last = Sort(F("number"), ascending)
    return [Sort(F(columns[order_by]), ascending), last] if order_by in columns else [last]


def _range(said: str) -> list[list[ranges.Comparator]]:
    sets = ranges.parse(said)
    if sets is None:
        raise InvalidInput(f"'{said[:255]}' is no range such as ^1.2, ~1.4, 1.x or >=1 <3", field="range")
    return sets


def _tag(said: str) -> dict[str, str]:
    key, equals, value = said.partition("=")
    return {"key": key, "value": value} if equals else {"key": key}
