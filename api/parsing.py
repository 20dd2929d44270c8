"""A request's body or query, decoded and checked against a declared Struct in one call.

Strict on types, blind to unknown keys; `null` is the same as absent, as in protobuf's JSON. The fast path is one
msgspec call; only what it refuses is looked at again, to accept what MLflow accepts (bare NaN, nulls, doubly encoded
JSON) or else to say which field is wrong and what would be right.
"""

import json
import re
from functools import cache
from typing import Any, TypeVar

import msgspec
from django.http import HttpRequest, QueryDict

from api import bodies
from lib.errors import InvalidInput

S = TypeVar("S", bound=msgspec.Struct)

# Codes of the refusals made here, for the dialect that words them by kind.
MISSING, ILL_TYPED = "missing", "ill_typed"

_MISSING = re.compile(r"Object missing required field `(?P<field>[^`]+)`(?: - at `\$(?P<path>[^`]*)`)?")
_AT = re.compile(r"(?P<reason>.*?)(?: - at `\$(?P<path>[^`]*)`)?", re.DOTALL)
_STEP = re.compile(r"\.([^.\[\]]+)|\[(\d+)\]")


def from_body(request: HttpRequest, declared: type[S]) -> S:
    """The JSON body as `declared`; an empty body counts as `{}`. InvalidInput names the first field that is wrong."""
    body = bodies.whole(request)
    if body and not _is_json(request):
        raise InvalidInput("Bad Request. Content-Type must be application/json.")
    # PostgreSQL cannot keep NUL in text; refusing it everywhere keeps both databases alike.
    plain = b"\\u0000" not in body
    try:
        if plain:
            return msgspec.json.decode(body or b"{}", type=declared, strict=False)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        pass
    return _again(_loads(body), declared)


def from_address(captured: dict[str, str]) -> dict[str, str]:
    """The parts of a URL, none of which may hold what no database keeps. MLflow's words for it."""
    if not all(_storable(part) for part in captured.values()):
        raise InvalidInput("Invalid path")
    return captured


def from_query(request: HttpRequest, declared: type[S]) -> S:
    return from_pairs(request.GET, declared)


def from_pairs(pairs: QueryDict, declared: type[S]) -> S:
    """A query string or a form as `declared`; a key given twice, or one ending in `[]`, is a list."""
    found: dict[str, Any] = {}
    lists = _list_fields(declared)
    for key, values in pairs.lists():
        name = key.removesuffix("[]")
        found[name] = values if name in lists or key.endswith("[]") else values[-1]
    return _again(found, declared)


def _is_json(request: HttpRequest) -> bool:
    return (request.content_type or "application/json").split(";")[0].strip().lower() == "application/json"


@cache
def _list_fields(declared: type[msgspec.Struct]) -> set[str]:
    # By the name on the wire.
    return {field.encode_name for field in msgspec.structs.fields(declared) if "list" in str(field.type).lower()}


def _loads(body: bytes) -> Any:
    try:
        found = json.loads(body)
        return json.loads(found) if isinstance(found, str) else found
    except (ValueError, RecursionError):
        raise InvalidInput("The request body is not valid JSON: an object was expected") from None


def _again(found: Any, declared: type[S]) -> S:
    found = _without_nulls(found)
    try:
        return msgspec.convert(found, declared, strict=False)
    except msgspec.ValidationError as refused:
        raise _explained(str(refused), found) from None
    except (RecursionError, UnicodeError, OverflowError):
        raise InvalidInput("The request is nested too deeply or holds text that is not valid Unicode") from None


def _without_nulls(found: Any, depth: int = 0) -> Any:
    """Also the place where text that no database keeps is refused."""
    if depth > 32:
        raise InvalidInput("The request is nested too deeply")
    if isinstance(found, dict):
        return {key: _without_nulls(value, depth + 1) for key, value in found.items() if value is not None}
    if isinstance(found, list):
        return [_without_nulls(value, depth + 1) for value in found]
    if isinstance(found, str) and not _storable(found):
        raise InvalidInput(f"Invalid value {shown(found)}: it holds a NUL or half of a surrogate pair")
    return found


def _storable(text: str) -> bool:
    try:
        return "\x00" not in text and text.encode() is not None
    except UnicodeEncodeError:
        return False


def _explained(reason: str, found: Any) -> InvalidInput:
    if missing := _MISSING.fullmatch(reason):
        return _missing(f"{missing['path'] or ''}.{missing['field']}".lstrip("."))
    told = _AT.fullmatch(reason)
    path = (told["path"] if told else "") or ""
    name, value = path.lstrip("."), _at(found, path)
    if not name:
        return InvalidInput("Invalid request: a JSON object was expected")
    if value == "":
        return _missing(name)
    hint = f" Hint: {told['reason'] if told else reason}."
    return InvalidInput(
        f"Invalid value {shown(value)} for parameter '{name}' supplied.{hint}", field=name, code=ILL_TYPED
    )


def _missing(name: str) -> InvalidInput:
    return InvalidInput(f"Missing value for required parameter '{name}'.", field=name, code=MISSING)


def _at(found: Any, path: str) -> Any:
    for name, number in _STEP.findall(path):
        try:
            found = found[name] if name else found[int(number)]
        except (KeyError, IndexError, TypeError):
            return None
    return found


def shown(value: Any) -> str:
    """A value in an error message: JSON, and not more than a line of it."""
    return json.dumps(value, default=str)[:200]
