"""What can be made of a text file so that people read it more easily. Whatever is wrong with it, its text is shown."""

import csv
import io
import json
from dataclasses import dataclass, field
from typing import Any

import yaml
from django.utils.safestring import SafeString

from lib import notes
from packages import paths

MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 100, 40, 200
_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_FACTS = "mlflow_version model_uuid model_id run_id utc_time_created model_size_bytes artifact_path".split()
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class Model:
    """What an `MLmodel` file says, as far as it does."""

    facts: list[tuple[str, str]] = field(default_factory=list)
    flavors: list[tuple[str, str]] = field(default_factory=list)
    signature: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)


@dataclass
class Look:
    """One of these, or none. `more` when the table has more rows or columns than are shown."""

    note: SafeString | None = None
    table: list[list[str]] = field(default_factory=list)
    more: bool = False
    model: Model | None = None
    text: str = ""


def of(path: str, text: str, *, cut: bool) -> Look:
    name = paths.name(path)
    ending = name[name.rfind(".") :].lower() if "." in name else ""
    if ending in (".md", ".markdown"):
        return Look(note=notes.html(text))
    if ending in _DELIMITERS:
        return _table(text, _DELIMITERS[ending], cut=cut)
    if ending == ".json" and not cut:
        return Look(text=_indented(text))
    if name == "MLmodel" and not cut:
        return Look(model=_model(text))
    return Look()


def _table(text: str, delimiter: str, *, cut: bool) -> Look:
    # The last line of a beginning is half a line.
    lines = text.rpartition("\n")[0] if cut else text
    try:
        rows = list(_rows(lines, delimiter))
    except csv.Error:
        return Look()
    shown = [[cell[:LONGEST_CELL] for cell in row[:MOST_COLUMNS]] for row in rows[: MOST_ROWS + 1]]
    wide = max(map(len, shown), default=0)
    more = cut or len(rows) > len(shown) or any(len(row) > MOST_COLUMNS for row in rows)
    return Look(table=[row + [""] * (wide - len(row)) for row in shown] if wide > 1 else [], more=more)


def _rows(text: str, delimiter: str) -> Any:
    for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter)):
        if number > MOST_ROWS + 1:
            return
        yield row


def _indented(text: str) -> str:
    """Only what somebody wrote into one line; "" for any other."""
    if text.count("\n") > 1:
        return ""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return ""


def _model(text: str) -> Model | None:
    try:
        said = yaml.load(text, _LOADER)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    if not isinstance(said, dict):
        return None
    keys = (
        "mlflow_version",
        "model_uuid",
        "model_id",
        "run_id",
        "utc_time_created",
        "model_size_bytes",
        "artifact_path",
    )
    return Model(
        facts=[(key, _scalar(said[key])) for key in keys if _scalar(said.get(key))],
        flavors=[(str(name)[:100], _flavor(told)) for name, told in _items(said.get("flavors"))],
        signature=[
            (str(part)[:100], columns) for part, told in _items(said.get("signature")) if (columns := _columns(told))
        ],
    )


def _items(value: Any) -> list[tuple[Any, Any]]:
    return list(value.items())[:50] if isinstance(value, dict) else []


def _scalar(value: Any) -> str:
    return str(value)[:LONGEST_CELL] if isinstance(value, str | int | float) else ""


def _flavor(told: Any) -> str:
    said = {str(key): _scalar(value) for key, value in _items(told)}
    wanted = [key for key in said if key.endswith("_version") or key in ("loader_module", "serialization_format")]
    return ", ".join(f"{key} {said[key]}" for key in wanted if said[key])


def _columns(told: Any) -> list[tuple[str, str]]:
    """A signature's inputs, outputs or params, which MLflow writes as JSON in YAML."""
    try:
        columns = json.loads(told) if isinstance(told, str) else []
    except (ValueError, RecursionError):
        return []
    found = [column for column in columns[:100] if isinstance(column, dict)] if isinstance(columns, list) else []
    return [(_scalar(column.get("name")) or "(no name)", _kind(column)) for column in found]


def _kind(column: dict[str, Any]) -> str:
    tensor = column.get("tensor-spec")
    if isinstance(tensor, dict):
        shape = tensor.get("shape")
        return f"{_scalar(tensor.get('dtype'))} {shape if isinstance(shape, list) and len(shape) < 20 else ''}".strip()
    return _scalar(column.get("type")) + ("" if column.get("required", True) else ", optional")
