"""What may be a model's name, an alias or a tag: MLflow's rules (its `validation.py`), in its words."""

import posixpath
import re
from collections.abc import Iterable

from lib.errors import InvalidInput
from registry.semver import versions
from tracking import names as tracking_names

NAME_LENGTH = 255
ALIAS_LENGTH = 255
TAG_VALUE_LENGTH = 100_000
DESCRIPTION_LENGTH = 100_000
LATEST = "latest"

_ALIAS = re.compile(r"[\w\-]*")
_NUMBER = re.compile(r"[vV]?\d+")


def model(name: str, *, field: str = "name") -> str:
    """A registered model's name: it must fit into `models:/name/version`."""
    if not name.strip():
        raise InvalidInput(f"Missing value for required parameter '{field}'.", field=field)
    if "/" in name or ":" in name:
        raise InvalidInput(f"Invalid model name '{name[:300]}'. Names cannot contain '/' or ':'.", field=field)
    plain = posixpath.normpath(name)
    if plain != name or plain in (".", ".."):
        raise InvalidInput(
            f"Invalid value \"{name[:300]}\" for parameter 'name' supplied: Names may be treated as files in certain "
            "cases, and must not resolve to other names when treated as such. "
            f"This name would resolve to {plain!r}",
            field=field,
        )
    return tracking_names.within(name, NAME_LENGTH, what=field)


def alias(name: str) -> str:
    """An alias that may be given: nothing that a look-up would take for a number, a semver or `latest`."""
    asked_alias(name)
    if name.lower() == LATEST:
        raise InvalidInput("'latest' alias name (case insensitive) is reserved.", field="alias")
    if _NUMBER.fullmatch(name) or versions.parse(name.removeprefix("v")):
        raise InvalidInput(f"Version alias name '{name}' is reserved.", field="alias")
    return name


def asked_alias(name: str) -> str:
    if not name:
        raise InvalidInput("Registered model alias name cannot be empty.", field="alias")
    if not _ALIAS.fullmatch(name):
        raise InvalidInput(
            f"Invalid alias name: '{name[:300]}'. Names may only contain alphanumerics, underscores (_), and "
            "dashes (-).",
            field="alias",
        )
    return tracking_names.within(name, ALIAS_LENGTH, what="Registered model alias name")


def tags(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Tags that can be kept; of a key that comes twice the last value."""
    return dict(tag(key, value) for key, value in pairs)


def tag(key: str, value: str) -> tuple[str, str]:
    return tracking_names.key(key, kind="key"), tracking_names.within(value, TAG_VALUE_LENGTH, what="value")


def description(text: str) -> str:
    return tracking_names.within(text, DESCRIPTION_LENGTH, what="description")
