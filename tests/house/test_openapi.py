"""The API's description is complete: what a new endpoint lacks is said here, with where to add it."""

import json
from collections import Counter
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from drf_spectacular.management.commands.spectacular import Command

from api.openapi import document, samples, shapes, words
from api.openapi.lists import Operation, operations
from api.rest.endpoint import Nothing, RestEndpoint
from tests import openapi

REST = [one for one in operations() if one.is_rest]


def test_every_operation_belongs_to_an_area() -> None:
    lost = [str(one) for one in operations() if not words.AREAS.keys() & set(one.address.split("/"))]
    assert not lost, f"name the area in AREAS of api/openapi/words.py: {lost}"


def test_all_parts_of_addresses_are_explained() -> None:
    unknown = [f"{part} of {one}" for one in operations() for part in one.parts if part not in words.PARTS]
    assert not unknown, f"explain it in PARTS of api/openapi/words.py: {unknown}"


def test_every_operation_of_rest_says_what_it_answers() -> None:
    """One that does not is refused with what to do (below), here and wherever the description is asked for."""
    assert all(shapes.answers(one) for one in REST)


def test_every_operation_of_rest_has_an_example() -> None:
    without = [str(one) for one in REST if not samples.of(one)]
    assert not without, f"add a curl that calls it to a script in api/openapi/examples: {without}"


def test_every_operation_has_a_name_of_its_own() -> None:
    several = [name for name, times in Counter(one.name for one in operations()).items() if times > 1]
    assert not several, f"give one of the endpoint classes another name: {several}"


def test_every_operation_of_both_dialects_is_described() -> None:
    told = openapi.described()["paths"]
    assert len(operations()) > 200
    assert [str(one) for one in operations() if one.method.lower() not in told.get(one.address, {})] == []


def test_the_document_is_openapi_and_nothing_had_to_be_guessed(tmp_path: Any) -> None:
    written = tmp_path / "openapi.yaml"
    call_command(Command(), validate=True, fail_on_warn=True, file=str(written))
    assert written.read_text().startswith("openapi: 3.1.0")


def test_json_and_yaml_say_the_same() -> None:
    told = [json.loads(document.written("json").body), yaml.safe_load(document.written("yaml").body)]
    assert told[0] == told[1]


def test_an_answer_without_a_type_is_refused_with_what_to_do() -> None:
    class Silent(RestEndpoint):
        method = "GET"
        scopes = ("api",)

        def handle(self, p: Nothing) -> dict[str, Any]:
            return {}

    with pytest.raises(shapes.Undescribed, match=r"Silent.handle .* annotate it with a TypedDict"):
        shapes.answers(Operation("/api/v4/silent", "GET", Silent))


class Answered:
    """An answer as the test client gives it."""

    streaming = False

    def __init__(self, status: int, told: Any) -> None:
        self.status_code, self._told = status, told

    def get(self, name: str, default: str) -> str:
        return "application/json"

    def json(self) -> Any:
        return self._told


VERSION = {"version": "1", "revision": "x"}


@pytest.mark.parametrize(
    ("status", "told", "complaint"),
    [
        (200, VERSION | {"more": 1}, "more"),
        (200, {"version": "1"}, "revision"),
        (200, VERSION | {"version": None}, "string"),
        (418, VERSION, "says nothing"),
        (404, VERSION, "says nothing"),
        (401, {"oops": "x"}, "another shape"),
    ],
)
def test_an_answer_that_is_not_as_described_fails_the_test_that_got_it(status: int, told: Any, complaint: str) -> None:
    openapi.check("GET", "/api/v4/version", Answered(200, VERSION))
    with pytest.raises(AssertionError, match=complaint):
        openapi.check("GET", "/api/v4/version", Answered(status, told))
