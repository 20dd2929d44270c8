from typing import Any


def create(mlflow: Any, name: str) -> str:
    return str(mlflow.post("logged-models", {"experiment_id": "0", "name": name}).json()["model"]["info"]["model_id"])


def test_models_come_in_the_order_asked_for_and_unknown_ones_are_left_out(mlflow: Any) -> None:
    first, second = create(mlflow, "a"), create(mlflow, "b")
    asked = {"model_ids": [second, "m-" + "0" * 32, first]}
    found = mlflow.get("logged-models:batchGet", asked).json()["models"]
    assert [model["info"]["model_id"] for model in found] == [second, first]
    mlflow("DELETE", f"logged-models/{second}")
    assert len(mlflow.get("logged-models:batchGet", asked).json()["models"]) == 1
    assert mlflow.get("logged-models:batchGet").json() == {}


def test_more_than_a_hundred_are_refused(mlflow: Any) -> None:
    answer = mlflow.get("logged-models:batchGet", {"model_ids": ["m"] * 101})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


def test_other_projects_models_are_left_out(mlflow: Any, charlie: Any, project: Any, other_project: Any) -> None:
    secret = create(mlflow, "secret")
    theirs = mlflow.as_(charlie)
    theirs.root = theirs.root.replace(f"/{project.pk}/", f"/{other_project.pk}/")
    assert theirs.get("logged-models:batchGet", {"model_ids": [secret]}).json() == {}
