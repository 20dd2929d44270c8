"""How one version differs from another: params, metrics, tags, signature and files, by key or path.

    found = comparison.of(old, new)

Params and metrics are those of the versions' runs. Each list is read
up to MOST rows a side and told up to the key where the shorter reading ended, and a value up to LONGEST characters:
`is_cut` says that there is more.
"""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, TextField
from django.db.models.functions import Concat

from lib.errors import InvalidInput, NotFound
from registry import mlmodel
from registry.models import ModelVersion
from registry.services import files
from tracking.models import LatestMetric, Param
from tracking.search import text

MOST, LONGEST = 2000, 1000


@dataclass(frozen=True, slots=True)
class Change:
    """`old` is None for what was added, `new` for what was removed."""

    key: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Section:
    """Changes by key, in order. `alike` is what is the same on both sides, `same` its number."""

    changes: list[Change]
    same: int
    is_cut: bool = False
    alike: list[Change] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Content:
    """A file's: its size in bytes and its SHA-256."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """`signature` has a section for each of `mlmodel.PARTS`; it is None when neither version has a signature."""

    old: ModelVersion
    new: ModelVersion
    params: Section
    metrics: Section
    tags: Section
    signature: dict[str, Section] | None
    files: Section


def of(old: ModelVersion, new: ModelVersion) -> Comparison:
    """Eight queries, and two files of at most 1 MiB read, however much there is."""
    return Comparison(
        old=old,
        new=new,
        params=_section(_params(old), _params(new)),
        metrics=_section(_metrics(old), _metrics(new)),
        tags=_section(_tags(old), _tags(new)),
        signature=_signature(old, new),
        files=_section(_files(old), _files(new)),
    )


# Up to MOST + 1 rows by key; the last one only says that there are more.
Rows = Mapping[str, Any]


def _section(old: Rows, new: Rows) -> Section:
    ends = [sorted(rows)[MOST - 1] for rows in (old, new) if len(rows) > MOST]
    keys = sorted({*old, *new})
    if ends:
        keys = [key for key in keys if key <= min(ends)]
    changes = [Change(key, old.get(key), new.get(key)) for key in keys if old.get(key) != new.get(key)]
    alike = [_short(Change(key, old[key], new[key])) for key in keys if old.get(key) == new.get(key)]
    shown = [_short(change) for change in changes]
    return Section(shown, len(alike), is_cut=_is_cut(changes, ends), alike=alike)


def _is_cut(changes: list[Change], ends: list[str]) -> bool:
    values = [value for change in changes for value in (change.old, change.new)]
    return bool(ends) or any(isinstance(value, str) and len(value) > LONGEST for value in values)


def _short(change: Change) -> Change:
    old, new = (value[:LONGEST] if isinstance(value, str) else value for value in (change.old, change.new))
    return Change(change.key, old, new)


def _params(version: ModelVersion) -> Rows:
    rows = Param.objects.filter(run=version.run_id).order_by(text.sortable(F("key")))
    return dict(rows.values_list("key", Concat("head", "rest", output_field=TextField()))[: MOST + 1])


def _metrics(version: ModelVersion) -> Rows:
    rows = LatestMetric.objects.filter(run=version.run_id).order_by(text.sortable(F("key__name")))
    found = rows.values_list("key__name", "value", "is_nan")[: MOST + 1]
    # NaN differs from itself, but two runs that both failed to measure do not.
    return {key: "NaN" if is_nan else value for key, value, is_nan in found}


def _tags(version: ModelVersion) -> Rows:
    rows = version.tags.order_by(text.sortable(F("key")))
    return dict(rows.values_list("key", "value")[: MOST + 1])


def _files(version: ModelVersion) -> Rows:
    rows = files.all_below(version)[: MOST + 1]
    return {files.shown(version, file): Content(file.blob.size, file.blob.sha256) for file in rows}


def _signature(old: ModelVersion, new: ModelVersion) -> dict[str, Section] | None:
    before, after = _read(old), _read(new)
    if before is None and after is None:
        return None
    return {part: _section((before or {}).get(part, {}), (after or {}).get(part, {})) for part in mlmodel.PARTS}


def _read(version: ModelVersion) -> mlmodel.Signature | None:
    try:
        opened = files.opened(version, mlmodel.NAME)
    except (NotFound, InvalidInput):
        return None
    with closing(opened.reading) as reading:
        return mlmodel.signature(b"".join(reading)) if opened.length <= mlmodel.LARGEST else None
