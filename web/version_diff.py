"""Two versions of a model side by side: what the page shows of `registry.services.comparison`."""

import math
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest

from lib import sizes
from projects import policy
from projects.models import Project
from projects.roles import Ability, Feature
from registry import lookup
from registry.models import ModelVersion, RegisteredModel
from registry.services import comparison
from registry.services.comparison import Change, Content, Section
from web import query
from web.templatetags import show

MOST_OFFERED = 200
TITLES = {"inputs": "Inputs", "outputs": "Outputs", "params": "Params of the signature"}


@dataclass(frozen=True)
class Row:
    """`state` is one of changed, added, removed, same. `delta` is for numbers alone."""

    key: str
    old: str
    new: str
    state: str
    delta: str = ""


@dataclass(frozen=True)
class Part:
    """A table of the page. `same` counts the rows that are alike, which are among `rows` when all are asked for."""

    title: str
    anchor: str
    rows: list[Row]
    same: int
    is_cut: bool


@dataclass
class Diff:
    """`error` says in words why there is nothing to compare. `links` lead to the same page asked otherwise."""

    offered: list[ModelVersion]
    asked: dict[str, str]
    old: ModelVersion | None = None
    new: ModelVersion | None = None
    parts: list[Part] = field(default_factory=list)
    error: str = ""
    links: dict[str, str] = field(default_factory=dict)


def read(request: HttpRequest, project: Project, model: RegisteredModel) -> Diff:
    """What the query string asks for: without `from` and `to` the two highest versions."""
    offered = list(ModelVersion.objects.filter(model=model).with_details().highest_first()[:MOST_OFFERED])
    asked = {name: query.text(request, name, longest=255) for name in ("from", "to")}
    diff = Diff(offered, asked)
    if len(offered) < 2 and not any(asked.values()):
        diff.error = "The model has fewer than two versions."
        return diff
    diff.old = _meant(model, asked["from"]) if asked["from"] else offered[-1 if len(offered) < 2 else 1]
    diff.new = _meant(model, asked["to"]) if asked["to"] else offered[0]
    if diff.old is None or diff.new is None:
        diff.error = f"No version matches “{asked['from' if diff.old is None else 'to']}”."
        return diff
    whole = query.choice(request, "all", ("1",), default="") == "1"
    diff.parts = _parts(project, comparison.of(diff.old, diff.new), whole=whole)
    old, new = str(diff.old.number), str(diff.new.number)
    diff.links = {
        "swap": query.link(request, **{"from": new, "to": old}),
        "all": query.link(request, **{"from": old, "to": new, "all": "1"}),
        "only": query.link(request, **{"from": old, "to": new, "all": None}),
    }
    return diff


def _meant(model: RegisteredModel, text: str) -> ModelVersion | None:
    found = lookup.first(model, text)
    return ModelVersion.objects.with_details().get(pk=found.pk) if found else None


def _parts(project: Project, found: comparison.Comparison, *, whole: bool) -> list[Part]:
    sections = [("Metrics", found.metrics), ("Params", found.params), ("Tags", found.tags)]
    # Whoever may not read files is not told their names, nor what is in them.
    if policy.allows(project, Ability.READ_PACKAGES, feature=Feature.REGISTRY):
        signature = found.signature or {}
        sections += [(TITLES[part], section) for part, section in signature.items() if section.changes or section.same]
        sections.append(("Files", found.files))
    return [_part(title, section, whole=whole) for title, section in sections]


def _part(title: str, section: Section, *, whole: bool) -> Part:
    rows = [_row(change) for change in section.changes]
    if whole:
        rows = sorted([*rows, *(_row(change, alike=True) for change in section.alike)], key=lambda row: row.key)
    return Part(title, title.lower().replace(" ", "-"), rows, section.same, section.is_cut)


def _row(change: Change, *, alike: bool = False) -> Row:
    old, new = _told(change.old), _told(change.new)
    if alike:
        return Row(change.key, old, new, "same")
    state = "added" if change.old is None else "removed" if change.new is None else "changed"
    return Row(change.key, old, new, state, _delta(change.old, change.new))


def _told(value: Any) -> str:
    if isinstance(value, Content):
        return f"{sizes.short(value.size)}, SHA-256 {value.sha256[:12]}…"
    if isinstance(value, float):
        return show.number(value)
    return "" if value is None else str(value)


def _delta(old: Any, new: Any) -> str:
    if not (isinstance(old, float) and isinstance(new, float)) or not math.isfinite(new - old):
        return ""
    return ("+" if new > old else "") + show.number(new - old)
