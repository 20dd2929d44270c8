from typing import Any

import pytest

from tracking.models import Run
from tracking.search.history import evenly
from tracking.services import batches
from tracking.services.batches import Point


@pytest.fixture
def two(mlflow: Any) -> list[Run]:
    """Two runs with ten points of `m` each."""
    uuids = sorted(mlflow.post("runs/create").json()["run"]["info"]["run_id"] for _ in range(2))
    runs = [Run.objects.get(uuid=uuid) for uuid in uuids]
    for run in runs:
        batches.log(run, metrics=[Point("m", step, 1000 - step, step) for step in range(10)])
    return runs


def test_bulk_history_comes_run_by_run_and_in_time(mlflow: Any, two: list[Run]) -> None:
    asked = {"run_id": [run.uuid for run in reversed(two)], "metric_key": "m", "max_results": 12}
    found = mlflow.get("metrics/get-history-bulk", asked).json()["metrics"]
    assert [point["run_id"] for point in found] == [two[0].uuid] * 10 + [two[1].uuid] * 2
    assert [point["step"] for point in found][:3] == [9, 8, 7]


def test_an_interval_is_sampled_evenly_with_both_ends(mlflow: Any, two: list[Run]) -> None:
    asked = {"run_ids": two[0].uuid, "metric_key": "m", "max_results": 4}
    found = mlflow.get("metrics/get-history-bulk-interval", asked).json()["metrics"]
    assert [point["step"] for point in found] == [0, 3, 6, 9]
    ranged = mlflow.get("metrics/get-history-bulk-interval", {**asked, "start_step": 2, "end_step": 4}).json()
    assert [point["step"] for point in ranged["metrics"]] == [2, 3, 4]


@pytest.mark.parametrize(("total", "wanted", "places"), [(10, 1, [10]), (10, 2, [1, 10]), (11, 3, [1, 5, 11])])
def test_samples_are_the_first_of_equal_parts_and_the_last(total: int, wanted: int, places: list[int]) -> None:
    assert evenly(total, wanted) == places


@pytest.mark.parametrize(
    ("call", "asked"),
    [
        ("get-history-bulk", {"metric_key": "m"}),
        ("get-history-bulk", {"run_id": ["x"] * 101, "metric_key": "m"}),
        ("get-history-bulk", {"run_id": "x"}),
        ("get-history-bulk-interval", {"metric_key": "m"}),
        ("get-history-bulk-interval", {"run_ids": "x", "metric_key": "m", "start_step": 1}),
        ("get-history-bulk-interval", {"run_ids": "x", "metric_key": "m", "start_step": 2, "end_step": 1}),
        ("get-history-bulk-interval", {"run_ids": "x", "metric_key": "m", "max_results": 2501}),
    ],
)
def test_what_cannot_be_answered_is_refused(mlflow: Any, call: str, asked: Any) -> None:
    answer = mlflow.get(f"metrics/{call}", asked)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


def test_runs_of_other_projects_have_no_points(mlflow: Any, two: list[Run], other_project: Any, charlie: Any) -> None:
    theirs = mlflow.as_(charlie)
    theirs.root = theirs.root.replace(f"/{two[0].project_id}/", f"/{other_project.pk}/")
    asked = {"run_id": two[0].uuid, "metric_key": "m"}
    assert theirs.get("metrics/get-history-bulk", asked).json() == {"metrics": []}
    interval = theirs.get("metrics/get-history-bulk-interval", {"run_ids": two[0].uuid, "metric_key": "m"})
    assert interval.status_code == 404
