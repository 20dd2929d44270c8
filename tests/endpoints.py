"""Every endpoint that the URL lists offer, and plausible or odd things to send to it."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
from django.urls import URLPattern, URLResolver
from django.utils.regex_helper import normalize

BODILESS = ("GET", "HEAD")


@dataclass(frozen=True)
class Offered:
    """An endpoint at an address that still has `%(name)s` where the URL has parts."""

    address: str
    method: str
    endpoint: Any = field(hash=False, compare=False)
    methods: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.method} {self.address}"

    def at(self, parts: Mapping[str, str]) -> str:
        return self.address % parts

    @property
    def parts(self) -> list[str]:
        return re.findall(r"%\((\w+)\)s", self.address)

    @property
    def takes_json(self) -> bool:
        """An upload takes anything: it has a `parse` of its own."""
        frame = self.endpoint.__mro__[-2]
        return self.method not in BODILESS and self.endpoint.parse is frame.parse


def offered(patterns: list[Any], prefix: str = "") -> Iterator[Offered]:
    """Walks a list of URL patterns. One without `endpoints` is no endpoint."""
    for pattern in patterns:
        address = prefix + normalize(pattern.pattern.regex.pattern)[0][0]
        if isinstance(pattern, URLResolver):
            yield from offered(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern):
            kinds = getattr(pattern.callback, "endpoints", {})
            for method, endpoint in kinds.items():
                yield Offered(address, method, endpoint, tuple(kinds))


def plausible(declared: type[msgspec.Struct], known: Mapping[str, Any]) -> dict[str, Any]:
    """A value for each declared field: a `known` one by the field's name, else any of its type."""
    return {
        one.name: known[one.name] if one.name in known else _of(msgspec.inspect.type_info(one.type), known)
        for one in msgspec.structs.fields(declared)
    }


def _of(kind: Any, known: Mapping[str, Any]) -> Any:
    info = msgspec.inspect
    if isinstance(kind, info.UnionType):
        return _of(next(one for one in kind.types if not isinstance(one, info.NoneType)), known)
    if isinstance(kind, info.StructType):
        return plausible(kind.cls, known)
    if isinstance(kind, info.ListType):
        return [_of(kind.item_type, known)]
    if isinstance(kind, info.LiteralType):
        return kind.values[0]
    simple: dict[Any, Any] = {info.IntType: 1, info.FloatType: 0.5, info.BoolType: False, info.DictType: {}}
    return simple.get(type(kind), "x")


# Raw JSON, as much of it cannot be said with Python's own encoder.
ODD = [
    "null", "true", "0", "-1", "1.5", "1e400", "-0.0", "NaN", "-Infinity", '"NaN"',
    str(2**31), str(2**63 - 1), str(2**63), str(-(2**64)), "1" + "0" * 400, "9" * 5000, '"' + "9" * 5000 + '"',
    '""', '" "', '"\\u0000"', '"a\\u0000b"', '"\\ud800"', '"\\udc00\\ud800"', '"\\uffff\\ufeff\\u202e"',
    '"' + "x" * 30_000 + '"', '"../../etc/passwd"', '"%00"', '"%s%n"', "\"' OR 1=1 --\"", '"٣"', '"1_000"',
    "[]", "[[]]", "[null]", "[{}]", "{}", '{"a": {}}', '{"key": "a", "key": []}', '{"": ""}', "[1, \"a\", {}]",
    "[" * 40 + "]" * 40, "[" * 5000 + "]" * 5000, '{"a":' * 3000 + "1" + "}" * 3000,
]  # fmt: skip

ODD_IN_A_QUERY = [
    "", "+", "%00", "%ff", "%ed%a0%80", "-1", "0", "null", "true", "1e9", "9" * 25, "9" * 5000, "x" * 6000,
    "%F0%9F%A6%8A", "..%2F..%2Fetc%2Fpasswd", "%5B%5D", "%7B%22a%22%3A1%7D", "%27%20OR%201%3D1", "%D9%A3", "1_0",
]  # fmt: skip

ODD_IN_AN_ADDRESS = [
    "0",
    "-1",
    "x",
    "%00",
    "%ff",
    "%ed%a0%80",
    "%20",
    "..",
    "%2e%2e",
    "9" * 25,
    "y" * 3000,
    "'",
    "%25",
    "a%0ab",
]

ODD_BODIES = [
    b"{", b"nonsense", b"[]", b"5", b'"x"', b"null", b"\xff\xfe", b"\xef\xbb\xbf{}", b"\x00", b"{} {}", b"{'a': 1}",
    b"[" * 100_000, b'{"a":' * 100_000, b'"' + b"\\u0000" * 10, b"{\"a\": 1e99999}", b"{\"\\ud800\": 1}",
]  # fmt: skip


def with_one_odd_field(body: dict[str, Any]) -> Iterator[bytes]:
    """The body again and again, each time with one field replaced by something odd."""
    for name in body:
        for odd in ODD:
            others = {key: value for key, value in body.items() if key != name}
            whole = json.dumps(others)
            yield f"{whole[:-1]}{', ' if others else ''}{json.dumps(name)}: {odd}}}".encode()
