"""What MLflow's own server makes of odd updates; `tests/parity` asks both for all of them."""

from typing import Any

import pytest

from tracking.models import LatestMetric, Run, RunStatus


@pytest.fixture
def run(mlflow: Any) -> Run:
    return Run.objects.get(uuid=mlflow.post("runs/create", {"run_name": "r"}).json()["run"]["info"]["run_id"])


@pytest.mark.parametrize("status", ["FINISHED", 3, "3"])
def test_a_status_may_be_its_name_or_its_number(mlflow: Any, run: Run, status: Any) -> None:
    answer = mlflow.post("runs/update", {"run_id": run.uuid, "status": status})
    assert answer.json()["run_info"]["status"] == "FINISHED"
    run.refresh_from_db()
    assert run.status == RunStatus.FINISHED


@pytest.mark.parametrize("status", ["finished", "DONE", 9, -1])
def test_an_unknown_status_is_refused_by_name(mlflow: Any, run: Run, status: Any) -> None:
    answer = mlflow.post("runs/update", {"run_id": run.uuid, "status": status})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert "'status'" in answer.json()["message"]
    run.refresh_from_db()
    assert run.status == RunStatus.RUNNING


def test_an_end_of_0_takes_the_end_back(mlflow: Any, run: Run) -> None:
    mlflow.post("runs/update", {"run_id": run.uuid, "status": "FINISHED", "end_time": 5})
    answer = mlflow.post("runs/update", {"run_id": run.uuid, "end_time": 0})
    assert "end_time" not in answer.json()["run_info"]


def test_an_empty_name_tag_changes_nothing(mlflow: Any, run: Run) -> None:
    mlflow.post("runs/set-tag", {"run_id": run.uuid, "key": "mlflow.runName", "value": ""})
    run.refresh_from_db()
    assert (run.name, run.tags.get(key="mlflow.runName").value) == ("r", "r")


def test_a_run_may_start_before_1970(mlflow: Any) -> None:
    answer = mlflow.post("runs/create", {"start_time": -5})
    assert answer.json()["run"]["info"]["start_time"] == -5


def test_true_is_a_metric_of_1(mlflow: Any, run: Run) -> None:
    mlflow.post("runs/log-metric", {"run_id": run.uuid, "key": "m", "value": True, "timestamp": 1})
    assert LatestMetric.objects.get(run=run).value == 1.0
