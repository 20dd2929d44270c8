"""The description as bytes, written once a process, for the first who asks.

Importing drf-spectacular and writing it takes about a second; what is kept is the bytes alone.
"""

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

import yaml

_WRITING = Lock()


@dataclass(frozen=True, slots=True)
class Written:
    body: bytes
    digest: str


def described() -> dict[str, Any]:
    """The description itself: what is asked for by `written` and the tests."""
    from api.openapi.schema import Generator

    found: dict[str, Any] = Generator().get_schema(public=True)
    return found


def written(kind: str) -> Written:
    """`kind` is `json` or `yaml`."""
    with _WRITING:
        return _written(kind)


@cache
def _written(kind: str) -> Written:
    body = _as_json() if kind == "json" else _as_yaml()
    return Written(body, hashlib.sha256(body).hexdigest())


def _as_json() -> bytes:
    return json.dumps(described(), ensure_ascii=False, separators=(",", ":")).encode()


def _as_yaml() -> bytes:
    # Read from what JSON says, so that both say the same, and no anchors stand for what is said twice.
    loaded = json.loads(written_json())
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return yaml.dump(loaded, Dumper=dumper, sort_keys=False, allow_unicode=True, width=120).encode()


def written_json() -> bytes:
    return _written("json").body
