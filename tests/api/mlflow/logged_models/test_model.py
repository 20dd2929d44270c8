"""One model: get, finalize, delete, params and tags."""

from typing import Any

import pytest

from tracking.models import LoggedModelStatus


def test_a_model_is_read_with_its_metrics(mlflow: Any, new_model: Any, log_metric: Any, run_id: str) -> None:
    model = new_model(name="a")
    log_metric(model, "loss", "NaN", at=3, step=2)
    log_metric(model, "acc", 0.5, dataset="d@x")
    log_metric(model, "acc", "-Infinity", at=2)
    told = mlflow.get(f"logged-models/{model.uuid}").json()["model"]
    common = {"model_id": model.uuid, "run_id": run_id}
    assert told["data"]["metrics"] == [
        {"key": "acc", "value": 0.5, "timestamp": 1, "step": 0, "dataset_name": "d", "dataset_digest": "x", **common},
        {"key": "acc", "value": -1.7976931348623157e308, "timestamp": 2, "step": 0, **common},
        {"key": "loss", "value": "NaN", "timestamp": 3, "step": 2, **common},
    ]


def test_reading_takes_the_same_number_of_queries_however_much_was_logged(
    mlflow: Any, new_model: Any, log_metric: Any, django_assert_max_num_queries: Any
) -> None:
    model = new_model(params={f"p{n}": "1" for n in range(20)}, tags={f"t{n}": "1" for n in range(20)})
    for step in range(20):
        log_metric(model, "m", step, step=step)
    with django_assert_max_num_queries(8):
        assert len(mlflow.get(f"logged-models/{model.uuid}").json()["model"]["data"]["metrics"]) == 20


@pytest.mark.parametrize("status", ["LOGGED_MODEL_READY", 2, "2"])
def test_a_model_is_finalized(mlflow: Any, new_model: Any, status: Any) -> None:
    model = new_model(params={"a": "1"})
    answer = mlflow("PATCH", f"logged-models/{model.uuid}", {"model_id": model.uuid, "status": status})
    assert answer.status_code == 200, answer.content
    told = answer.json()["model"]
    model.refresh_from_db()
    assert (told["info"]["status"], model.status) == ("LOGGED_MODEL_READY", LoggedModelStatus.READY)
    assert told["info"]["last_updated_timestamp_ms"] == model.updated_ms >= model.created_ms
    assert told["data"]["params"] == [{"key": "a", "value": "1"}]


@pytest.mark.parametrize("status", ["READY", "", 0, 9, 2.5, [], None])
def test_an_unknown_status_is_refused(mlflow: Any, new_model: Any, status: Any) -> None:
    model = new_model()
    answer = mlflow("PATCH", f"logged-models/{model.uuid}", {"status": status})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    model.refresh_from_db()
    assert model.status == LoggedModelStatus.PENDING


def test_a_deleted_model_is_hidden_but_can_be_asked_for(mlflow: Any, new_model: Any) -> None:
    model = new_model()
    for _ in range(2):
        assert mlflow("DELETE", f"logged-models/{model.uuid}", {"model_id": model.uuid}).json() == {}
    model.refresh_from_db()
    assert model.deleted_at
    answer = mlflow.get(f"logged-models/{model.uuid}")
    assert answer.status_code == 404
    assert answer.json()["message"] == f"Logged model with ID '{model.uuid}' not found."
    told = mlflow.get(f"logged-models/{model.uuid}", {"allow_deleted": "True"}).json()["model"]
    assert told["info"]["model_id"] == model.uuid


def test_a_client_may_finish_with_a_deleted_model(mlflow: Any, new_model: Any, log_metric: Any) -> None:
    """As on MLflow's own server, which checks the state for reads only."""
    model = new_model()
    mlflow("DELETE", f"logged-models/{model.uuid}")
    assert mlflow("PATCH", f"logged-models/{model.uuid}", {"status": 2}).status_code == 200
    assert mlflow("PATCH", f"logged-models/{model.uuid}/tags", {"tags": [{"key": "a"}]}).status_code == 200
    assert mlflow.post(f"logged-models/{model.uuid}/params", {"params": [{"key": "a"}]}).status_code == 200
    log_metric(model, "m", 1)


