"""What an answer that is no refusal means, and what its headers say."""

from typing import Any

from api.openapi import shapes
from api.openapi.lists import Operation
from api.rest import keyset
from api.rest.endpoint import File

Schema = dict[str, Any]

MEANINGS = {
    200: "Done, or what was asked for.",
    201: "Made, or done.",
    202: "Done; what it was made of is removed later.",
    204: "Done. There is nothing to tell.",
    304: "It is what the caller already has.",
    422: "It was tried, and did not succeed.",
}
_PAGE = {
    "X-Page": "The page's number.",
    "X-Per-Page": "How many items a page has at most.",
    "X-Next-Page": "The number of the next page; empty on the last one.",
    "X-Prev-Page": "The number of the page before; empty on the first one.",
    "X-Total": "How many items there are. Left out beyond 10,000, and with `pagination=keyset`.",
    "X-Total-Pages": "How many pages there are. Left out likewise.",
    "Link": "Addresses of the pages `next`, `prev`, `first` and `last`.",
}
_KEYSET = {"X-Next-Cursor": "With `pagination=keyset`: the `cursor` of what follows; empty at the end."}
_SAVED = {"Content-Disposition": "The file's name.", "Content-Length": "Bytes."}
_FILE = {
    **_SAVED,
    "ETag": "The file's SHA-256 in quotes.",
    "X-Checksum-SHA256": "The file's SHA-256.",
    "Accept-Ranges": "`bytes`.",
    "Content-Range": "Which bytes these are, where it is a part.",
}
_ALL = _PAGE | _KEYSET | _FILE
_NUMBERS = ("X-Page", "X-Per-Page", "X-Total", "X-Total-Pages", "Content-Length")


def of(operation: Operation, told: Any) -> Schema:
    """References to the headers that an answer may have."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in _said(operation, told)}


def components() -> dict[str, Schema]:
    return {name: {"description": about, "schema": _schema(name)} for name, about in _ALL.items()}


def _schema(name: str) -> Schema:
    return {"type": "integer", "minimum": 0} if name in _NUMBERS else {"type": "string"}


def _said(operation: Operation, told: Any) -> dict[str, str]:
    if shapes.is_page(told):
        return _PAGE | (_KEYSET if issubclass(operation.endpoint.Params, keyset.Paged) else {})
    if told == File:
        return _FILE
    return _SAVED if shapes.media_type(told) == "application/zip" else {}
