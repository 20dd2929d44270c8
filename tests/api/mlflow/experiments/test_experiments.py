from typing import Any

import pytest

from tracking.models import Experiment


def test_experiments_are_created_found_renamed_deleted_and_restored(mlflow: Any, project: Any) -> None:
    created = mlflow.post("experiments/create", {"name": "first", "tags": [{"key": "a", "value": "b"}]})
    assert created.json() == {"experiment_id": "1"}
    found = mlflow.get("experiments/get", {"experiment_id": "1"}).json()["experiment"]
    assert (found["name"], found["lifecycle_stage"], found["tags"]) == ("first", "active", [{"key": "a", "value": "b"}])
    assert found["artifact_location"] == "mlflow-artifacts:/1"
    assert mlflow.get("experiments/get-by-name", {"experiment_name": "first"}).json()["experiment"] == found

    assert mlflow.post("experiments/update", {"experiment_id": "1", "new_name": "second"}).status_code == 200
    assert mlflow.post("experiments/delete", {"experiment_id": "1"}).json() == {}
    assert Experiment.objects.get(project=project, iid=1).deleted_at is not None
    assert mlflow.post("experiments/delete", {"experiment_id": "1"}).status_code == 404
    assert mlflow.post("experiments/restore", {"experiment_id": "1"}).json() == {}
    assert mlflow.post("experiments/restore", {"experiment_id": "1"}).status_code == 404
    assert mlflow.get("experiments/get", {"experiment_id": "1"}).json()["experiment"]["name"] == "second"


def test_deleting_an_experiment_deletes_its_runs_and_restoring_brings_them_back(mlflow: Any, project: Any) -> None:
    run_id = mlflow.post("runs/create").json()["run"]["info"]["run_id"]
    mlflow.post("experiments/delete", {"experiment_id": "0"})
    assert project.runs.get(uuid=run_id).lifecycle_stage == "deleted"
    mlflow.post("experiments/restore", {"experiment_id": "0"})
    assert project.runs.get(uuid=run_id).lifecycle_stage == "active"


def test_tags_are_overwritten_and_deleted(mlflow: Any) -> None:
    for value in ("1", "2"):
        mlflow.post("experiments/set-experiment-tag", {"experiment_id": "0", "key": "k", "value": value})
    tags = mlflow.get("experiments/get", {"experiment_id": "0"}).json()["experiment"]["tags"]
    assert tags == [{"key": "k", "value": "2"}]
    assert mlflow.post("experiments/delete-experiment-tag", {"experiment_id": "0", "key": "k"}).status_code == 200
    assert mlflow.post("experiments/delete-experiment-tag", {"experiment_id": "0", "key": "k"}).status_code == 404


@pytest.mark.parametrize(
    ("call", "data", "status", "code"),
    [
        ("create", {"name": "Default"}, 400, "RESOURCE_ALREADY_EXISTS"),
        ("create", {}, 400, "INVALID_PARAMETER_VALUE"),
        ("create", {"name": ""}, 400, "INVALID_PARAMETER_VALUE"),
        ("create", {"name": 5}, 400, "INVALID_PARAMETER_VALUE"),
        ("create", {"name": "x" * 501}, 400, "INVALID_PARAMETER_VALUE"),
        ("create", {"name": "x", "tags": [{"value": "1"}]}, 400, "INVALID_PARAMETER_VALUE"),
        ("delete", {"experiment_id": "abc"}, 400, "INVALID_PARAMETER_VALUE"),
        ("delete", {"experiment_id": "99"}, 404, "RESOURCE_DOES_NOT_EXIST"),
        ("delete", {"experiment_id": "9" * 30}, 404, "RESOURCE_DOES_NOT_EXIST"),
        ("update", {"experiment_id": "0"}, 400, "INVALID_PARAMETER_VALUE"),
        ("search", {}, 400, "INVALID_PARAMETER_VALUE"),
    ],
)
def test_bad_input_is_refused_in_mlflows_words(mlflow: Any, call: str, data: Any, status: int, code: str) -> None:
    answer = mlflow.post(f"experiments/{call}", data)
    assert (answer.status_code, answer.json()["error_code"]) == (status, code)
    assert answer.json()["message"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ({}, ["b", "a", "Default"]),
        ({"order_by": ["name"]}, ["Default", "a", "b"]),
        ({"order_by": "name DESC"}, ["b", "a", "Default"]),
        ({"filter": "name LIKE 'a%'"}, ["a"]),
        ({"filter": "tags.k = '2'"}, ["b"]),
        ({"filter": "attribute.name != 'a' AND tags.k ILIKE '%'"}, ["b"]),
    ],
)
def test_search_by_get_and_post_alike(mlflow: Any, search: Any, found: list[str]) -> None:
    for name, value in [("a", "1"), ("b", "2")]:
        mlflow.post("experiments/create", {"name": name, "tags": [{"key": "k", "value": value}]})
    for method in ("GET", "POST"):
        answer = mlflow(method, "experiments/search", {"max_results": 10, **search})
        assert [e["name"] for e in answer.json()["experiments"]] == found


def test_search_pages(mlflow: Any) -> None:
    for name in "abc":
        mlflow.post("experiments/create", {"name": name})
    first = mlflow.post("experiments/search", {"max_results": 3}).json()
    rest = mlflow.post("experiments/search", {"max_results": 3, "page_token": first["next_page_token"]}).json()
    assert [e["name"] for e in first["experiments"] + rest["experiments"]] == ["c", "b", "a", "Default"]
    assert "next_page_token" not in rest
