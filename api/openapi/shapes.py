"""Types as JSON schemas: what an operation takes, from its `Params`; what it answers, from what `handle` returns."""

import re
from collections.abc import Iterable, Iterator, Mapping
from types import NoneType, UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import msgspec
from django.http import HttpResponseBase

from api.openapi.lists import Operation
from api.rest.pages import Page

Schema = dict[str, Any]

_REFERENCE = "#/components/schemas/{name}"


class Undescribed(TypeError):
    """An endpoint does not say enough about itself."""


def answers(operation: Operation) -> Mapping[int, Any]:
    """The type of each answer that is no refusal, by status; None for one without a body."""
    endpoint = operation.endpoint
    if operation.is_rest and endpoint.answers:
        return endpoint.answers  # type: ignore[no-any-return]
    told = get_type_hints(endpoint.handle, include_extras=True).get("return", Any)
    if not operation.is_rest:
        return {200: told}
    if told is NoneType:
        return {endpoint.status or 204: None}
    if told is Any or _plain(told) is HttpResponseBase or get_origin(told) is dict:
        raise Undescribed(
            f"{endpoint.__name__}.handle does not say what it answers: annotate it with a TypedDict of "
            "api/rest/entities, pages.Page of one, File, Zip or None, or name the types by status in `answers`"
        )
    return {endpoint.status or (201 if operation.method == "POST" else 200): told}


def _plain(told: Any) -> Any:
    return told if get_origin(told) is not Annotated else object


def is_written(told: Any) -> bool:
    """Whether it is said as it was written, and has no schema: a file, or this very description."""
    return told is HttpResponseBase or (get_origin(told) is Annotated and get_args(told)[0] is HttpResponseBase)


def media_type(told: Any) -> str:
    """Of an answer: what its type is annotated with (`File`), else JSON."""
    if not is_written(told):
        return "application/json"
    return str(get_args(told)[1]) if get_origin(told) is Annotated else "*/*"


def is_page(told: Any) -> bool:
    return get_origin(told) is Page


class Shapes:
    """The schemas of all types that the operations name, each told once as a component."""

    def __init__(self, operations: Iterable[Operation], others: Iterable[Any] = ()) -> None:
        types = list(dict.fromkeys([*others, *_named(operations)]))
        schemas, self.components = msgspec.json.schema_components(types, ref_template=_REFERENCE)
        self._schemas = dict(zip(types, schemas, strict=True))
        for component in self.components.values():
            component.pop("title", None)

    def of(self, told: Any) -> Schema:
        if is_page(told):
            return {"type": "array", "items": self.of(get_args(told)[0])}
        if get_origin(told) in (Union, UnionType):
            return {"anyOf": [self.of(one) for one in get_args(told)]}
        schema: Schema = {} if told is Any else self._schemas[told]
        return schema

    def fields(self, declared: type[msgspec.Struct]) -> Iterator[tuple[str, Schema, bool]]:
        """Name, schema and necessity of each parameter."""
        whole = self.whole(declared)
        for name, schema in whole.get("properties", {}).items():
            yield name, schema, name in whole.get("required", ())

    def whole(self, declared: type[msgspec.Struct]) -> Schema:
        """The schema of `Params` itself, not a reference to it."""
        whole: Schema = self.components[self._schemas[declared]["$ref"].rpartition("/")[2]]
        return whole

    def used_in(self, document: Any) -> dict[str, Schema]:
        """The components that a document refers to, by way of others too."""
        found: dict[str, Schema] = {}
        wanted = {*_references(document)}
        while missing := wanted - found.keys():
            found |= {name: self.components[name] for name in missing}
            wanted |= {*_references([found[name] for name in missing])}
        return dict(sorted(found.items()))


def _named(operations: Iterable[Operation]) -> Iterator[Any]:
    for operation in operations:
        yield operation.endpoint.Params
        for told in answers(operation).values():
            yield from _simple(told)


def _simple(told: Any) -> Iterator[Any]:
    if is_page(told) or get_origin(told) in (Union, UnionType):
        for one in get_args(told):
            yield from _simple(one)
    elif told not in (None, Any) and not is_written(told):
        yield told


def _references(document: Any) -> Iterator[str]:
    if isinstance(document, dict):
        if str(document.get("$ref", "")).startswith(_REFERENCE.format(name="")):
            yield document["$ref"].rpartition("/")[2]
        for value in document.values():
            yield from _references(value)
    elif isinstance(document, list):
        for value in document:
            yield from _references(value)


def in_a_query(schema: Schema) -> Schema:
    """What a query string can say of it: there is no null there."""
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    if not kinds:
        return schema
    rest = {key: value for key, value in schema.items() if key != "anyOf" and (key, value) != ("default", None)}
    return {**rest, **(kinds[0] if len(kinds) == 1 else {"anyOf": kinds})}


def is_flat(schema: Schema) -> bool:
    """Whether a form can say it: texts, numbers, and lists of them."""
    simple = (one.get("items", {}) if one.get("type") == "array" else one for one in schema["properties"].values())
    return not any(re.search(r'\$ref|"object"', msgspec.json.encode(one).decode()) for one in simple)


def in_a_form(schema: Schema) -> Schema:
    """The same as pairs: lists are `name[]`, and there is no null."""
    fields = {name: in_a_query(one) for name, one in schema["properties"].items()}
    names = {name: f"{name}[]" if one.get("type") == "array" else name for name, one in fields.items()}
    said = {names[name]: one for name, one in fields.items()}
    return {**schema, "properties": said, "required": [names[name] for name in schema.get("required", ())]}
