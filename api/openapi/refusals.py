"""What may be refused, and in which shape: GitLab's for REST, MLflow's below `…/ml/mlflow/`."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, NotRequired, TypedDict

from api.openapi.lists import Operation
from api.openapi.shapes import is_page
from api.rest.endpoint import File

Schema = dict[str, Any]


class Told(TypedDict):
    """A sentence that starts with the status, as `404 Project Not Found`."""

    message: str


class Invalid(TypedDict):
    """By field, what is wrong with its value."""

    message: dict[str, list[str]]


class Unreadable(TypedDict):
    """A parameter that is missing or cannot be read: `name is missing`, `sort is invalid`."""

    error: str


class BadToken(TypedDict):
    """A token that is expired, revoked, or may not do this, in OAuth's words. `scope`: those that would do."""

    error: str
    error_description: str
    scope: NotRequired[str]


class MlflowError(TypedDict):
    """`error_code` is one of MLflow's."""

    error_code: str
    message: str


TYPES = (Told, Invalid, Unreadable, BadToken, MlflowError)

_GITLABS: dict[int, tuple[Any, ...]] = {
    400: (Told, Invalid, Unreadable),
    401: (Told, BadToken),
    403: (Told, BadToken),
    404: (Told, Unreadable),
    405: (Told, Unreadable),
}
MEANINGS = {
    301: "The project or group has another path now. `Location` has the address by its id.",
    400: "A parameter is missing, cannot be read, or breaks a rule; or a name is taken.",
    401: "No token, or one that is unknown, expired or revoked; or the caller is blocked.",
    403: "The caller, or the token's scopes, may not do this.",
    404: "It does not exist, or the caller may not learn that it does.",
    405: "The address has no such method, or is a former path, by which is only read; or a list cannot be paged so.",
    408: "Nothing of the body came for too long. Nothing was kept.",
    409: "The thing is in a state that does not allow this now, or the name is taken.",
    412: "It was changed after the time that `If-Unmodified-Since` says.",
    413: "The body, or all that the project keeps with it, is larger than is allowed.",
    416: "The file has none of the bytes that `Range` asks for.",
    429: "Too many requests. `Retry-After` says in how many seconds to try again.",
    500: "A bug. The answer has a number under which it is logged.",
    501: "This server only serves files (`ARTIFACTS_MODE=artifacts-only`).",
    503: "The database or the file store cannot be reached. Try again after `Retry-After` seconds.",
    507: "There is no room left for this file.",
}
_HEADERS = {
    301: {"Location": "Where it is now."},
    401: {"WWW-Authenticate": "How to say who is calling."},
    405: {"Allow": "The methods that the address has."},
    429: {
        "Retry-After": "After how many seconds to try again.",
        "RateLimit-Limit": "How many requests a minute are allowed.",
        "RateLimit-Name": "Which limit it is.",
        "RateLimit-Observed": "How many there were.",
        "RateLimit-Remaining": "How many are left.",
        "RateLimit-Reset": "When it begins anew, in seconds since 1970.",
        "RateLimit-ResetTime": "The same as a date.",
    },
    503: {"Retry-After": "After how many seconds to try again."},
}


def statuses(operation: Operation, told: Any) -> list[int]:
    """Which refusals an operation may answer with; `told` is the type of what it answers otherwise."""
    found = {400, 401, 403, 429, 500, 503, *getattr(operation.endpoint, "refuses", ())}
    if operation.parts:
        found.add(404)
    if operation.is_rest and operation.method == "DELETE":
        found.add(412)
    if is_page(told):
        found.add(405)
    if operation.is_rest and (operation.endpoint.ability or operation.endpoint.group_ability):
        found.add(301 if operation.method == "GET" else 405)
    if operation.method not in ("GET", "HEAD"):
        found |= {409, 413}
    if operation.has_a_body:
        found.add(408)
    if told == File:
        found.add(416)
    if not operation.is_rest:
        found |= {413, 501} | ({507} if operation.endpoint.takes else set())
    return sorted(found)


def component(operation: Operation, status: int) -> str:
    return f"{'Refused' if operation.is_rest else 'MlflowRefused'}{status}"


def components(shapes: Any) -> dict[str, Schema]:
    """Every refusal once, for operations to refer to."""
    return dict(_components(shapes))


def _components(shapes: Any) -> Iterator[tuple[str, Schema]]:
    for status, meaning in MEANINGS.items():
        kinds = [shapes.of(kind) for kind in _GITLABS.get(status, (Told,))]
        # GitLab's limits speak plain text.
        media = "text/plain" if status == 429 else "application/json"
        yield f"Refused{status}", _response(status, meaning, kinds, media=media)
        yield f"MlflowRefused{status}", _response(status, meaning, [shapes.of(MlflowError)])


def _response(status: int, meaning: str, kinds: list[Schema], *, media: str = "application/json") -> Schema:
    schema = kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    told: Schema = {
        "description": f"{HTTPStatus(status).phrase}. {meaning}",
        "content": {media: {"schema": schema if media == "application/json" else {"type": "string"}}},
    }
    headers = _HEADERS.get(status, {})
    if headers:
        told["headers"] = {
            name: {"description": about, "schema": {"type": "string"}} for name, about in headers.items()
        }
    return told
