"""The description that the service gives of itself, and answers held against it.

Every answer of REST v4 that a test gets through a `Door` is checked: a status that is not described, a field that is
missing, that has another type or that nobody has told of fails the test, whatever it is about.
"""

import json
import re
from copy import deepcopy
from functools import cache
from typing import Any
from urllib.parse import unquote

import jsonschema_rs

from api.openapi import document

ROOT = "/api/v4/"
MLFLOW = re.compile(r"/ml/mlflow(/|$)")


@cache
def described() -> dict[str, Any]:
    return json.loads(document.written("json").body)


def closed(schema: Any) -> Any:
    """The schemas again, with no room for a property that is not named. The published ones leave that to the future."""
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    told = {key: closed(value) for key, value in schema.items()}
    if isinstance(told.get("properties"), dict) and told.get("type") == "object":
        told.setdefault("additionalProperties", False)
    return told


@cache
def _components() -> dict[str, Any]:
    return closed(deepcopy(described()["components"]))


@cache
def _validator(operation: str, status: str) -> Any:
    path, method = operation.rsplit(" ", 1)
    answer = _resolved(described()["paths"][path][method]["responses"][status])
    content = answer.get("content", {})
    schema = next(iter(content.values()), {}).get("schema", {})
    return jsonschema_rs.Draft202012Validator({**closed(schema), "components": _components()}, validate_formats=True)


def _resolved(answer: dict[str, Any]) -> dict[str, Any]:
    reference = answer.get("$ref", "")
    return described()["components"]["responses"][reference.rpartition("/")[2]] if reference else answer


@cache
def _addresses() -> list[tuple[re.Pattern[str], str]]:
    """In the order of the lists, as the first that fits is what answers."""
    found = []
    for path in described()["paths"]:
        pattern = re.escape(path)
        for part in re.findall(r"\\\{(\w+)\\\}", pattern):
            several = part in ("project", "group", "namespace", "path", "address", "key", "tag_key")
            pattern = pattern.replace(rf"\{{{part}\}}", "(?s:.*?)" if several else "[^/]*")
        found.append((re.compile(pattern), path))
    return found


def operation(method: str, address: str) -> str | None:
    """`/api/v4/projects/{project} get`; None for an address or a method that is not on the lists."""
    path = unquote(address.split("?", maxsplit=1)[0], errors="replace")
    name = "get" if method == "HEAD" else method.lower()
    for pattern, described_path in _addresses():
        if pattern.fullmatch(path):
            return f"{described_path} {name}" if name in described()["paths"][described_path] else None
    return None


def check(method: str, address: str, answered: Any) -> None:
    """Nothing for what is no operation: the answer there is the same 404 or 405 everywhere."""
    __tracebackhide__ = True
    asked = operation(method, address)
    if asked is None or MLFLOW.search(address.split("?", maxsplit=1)[0]):
        return
    path, name = asked.rsplit(" ", 1)
    answers = described()["paths"][path][name]["responses"]
    status = str(answered.status_code)
    assert status in answers, f"{asked} answered {status}, of which its description says nothing: {sorted(answers)}"
    if method == "HEAD" or answered.streaming:
        return
    if "json" in answered.get("Content-Type", "") and "openapi" not in path:
        errors = [
            f"{one.instance_path}: {one.message}" for one in _validator(asked, status).iter_errors(answered.json())
        ]
        assert not errors, f"{asked} answered {status} in another shape than is described: {errors[:5]}"
