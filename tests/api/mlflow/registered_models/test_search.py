"""Searching registered models: filters, orders, pages, prompts kept apart, nothing of other projects."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.models import RegisteredModel
from tests.api.mlflow.registered_models.test_models import PROMPT, refused
from tests.conftest import Door


@pytest.fixture
def several(mlflow: Door) -> None:
    for name, team in (("b", "red"), ("C", "blue"), ("a", "red")):
        tags = [{"key": "team", "value": team}]
        assert mlflow.post("registered-models/create", {"name": name, "tags": tags}).status_code == 200
    for name in ("p", "q"):
        mlflow.post("registered-models/create", {"name": name, "tags": [PROMPT]})


def found(door: Door, **asked: Any) -> str:
    answer = door.get("registered-models/search", asked)
    assert answer.status_code == 200, answer.content
    return "".join(model["name"] for model in answer.json().get("registered_models", []))


@pytest.mark.parametrize(
    ("filter_string", "names"),
    [
        ("", "Cab"),
        ("name = 'a'", "a"),
        ("name != 'a'", "Cb"),
        ("name LIKE 'c'", ""),
        ("name ILIKE 'c'", "C"),
        ("name IN ('a', 'b')", "ab"),
        ("tags.team = 'red'", "ab"),
        ("tags.team = 'red' AND name = 'b'", "b"),
        ("tags.team != 'red'", "C"),
        ("tags.`mlflow.prompt.is_prompt` = 'true'", "pq"),
        ("tags.`mlflow.prompt.is_prompt` = 'true' AND name = 'q'", "q"),
        ("name = 'p'", ""),
    ],
)
def test_filters(mlflow: Door, several: None, filter_string: str, names: str) -> None:
    assert found(mlflow, filter=filter_string) == names


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("name DESC", "baC"),
        ("last_updated_timestamp ASC", "bCa"),
        ("timestamp DESC", "aCb"),
    ],
)
def test_orders(mlflow: Door, several: None, order: str, names: str) -> None:
    for at, name in enumerate("bCa"):
        RegisteredModel.objects.filter(name=name).update(updated_ms=at)
    assert found(mlflow, order_by=order) == names


@pytest.mark.parametrize("filter_string", ["nonsense", "run_id = 'x'", "name > 'a'", "tags.team IS NULL", "name ="])
def test_no_filter_language_is_refused(mlflow: Door, several: None, filter_string: str) -> None:
    refused(mlflow.get("registered-models/search", {"filter": filter_string}), 400, "INVALID_PARAMETER_VALUE")


def test_page_after_page_neither_repeats_nor_misses(mlflow: Door, several: None) -> None:
    first = mlflow.get("registered-models/search", {"max_results": 2}).json()
    mlflow.post("registered-models/create", {"name": "B"})
    second = mlflow.get("registered-models/search", {"max_results": 2, "page_token": first["next_page_token"]}).json()
    assert [one["name"] for page in (first, second) for one in page["registered_models"]] == ["C", "a", "b"]
    assert "next_page_token" not in second
    other = {"max_results": 2, "page_token": first["next_page_token"], "filter": "name != 'x'"}
    refused(mlflow.get("registered-models/search", other), 400, "INVALID_PARAMETER_VALUE")


def test_another_projects_models_are_not_found(mlflow: Door, several: None, other_project: Any, charlie: Any) -> None:
    theirs = Door(mlflow.root.replace(f"/{mlflow.root.split('/')[4]}/", f"/{other_project.pk}/"), None, mlflow.client)
    assert found(theirs.as_(charlie)) == ""


@pytest.mark.parametrize("count", [1, 10])
def test_it_takes_as_many_queries_however_many_are_found(
    mlflow: Door, count: int, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for number in range(count):
        mlflow.post("registered-models/create", {"name": f"m{number}", "tags": [{"key": "k", "value": "v"}]})
        mlflow.post("model-versions/create", {"name": f"m{number}"})
    with django_assert_max_num_queries(11):
        answer = mlflow.get("registered-models/search", {})
    assert len(answer.json()["registered_models"]) == count
