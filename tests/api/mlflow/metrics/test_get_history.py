from typing import Any

import pytest

from tracking.models import Run
from tracking.services import batches
from tracking.services.batches import Point


@pytest.fixture
def run(mlflow: Any) -> Run:
    return Run.objects.get(uuid=mlflow.post("runs/create").json()["run"]["info"]["run_id"])


def steps(answer: Any) -> list[int]:
    assert answer.status_code == 200, answer.content
    return [point["step"] for point in answer.json().get("metrics", [])]


def test_points_come_by_time_then_step_then_value(mlflow: Any, run: Run) -> None:
    points = [Point("m", 1, 20, 0), Point("m", 2, 10, 2), Point("m", 3, 10, 1), Point("m", float("nan"), 10, 1)]
    batches.log(run, metrics=points)
    answer = mlflow.get("metrics/get-history", {"run_id": run.uuid, "metric_key": "m"})
    assert [(p["step"], p["value"]) for p in answer.json()["metrics"]] == [(1, 3), (1, "NaN"), (2, 2), (0, 1)]


def test_an_unknown_metric_has_no_points(mlflow: Any, run: Run) -> None:
    assert mlflow.get("metrics/get-history", {"run_id": run.uuid, "metric_key": "m"}).json() == {}


def test_pages_miss_and_repeat_nothing_while_points_arrive(mlflow: Any, run: Run) -> None:
    batches.log(run, metrics=[Point("m", step, 100 + step, step) for step in range(10)])
    seen, token = [], ""
    while True:
        asked = {"run_id": run.uuid, "metric_key": "m", "max_results": 3, "page_token": token}
        answer = mlflow.get("metrics/get-history", asked)
        seen += steps(answer)
        token = answer.json().get("next_page_token", "")
        if not token:
            break
        batches.log(run, metrics=[Point("m", -1, 1, len(seen))])
    assert seen == list(range(10))


@pytest.mark.parametrize("size", [0, -1])
def test_a_page_without_room_is_refused(mlflow: Any, run: Run, size: int) -> None:
    answer = mlflow.get("metrics/get-history", {"run_id": run.uuid, "metric_key": "m", "max_results": size})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
