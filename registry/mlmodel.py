"""What an `MLmodel` file says of a model's signature: the columns or tensors that go in and come out, and the params.

It is YAML, in which the signature's parts are JSON texts: mlflow's `models/signature.py` and `types/schema.py`.
"""

import json
from collections.abc import Mapping
from typing import Any

import yaml

NAME = "MLmodel"
# In bytes. Signatures of wide tables have tens of kilobytes.
LARGEST = 1024**2
PARTS = ("inputs", "outputs", "params")

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

# By part, what each column, tensor or param is, by its name or else its place: `{"inputs": {"amount": "double"}}`.
Signature = Mapping[str, Mapping[str, str]]


def signature(content: bytes) -> Signature | None:
    """None when the file says nothing of a signature, or is no such file at all: it is anybody's to write."""
    try:
        said = yaml.load(content, _LOADER)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    parts = said.get("signature") if isinstance(said, dict) else None
    if not isinstance(parts, dict):
        return None
    return {part: _columns(parts[part]) for part in PARTS if parts.get(part)}


def _columns(said: Any) -> dict[str, str]:
    try:
        columns = json.loads(said) if isinstance(said, str) else None
    except (ValueError, RecursionError):
        return {}
    if not isinstance(columns, list):
        return {}
    return {_name(place, one): _type(one) for place, one in enumerate(columns) if isinstance(one, dict)}


def _name(place: int, column: dict[str, Any]) -> str:
    """A tensor need not have a name."""
    name = column.get("name")
    return name if isinstance(name, str) else str(place)


def _type(column: dict[str, Any]) -> str:
    """`double`, `long (optional)`; what is no plain type (a tensor, an array, an object) as the JSON it is."""
    rest = {key: value for key, value in column.items() if key not in ("name", "required")}
    plain = rest.get("type") if set(rest) == {"type"} else None
    told = plain if isinstance(plain, str) else json.dumps(rest, sort_keys=True)
    return told if column.get("required", True) else f"{told} (optional)"
