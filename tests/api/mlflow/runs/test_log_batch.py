import math
from typing import Any

import pytest

from tracking.models import LatestMetric, Metric, Param, Run, Tag


@pytest.fixture
def run(mlflow: Any) -> Run:
    return Run.objects.get(uuid=mlflow.post("runs/create").json()["run"]["info"]["run_id"])


def metric(key: str, value: Any, step: int = 0, timestamp: int = 1) -> dict[str, Any]:
    return {"key": key, "value": value, "step": step, "timestamp": timestamp}


def test_a_batch_is_logged_whole(mlflow: Any, run: Run) -> None:
    answer = mlflow.post(
        "runs/log-batch",
        {
            "run_id": run.uuid,
            "metrics": [metric("loss", 0.5, 1), metric("loss", 0.25, 2), metric("acc", 1)],
            "params": [{"key": "lr", "value": "0.1"}],
            "tags": [{"key": "team", "value": "a"}],
        },
    )
    assert (answer.status_code, answer.json()) == (200, {})
    data = mlflow.get("runs/get", {"run_id": run.uuid}).json()["run"]["data"]
    assert data["metrics"] == [metric("acc", 1), metric("loss", 0.25, 2)]
    assert data["params"] == [{"key": "lr", "value": "0.1"}]
    assert {"key": "team", "value": "a"} in data["tags"]
    assert Metric.objects.filter(run=run).count() == 3


def test_sending_a_batch_twice_doubles_nothing(mlflow: Any, run: Run) -> None:
    batch = {
        "run_id": run.uuid,
        "metrics": [metric("loss", 0.5, step) for step in range(3)] + [metric("n", "NaN")] * 2,
        "params": [{"key": "lr", "value": "0.1"}],
        "tags": [{"key": "team", "value": "a"}],
    }
    for _ in range(2):
        assert mlflow.post("runs/log-batch", batch).status_code == 200
    assert Metric.objects.filter(run=run).count() == 4
    assert Param.objects.filter(run=run).count() == 1
    assert Tag.objects.filter(run=run, key="team").count() == 1


def test_a_param_keeps_its_first_value_and_nothing_else_of_the_batch_is_kept(mlflow: Any, run: Run) -> None:
    mlflow.post("runs/log-parameter", {"run_id": run.uuid, "key": "lr", "value": "0.1"})
    changed = {"run_id": run.uuid, "params": [{"key": "lr", "value": "0.2"}], "metrics": [metric("loss", 1)]}
    answer = mlflow.post("runs/log-batch", changed)
    assert answer.status_code == 400
    assert "Changing param values is not allowed" in answer.json()["message"]
    assert Param.objects.get(run=run).value == "0.1"
    assert not Metric.objects.filter(run=run).exists()


def test_long_values_are_cut_and_come_back_whole_up_to_the_limit(mlflow: Any, run: Run) -> None:
    mlflow.post("runs/log-batch", {"run_id": run.uuid, "params": [{"key": "p", "value": "é" * 7000}]})
    data = mlflow.get("runs/get", {"run_id": run.uuid}).json()["run"]["data"]
    assert data["params"] == [{"key": "p", "value": "é" * 6000}]


@pytest.mark.parametrize(
    ("batch", "said"),
    [
        ({"metrics": [metric("m", 1)] * 1001}, "at most 1000 metrics. Got 1001"),
        ({"params": [{"key": f"p{n}", "value": ""} for n in range(101)]}, "at most 100 params"),
        ({"tags": [{"key": f"t{n}", "value": ""} for n in range(101)]}, "at most 100 tags"),
        ({"params": [{"key": "a", "value": "1"}] * 2}, "Duplicate parameter keys"),
        ({"metrics": [{"key": "m", "value": 1}]}, "metrics[0].timestamp"),
        ({"metrics": [metric("m", 1), metric("", 1)]}, "metrics[1].key"),
        ({"metrics": [metric("m", "abc")]}, "metrics[0].value"),
        ({"metrics": [metric("a//b", 1)]}, "Names may be treated as files"),
        ({"metrics": [metric("a$", 1)]}, "Names may only contain"),
        ({"params": "x"}, "'params'"),
    ],
)
def test_a_batch_that_cannot_be_kept_is_refused_whole(mlflow: Any, run: Run, batch: Any, said: str) -> None:
    answer = mlflow.post("runs/log-batch", {"run_id": run.uuid, "tags": [{"key": "x", "value": "y"}], **batch})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert said in answer.json()["message"]
    assert not Metric.objects.filter(run=run).exists()
    assert not Tag.objects.filter(run=run, key="x").exists()


def test_nan_and_infinity_survive_as_mlflow_keeps_them(mlflow: Any, run: Run) -> None:
    body = (
        f'{{"run_id": "{run.uuid}", '
        '"metrics": [{"key": "a", "value": NaN, "timestamp": 1}, '
        '{"key": "b", "value": "Infinity", "timestamp": 1}, {"key": "c", "value": -Infinity, "timestamp": 1}, '
        '{"key": "d", "value": -0.0, "timestamp": 1}]}'
    )
    assert mlflow.post("runs/log-batch", body).status_code == 200
    data = mlflow.get("runs/get", {"run_id": run.uuid}).json()["run"]["data"]
    largest = 1.7976931348623157e308
    assert [point["value"] for point in data["metrics"]] == ["NaN", largest, -largest, 0.0]
    history = mlflow.get("metrics/get-history", {"run_id": run.uuid, "metric_key": "a"}).json()
    assert history["metrics"][0]["value"] == "NaN"
    assert math.isnan(Metric.objects.get(run=run, key__name="a").value)


def test_the_latest_value_is_the_highest_step_then_time_then_value(mlflow: Any, run: Run) -> None:
    for value, step, timestamp in [(1, 5, 1), (9, 4, 9), (2, 5, 2), (1.5, 5, 2)]:
        mlflow.post("runs/log-metric", {"run_id": run.uuid, **metric("m", value, step, timestamp)})
    latest = LatestMetric.objects.get(run=run)
    assert (latest.value, latest.step, latest.timestamp) == (2, 5, 2)


def test_a_deleted_run_takes_nothing(mlflow: Any, run: Run) -> None:
    mlflow.post("runs/delete", {"run_id": run.uuid})
    for path, data in [
        ("runs/log-metric", metric("m", 1)),
        ("runs/log-parameter", {"key": "p", "value": "1"}),
        ("runs/set-tag", {"key": "t", "value": "1"}),
        ("runs/update", {"status": "FINISHED"}),
    ]:
        answer = mlflow.post(path, {"run_id": run.uuid, **data})
        assert answer.status_code == 400, path
        assert "must be in the 'active' state. Current state is deleted." in answer.json()["message"]
    assert mlflow.post("runs/restore", {"run_id": run.uuid}).status_code == 200
    assert mlflow.post("runs/set-tag", {"run_id": run.uuid, "key": "t", "value": "1"}).status_code == 200


def test_a_batch_of_nothing_is_taken_by_a_run_that_is_there(mlflow: Any) -> None:
    run = mlflow.post("runs/create").json()["run"]["info"]["run_id"]
    assert mlflow.post("runs/log-batch", {"run_id": run}).status_code == 200
    assert mlflow.post("runs/log-batch", {"run_id": "0" * 32}).status_code == 404
