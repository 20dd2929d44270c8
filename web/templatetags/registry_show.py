"""Versions and aliases as badges."""

from django import template

from projects.models import Project
from registry.models import Alias, ModelVersion, Stage

register = template.Library()


@register.filter
def is_own_tag(key: str) -> bool:
    """MLflow's own, which it keeps its prompts with."""
    return key.startswith("mlflow.")


@register.inclusion_tag("web/parts/alias_badge.html")
def alias_badge(project: Project, name: str, alias: Alias, version: ModelVersion) -> dict[str, object]:
    """An alias of the model `name`, which leads to where it points."""
    return {"project": project, "name": name, "alias": alias, "version": version}


@register.inclusion_tag("web/parts/version_badges.html")
def version_badges(project: Project, version: ModelVersion) -> dict[str, object]:
    """What state a version is in: aliases, stage, published or not. Takes one `with_details()`."""
    stage = "" if version.stage == Stage.NONE else version.stage
    aliases = sorted(version.aliases.all(), key=lambda alias: alias.name)
    return {"project": project, "version": version, "aliases": aliases, "stage": stage}
