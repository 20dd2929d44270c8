from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tracking.services import batches, runs
from tracking.services.batches import Point


@pytest.fixture
def logged(project: Any, alice: Any) -> list[str]:
    """Five runs named a to e: accuracies 0.1, 0.9, NaN, none, 0.5; params and tags to tell them apart."""
    experiment = project.experiments.get(iid=0)
    for number, (name, accuracy) in enumerate(zip("abcde", [0.1, 0.9, float("nan"), None, 0.5], strict=True)):
        run = runs.start(experiment, by=alice, name=name, at=1000 + number, user_name="alice")
        points = [] if accuracy is None else [Point("acc", accuracy, 1)]
        params = [("model", "rf" if number % 2 else "XGBoost"), ("long", "x" * 300 + name)]
        tags = [("team", "Red")] if number < 2 else []
        batches.log(run, metrics=points, params=params, tags=tags)
    return list("abcde")


def names(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    return "".join(run["info"]["run_name"] for run in answer.json().get("runs", []))


@pytest.mark.parametrize(
    ("filter_string", "found"),
    [
        ("", "edcba"),
        ("metrics.acc > 0.4", "eb"),
        ("metrics.acc <= 0.5", "ea"),
        ("metrics.acc != 0.9", "eca"),
        ("metrics.acc < 0.2", "a"),
        ("metrics.unknown > 0", ""),
        ("params.model = 'rf'", "db"),
        ("params.model != 'rf'", "eca"),
        ("params.model LIKE 'XG%'", "eca"),
        ("params.model LIKE 'xg%'", ""),
        ("params.model ILIKE 'xg%'", "eca"),
        ("params.model LIKE 'r_'", "db"),
        (f"params.long = '{'x' * 300}c'", "c"),
        (f"params.long LIKE '{'x' * 300}%'", "edcba"),
        ("tags.team = 'Red' and metrics.acc > 0.4", "b"),
        ("tags.team IS NULL", "edc"),
        ("tags.team IS NOT NULL", "ba"),
        ("attributes.run_name = 'c'", "c"),
        ("run_name LIKE '%'", "edcba"),
        ("attributes.start_time >= 1003", "ed"),
        ("attributes.end_time > 0", ""),
        ("status = 'RUNNING'", "edcba"),
        ("status LIKE 'RUN%'", "edcba"),
        ("status != 'RUNNING'", ""),
        ("user_id = 'alice'", "edcba"),
        ("attributes.artifact_uri LIKE 'mlflow-artifacts:/0/%'", "edcba"),
        ("tags.`mlflow.runName` = 'a'", "a"),
    ],
)
def test_filters_find_what_they_say(mlflow: Any, logged: Any, filter_string: str, found: str) -> None:
    assert names(mlflow.post("runs/search", {"experiment_ids": ["0"], "filter": filter_string})) == found


@pytest.mark.parametrize(
    ("order_by", "found"),
    [
        (["metrics.acc ASC"], "aebcd"),
        (["metrics.acc DESC"], "beacd"),
        (["params.model", "start_time ASC"], "acebd"),
        (["tags.team", "start_time ASC"], "abcde"),
        (["attributes.run_name DESC"], "edcba"),
        (["end_time"], "edcba"),
        ("start_time ASC", "abcde"),
        (["status", "attributes.start_time DESC"], "edcba"),
    ],
)
@pytest.mark.parametrize("page_size", [1, 2, 50])
def test_pages_keep_the_order_and_hold_every_run_once(
    mlflow: Any, logged: Any, order_by: Any, found: str, page_size: int
) -> None:
    seen, token = "", ""
    while True:
        search = {"experiment_ids": "0", "order_by": order_by, "max_results": page_size, "page_token": token}
        answer = mlflow.post("runs/search", search)
        seen += names(answer)
        token = answer.json().get("next_page_token", "")
        if not token:
            break
    assert seen == found


def test_twenty_orders_page_and_more_are_refused(mlflow: Any, logged: Any) -> None:
    search = {"experiment_ids": ["0"], "max_results": 2, "order_by": [f"metrics.m{n}" for n in range(20)]}
    first = mlflow.post("runs/search", search)
    assert names(first) == "ed"
    assert names(mlflow.post("runs/search", {**search, "page_token": first.json()["next_page_token"]})) == "cb"
    refused = mlflow.post("runs/search", {**search, "order_by": [f"metrics.m{n}" for n in range(21)]})
    assert (refused.status_code, refused.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


def test_runs_deleted_between_two_pages_shift_nothing(mlflow: Any, logged: Any, project: Any) -> None:
    first = mlflow.post("runs/search", {"experiment_ids": ["0"], "max_results": 2})
    assert names(first) == "ed"
    runs.delete(project.runs.get(name="e"))
    token = first.json()["next_page_token"]
    assert names(mlflow.post("runs/search", {"experiment_ids": ["0"], "max_results": 9, "page_token": token})) == "cba"


def test_a_page_token_of_another_search_is_refused(mlflow: Any, logged: Any) -> None:
    token = mlflow.post("runs/search", {"experiment_ids": ["0"], "max_results": 2}).json()["next_page_token"]
    for wrong in (token, "rubbish", "é", token[:-4]):
        search = {"experiment_ids": ["0"], "filter": "metrics.acc > 0", "page_token": wrong}
        answer = mlflow.post("runs/search", search)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize(
    "search",
    [
        {"filter": "metrics.acc >"},
        {"filter": "nonsense"},
        {"filter": "metrics.acc = 'text'"},
        {"order_by": ["nonsense.x"]},
        {"order_by": ["metrics.acc", "metrics.acc"]},
        {"max_results": 0},
        {"max_results": 50001},
        {"run_view_type": "SOME"},
        {"experiment_ids": ["abc"]},
    ],
)
def test_what_cannot_be_searched_is_refused_with_a_reason(mlflow: Any, logged: Any, search: Any) -> None:
    answer = mlflow.post("runs/search", {"experiment_ids": ["0"], **search})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert len(answer.json()["message"]) > 15


def test_deleted_runs_are_found_by_the_view_type(mlflow: Any, logged: Any, project: Any) -> None:
    runs.delete(project.runs.get(name="c"))
    search = {"experiment_ids": ["0"]}
    assert names(mlflow.post("runs/search", search)) == "edba"
    assert names(mlflow.post("runs/search", {**search, "run_view_type": "DELETED_ONLY"})) == "c"
    assert names(mlflow.post("runs/search", {**search, "run_view_type": "ALL"})) == "edcba"


def test_no_experiments_are_no_runs(mlflow: Any, logged: Any) -> None:
    assert mlflow.post("runs/search", {"experiment_ids": []}).json() == {}
    assert mlflow.post("runs/search", {"experiment_ids": ["99"]}).json() == {}


def test_the_number_of_queries_does_not_grow_with_the_page(mlflow: Any, logged: Any) -> None:
    counts = []
    for size in (1, 1, 50):
        with CaptureQueriesContext(connection) as captured:
            mlflow.post("runs/search", {"experiment_ids": ["0"], "max_results": size})
        counts.append(len(captured))
    assert counts[1] == counts[2] <= 12  # the first call also notes the use of the token
