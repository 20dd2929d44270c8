"""What may stand in an address in place of a project, a run, a model or a version."""

import re

from django.urls import register_converter

from projects.paths import RESERVED_AT_TOP

_SEGMENT = r"[A-Za-z0-9_][A-Za-z0-9_.\-]*"


class GroupPath:
    """`group/…/subgroup`. A segment never starts with `-`, so `/-/` ends it."""

    regex = rf"{_SEGMENT}(?:/{_SEGMENT})*"

    def to_python(self, value: str) -> str:
        if value.partition("/")[0].lower() in RESERVED_AT_TOP:
            raise ValueError("an address of the service itself, where there is nothing")
        return value

    def to_url(self, value: str) -> str:
        return value


class ProjectPath(GroupPath):
    """`namespace/…/project`."""

    regex = rf"{_SEGMENT}(?:/{_SEGMENT})+"


class RunReference:
    """A run's number in its project, or its uuid: 32 hex digits, as MLflow's clients print it."""

    regex = r"[0-9a-f]{32}|[0-9]{1,18}"

    def to_python(self, value: str) -> int | str:
        return value if re.fullmatch(r"[0-9a-f]{32}", value) else int(value)

    def to_url(self, value: int | str) -> str:
        return str(value)


class Number:
    """A number that every database can hold."""

    regex = r"[0-9]{1,18}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class Name:
    """A registered model by its name, percent-encoded, or a version by whatever finds it. Database keys never leave the
    service, and these are unique in their project or model.

    A name that is one of our own words there has a colon before it, which no name can hold.
    """

    regex = r"[^/]+"
    own = frozenset({"new"})

    def to_python(self, value: str) -> str:
        if "\x00" in value:
            raise ValueError("no name holds this, and PostgreSQL has no place for it")
        return value.removeprefix(":")

    def to_url(self, value: str | int) -> str:
        return f":{value}" if value in self.own else str(value)


register_converter(ProjectPath, "project")
register_converter(GroupPath, "group")
register_converter(Name, "name")
register_converter(RunReference, "run")
register_converter(Number, "number")
