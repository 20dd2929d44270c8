from typing import Any

import pytest

from tracking.models import LoggedModel, LoggedModelStatus


def test_a_model_is_created_pending_with_params_and_tags(mlflow: Any, project: Any, alice: Any) -> None:
    said = {
        "experiment_id": "0",
        "name": "forest",
        "model_type": "Agent",
        "source_run_id": "a" * 32,
        "params": [{"key": "b", "value": "2"}, {"key": "a", "value": "1"}],
        "tags": [{"key": "t", "value": "x"}],
    }
    answer = mlflow.post("logged-models", said)
    assert answer.status_code == 200, answer.content
    told = answer.json()["model"]
    model = LoggedModel.objects.get(uuid=told["info"]["model_id"])
    assert (model.project, model.experiment.iid, model.status) == (project, 0, LoggedModelStatus.PENDING)
    assert model.creator == alice
    assert model.uuid.startswith("m-")
    assert told["info"] == {
        "model_id": model.uuid,
        "experiment_id": "0",
        "name": "forest",
        "creation_timestamp_ms": model.created_ms,
        "last_updated_timestamp_ms": model.created_ms,
        "artifact_uri": f"mlflow-artifacts:/0/models/{model.uuid}/artifacts",
        "status": "LOGGED_MODEL_PENDING",
        "model_type": "Agent",
        "source_run_id": "a" * 32,
        "tags": [{"key": "t", "value": "x"}],
    }
    assert told["data"] == {"params": [{"key": "a", "value": "1"}, {"key": "b", "value": "2"}]}


@pytest.mark.parametrize("said", [{}, {"name": ""}, {"name": None}])
def test_a_model_without_a_name_gets_a_nickname(mlflow: Any, said: dict[str, Any]) -> None:
    told = mlflow.post("logged-models", {"experiment_id": "0", **said}).json()["model"]
    assert told["info"]["name"].count("-") >= 2
    assert (told["info"]["model_type"], told["info"]["source_run_id"], told["data"]) == ("", "", {})


def test_two_models_may_share_a_name(mlflow: Any, project: Any) -> None:
    for _ in range(2):
        assert mlflow.post("logged-models", {"experiment_id": "0", "name": "same"}).status_code == 200
    assert project.logged_models.filter(name="same").count() == 2


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"name": "a/b"}, "Invalid model name ('a/b') provided"),
        ({"name": "x" * 501}, "'name' exceeds the maximum length of 500"),
        ({"model_type": "x" * 501}, "'model_type' exceeds"),
        ({"source_run_id": "x" * 33}, "'source_run_id' exceeds"),
        ({"params": [{"key": "k" * 256}]}, "'params.key' exceeds"),
        ({"tags": [{"key": "k" * 256}]}, "'tags.key' exceeds"),
        ({"params": [{"value": "a"}]}, "Missing value for required parameter 'params[0].key'"),
        ({"params": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]}, "Duplicate parameter keys"),
        ({"params": {}}, "Invalid value {} for parameter 'params'"),
        ({"experiment_id": "abc"}, "Invalid experiment ID 'abc'"),
        ({"experiment_id": None}, "Missing value for required parameter 'experiment_id'"),
        ({"name": "\x00"}, "NUL"),
    ],
)
def test_what_cannot_be_kept_is_refused(mlflow: Any, project: Any, said: dict[str, Any], complaint: str) -> None:
    answer = mlflow.post("logged-models", {"experiment_id": "0", **said})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE"), answer.content
    assert complaint in answer.json()["message"]
    assert not project.logged_models.exists()


def test_long_values_are_kept_whole(new_model: Any) -> None:
    model = new_model(params={"p": "x" * 10_000}, tags={"t": "y" * 100_000})
    assert (len(model.params.get().value), len(model.tags.get().value)) == (10_000, 100_000)


def test_a_deleted_experiment_takes_no_models(mlflow: Any, project: Any) -> None:
    mlflow.post("experiments/delete", {"experiment_id": "0"})
    answer = mlflow.post("logged-models", {"experiment_id": "0"})
    assert answer.status_code == 400
    assert "The experiment 0 must be in the 'active' state" in answer.json()["message"]
    assert not project.logged_models.exists()


def test_an_unknown_experiment_is_not_found(mlflow: Any) -> None:
    answer = mlflow.post("logged-models", {"experiment_id": "99"})
    assert (answer.status_code, answer.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")


def test_a_reader_cannot_create(mlflow: Any, project: Any, bob: Any) -> None:
    assert mlflow.as_(bob).post("logged-models", {"experiment_id": "0"}).status_code == 403
    assert not project.logged_models.exists()