def test_a_param_sent_again_is_kept_once(mlflow: Any, new_model: Any) -> None:
    model = new_model(params={"a": "1"})
    body = {"model_id": model.uuid, "params": [{"key": "a", "value": "1"}, {"key": "b"}]}
    for _ in range(2):
        answer = mlflow.post(f"logged-models/{model.uuid}/params", body)
        assert (answer.status_code, answer.json()) == (200, {}), answer.content
    assert sorted(model.params.values_list("key", "value")) == [("a", "1"), ("b", "")]


def test_a_param_cannot_be_changed_and_nothing_of_the_call_is_kept(mlflow: Any, new_model: Any) -> None:
    model = new_model(params={"a": "1"})
    body = {"params": [{"key": "a", "value": "2"}, {"key": "c", "value": "3"}]}
    answer = mlflow.post(f"logged-models/{model.uuid}/params", body)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert "Changing param values is not allowed" in answer.json()["message"]
    assert list(model.params.values_list("key", "value")) == [("a", "1")]


def test_a_tag_is_overwritten_and_the_last_of_a_key_counts(mlflow: Any, new_model: Any) -> None:
    model = new_model(tags={"a": "1"})
    tags = [{"key": "a", "value": "2"}, {"key": "b", "value": "x"}, {"key": "b", "value": "y"}]
    for _ in range(2):
        assert mlflow("PATCH", f"logged-models/{model.uuid}/tags", {"tags": tags}).json() == {}
    assert sorted(model.tags.values_list("key", "value")) == [("a", "2"), ("b", "y")]


def test_no_tags_are_no_error(mlflow: Any, new_model: Any) -> None:
    assert mlflow("PATCH", f"logged-models/{new_model().uuid}/tags", {}).json() == {}


@pytest.mark.parametrize("key", ["a", "a b", "a/b"])
def test_a_tag_is_deleted_once(mlflow: Any, new_model: Any, key: str) -> None:
    model = new_model(tags={key: "1", "other": "1"})
    address = f"logged-models/{model.uuid}/tags/{key}"
    assert mlflow("DELETE", address).json() == {}
    assert list(model.tags.values_list("key", flat=True)) == ["other"]
    answer = mlflow("DELETE", address)
    assert answer.status_code == 404
    assert answer.json()["message"] == f"No tag with key '{key}' found for model with ID '{model.uuid}'."


CALLS = [
    ("GET", "", None),
    ("PATCH", "", {"status": 2}),
    ("DELETE", "", None),
    ("POST", "/params", {"params": [{"key": "a", "value": "1"}]}),
    ("PATCH", "/tags", {"tags": [{"key": "a", "value": "1"}]}),
    ("DELETE", "/tags/t", None),
]


@pytest.mark.parametrize(("method", "address", "body"), CALLS)
def test_a_model_of_another_project_is_not_found(
    new_model: Any, other_project: Any, charlie: Any, door: Any, method: str, address: str, body: Any
) -> None:
    model = new_model(tags={"t": "1"})
    his = door(f"/api/v4/projects/{other_project.pk}/ml/mlflow/api/2.0/mlflow/", charlie)
    answer = his(method, f"logged-models/{model.uuid}{address}", body)
    assert (answer.status_code, answer.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert answer.json()["message"] == f"Logged model with ID '{model.uuid}' not found."
    model.refresh_from_db()
    assert (model.status, model.deleted_at, model.params.count(), model.tags.count()) == (1, None, 0, 1)


@pytest.mark.parametrize(("method", "address", "body"), CALLS[1:])
def test_a_reader_changes_nothing(mlflow: Any, new_model: Any, bob: Any, method: str, address: str, body: Any) -> None:
    model = new_model(tags={"t": "1"})
    assert mlflow.as_(bob)(method, f"logged-models/{model.uuid}{address}", body).status_code == 403
    model.refresh_from_db()
    assert (model.status, model.deleted_at, model.params.count(), model.tags.count()) == (1, None, 0, 1)
