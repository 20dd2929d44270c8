"""What may be a key or a value, and how long: MLflow's rules (its `validation.py`), in its words."""

import posixpath
import re

from lib.errors import InvalidInput

KEY_LENGTH = 250
PARAM_VALUE_LENGTH = 6000
TAG_VALUE_LENGTH = 8000
EXPERIMENT_NAME_LENGTH = 500
EXPERIMENT_TAG_VALUE_LENGTH = 20000

_CHARACTERS = re.compile(r"[/\w.\- :]*")


def key(name: str, *, kind: str, path: str = "key") -> str:
    """A metric's, param's or tag's name. `kind` is the word for it in a message, `path` where it stood.

    InvalidInput for other characters than MLflow's, a name that is not its own normalised path (`a//b`, `..`), or
    more than 250 characters.
    """
    if not _CHARACTERS.fullmatch(name):
        raise _invalid(
            path,
            name,
            "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), "
            "spaces ( ), colon(:) and slashes (/).",
        )
    plain = posixpath.normpath(name)
    if plain != name or plain == "." or plain.startswith(("..", "/")):
        raise _invalid(
            path,
            name,
            "Names may be treated as files in certain cases, and must not resolve to other names when treated as "
            f"such. This name would resolve to {plain!r}",
        )
    return within(name, KEY_LENGTH, what=kind)


def within(text: str, limit: int, *, what: str) -> str:
    if len(text) > limit:
        raise InvalidInput(f"'{what}' exceeds the maximum length of {limit} characters", field=what)
    return text


def param_value(value: str) -> str:
    """Cut at 6,000 characters without a word, as MLflow does."""
    return value[:PARAM_VALUE_LENGTH]


def tag_value(value: str) -> str:
    return value[:TAG_VALUE_LENGTH]


def _invalid(path: str, name: str, why: str) -> InvalidInput:
    return InvalidInput(f"Invalid value \"{name[:300]}\" for parameter '{path}' supplied: {why}", field=path)
