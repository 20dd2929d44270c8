from typing import Any


def log_input(mlflow: Any, name: str, context: str | None) -> None:
    run_id = mlflow.post("runs/create").json()["run"]["info"]["run_id"]
    tags = [{"key": "mlflow.data.context", "value": context}] if context else []
    dataset = {"name": name, "digest": "d1", "source_type": "local", "source": "{}"}
    sent = {"run_id": run_id, "datasets": [{"dataset": dataset, "tags": tags}]}
    assert mlflow.post("runs/log-inputs", sent).status_code == 200


def test_each_dataset_is_listed_once_a_context(mlflow: Any) -> None:
    for name, context in [("a", "train"), ("a", "train"), ("a", "test"), ("b", None)]:
        log_input(mlflow, name, context)
    found = mlflow.post("experiments/search-datasets", {"experiment_ids": ["0"]}).json()["dataset_summaries"]
    told = {"experiment_id": "0", "digest": "d1"}
    assert found == [
        {**told, "name": "a", "context": "test"},
        {**told, "name": "a", "context": "train"},
        {**told, "name": "b"},
    ]


def test_no_experiment_and_more_than_twenty_are_refused(mlflow: Any) -> None:
    for wrong in ([], ["0"] * 21, ["x"]):
        answer = mlflow.post("experiments/search-datasets", {"experiment_ids": wrong})
        assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


def test_other_projects_datasets_are_not_listed(mlflow: Any, charlie: Any, other_project: Any, project: Any) -> None:
    log_input(mlflow, "secret", "train")
    theirs = mlflow.as_(charlie)
    theirs.root = theirs.root.replace(f"/{project.pk}/", f"/{other_project.pk}/")
    assert theirs.post("experiments/search-datasets", {"experiment_ids": ["0"]}).json() == {}
