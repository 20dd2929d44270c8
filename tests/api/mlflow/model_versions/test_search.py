"""Searching versions: filters, orders, pages, prompts kept apart."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.models import ModelVersion
from tests.api.mlflow.registered_models.test_models import PROMPT, refused
from tests.conftest import Door


@pytest.fixture
def several(mlflow: Door, new_version: Any) -> dict[str, str]:
    """fraud 1 and 2, abuse 1, and a version of a prompt; the run and source of fraud 1."""
    run_id = mlflow.post("runs/create").json()["run"]["info"]["run_id"]
    new_version("2.0.0", tags={"team": "red"}, run_id=run_id, source=f"runs:/{run_id}/model")
    new_version("1.0.0", tags={"team": "blue"})
    mlflow.post("registered-models/create", {"name": "abuse"})
    tags = [{"key": "team", "value": "red"}]
    mlflow.post("model-versions/create", {"name": "abuse", "tags": tags})
    mlflow.post("registered-models/create", {"name": "greet", "tags": [PROMPT]})
    mlflow.post("model-versions/create", {"name": "greet", "tags": [PROMPT], "source": "dummy-source"})
    ModelVersion.objects.update(updated_ms=5, created_ms=5)
    return {"run": run_id, "source": f"runs:/{run_id}/model"}


def found(door: Door, **asked: Any) -> list[str]:
    answer = door.get("model-versions/search", asked)
    assert answer.status_code == 200, answer.content
    return [f"{one['name']} {one['version']}" for one in answer.json().get("model_versions", [])]


@pytest.mark.parametrize(
    ("filter_string", "versions"),
    [
        ("", ["abuse 1", "fraud 2", "fraud 1"]),
        ("name='fraud'", ["fraud 2", "fraud 1"]),
        ("name = 'fraud' AND version_number > 1", ["fraud 2"]),
        ("version_number = 1", ["abuse 1", "fraud 1"]),
        ("name LIKE 'F%'", []),
        ("name ILIKE 'F%'", ["fraud 2", "fraud 1"]),
        ("run_id = '{run}'", ["fraud 1"]),
        ("run_id IN ('{run}', 'x')", ["fraud 1"]),
        ("source_path = '{source}'", ["fraud 1"]),
        ("tags.team = 'red'", ["abuse 1", "fraud 1"]),
        ("tags.`gitlab.version` = '1.0.0'", ["fraud 2"]),
        ("name = 'greet'", []),
        ("tags.`mlflow.prompt.is_prompt` = 'true'", ["greet 1"]),
    ],
)
def test_filters(mlflow: Door, several: dict[str, str], filter_string: str, versions: list[str]) -> None:
    assert found(mlflow, filter=filter_string.format(**several)) == versions


@pytest.mark.parametrize(
    ("order", "versions"),
    [
        (["version_number ASC"], ["abuse 1", "fraud 1", "fraud 2"]),
        (["name DESC"], ["fraud 2", "fraud 1", "abuse 1"]),
        (["version_number DESC", "name"], ["fraud 2", "abuse 1", "fraud 1"]),
        (["creation_timestamp"], ["abuse 1", "fraud 2", "fraud 1"]),
    ],
)
def test_orders(mlflow: Door, several: Any, order: list[str], versions: list[str]) -> None:
    assert found(mlflow, order_by=order) == versions


@pytest.mark.parametrize("filter_string", ["nonsense", "current_stage = 'None'", "version_number = 'x'", "name ="])
def test_no_filter_language_is_refused(mlflow: Door, several: Any, filter_string: str) -> None:
    refused(mlflow.get("model-versions/search", {"filter": filter_string}), 400, "INVALID_PARAMETER_VALUE")


def test_page_after_page_neither_repeats_nor_misses(mlflow: Door, several: Any, new_version: Any) -> None:
    asked = {"max_results": 2, "order_by": "version_number"}
    first = mlflow.get("model-versions/search", asked).json()
    new_version("0.1.0")
    second = mlflow.get("model-versions/search", {**asked, "page_token": first["next_page_token"]}).json()
    told = [f"{one['name']} {one['version']}" for page in (first, second) for one in page["model_versions"]]
    assert told == ["abuse 1", "fraud 1", "fraud 2", "fraud 3"]


@pytest.mark.parametrize("count", [1, 10])
@pytest.mark.parametrize("filter_string", ["", "name = 'fraud'", "tags.k = 'v'"])
def test_it_takes_as_many_queries_however_many_are_found(
    mlflow: Door,
    new_version: Any,
    count: int,
    filter_string: str,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    for _ in range(count):
        new_version(tags={"k": "v"})
    with django_assert_max_num_queries(8):
        assert len(found(mlflow, filter=filter_string)) == count
