"""runs/log-inputs, runs/outputs and runs/log-model, and what runs/get tells of them."""

import json
from typing import Any

import pytest

from tracking.models import Dataset, DatasetInput, LoggedModel, ModelInput, ModelOutput, Run
from tracking.services import logged_models

DATASET = {"name": "d", "digest": "x1", "source_type": "local", "source": "{}", "schema": "[]", "profile": "{}"}
TAGS = [{"key": "mlflow.data.context", "value": "training"}, {"key": "a", "value": "1"}]
TOLD = {"artifact_path": "p", "flavors": {"f": {"x": 1}}, "utc_time_created": "now", "run_id": "r"}


@pytest.fixture
def run(mlflow: Any) -> Run:
    return Run.objects.get(uuid=mlflow.post("runs/create").json()["run"]["info"]["run_id"])


@pytest.fixture
def model(project: Any, alice: Any) -> LoggedModel:
    return logged_models.create(project.experiments.get(iid=0), by=alice)


@pytest.fixture
def his_model(other_project: Any, charlie: Any) -> LoggedModel:
    return logged_models.create(other_project.experiments.get(iid=0), by=charlie)


def told(mlflow: Any, run: Run) -> Any:
    return mlflow.get("runs/get", {"run_id": run.uuid}).json()["run"]


def test_a_run_without_any_says_so_with_empty_objects(mlflow: Any, run: Run) -> None:
    assert (told(mlflow, run)["inputs"], told(mlflow, run)["outputs"]) == ({}, {})


def test_inputs_are_told_with_the_run_and_a_retry_doubles_none(mlflow: Any, run: Run, model: LoggedModel) -> None:
    body = {
        "run_id": run.uuid,
        "datasets": [{"dataset": DATASET, "tags": TAGS}, {"dataset": {"name": "e", "digest": "y"}}],
        "models": [{"model_id": model.uuid}],
    }
    for _ in range(2):
        answer = mlflow.post("runs/log-inputs", body)
        assert (answer.status_code, answer.json()) == (200, {}), answer.content
    plain = {"name": "e", "digest": "y", "source_type": "", "source": ""}
    assert told(mlflow, run)["inputs"] == {
        "dataset_inputs": [{"tags": sorted(TAGS, key=lambda tag: tag["key"]), "dataset": DATASET}, {"dataset": plain}],
        "model_inputs": [{"model_id": model.uuid}],
    }
    assert list(DatasetInput.objects.order_by("pk").values_list("context", flat=True)) == ["training", ""]
    assert (Dataset.objects.count(), ModelInput.objects.count()) == (2, 1)


def test_a_dataset_keeps_what_was_first_said_of_it(mlflow: Any, run: Run) -> None:
    """MLflow's rule: name and digest are the dataset, and the first tags are those of its use in the run."""
    other = {**DATASET, "source": "elsewhere"}
    for datasets in ([{"dataset": DATASET, "tags": TAGS}, {"dataset": other}], [{"dataset": other, "tags": []}]):
        assert mlflow.post("runs/log-inputs", {"run_id": run.uuid, "datasets": datasets}).status_code == 200
    used = DatasetInput.objects.select_related("dataset").get()
    assert (used.dataset.source, used.tags["a"]) == ("{}", "1")


def test_runs_of_an_experiment_share_a_dataset(mlflow: Any, run: Run) -> None:
    second = mlflow.post("runs/create").json()["run"]["info"]["run_id"]
    for run_id in (run.uuid, second):
        mlflow.post("runs/log-inputs", {"run_id": run_id, "datasets": [{"dataset": DATASET}]})
    assert (Dataset.objects.count(), DatasetInput.objects.count()) == (1, 2)


def test_runs_are_found_by_their_datasets(mlflow: Any, run: Run) -> None:
    mlflow.post("runs/create")
    mlflow.post("runs/log-inputs", {"run_id": run.uuid, "datasets": [{"dataset": DATASET, "tags": TAGS}]})
    question = {"experiment_ids": ["0"], "filter": "datasets.name = 'd' AND dataset.context = 'training'"}
    found = mlflow.post("runs/search", question).json()["runs"]
    assert [one["info"]["run_id"] for one in found] == [run.uuid]
    assert found[0]["inputs"]["dataset_inputs"][0]["dataset"]["digest"] == "x1"


@pytest.mark.parametrize(
    ("dataset", "tags", "complaint"),
    [
        ({"name": "d" * 501}, [], "'name' exceeds the maximum length of 500"),
        ({"digest": "d" * 37}, [], "'digest' exceeds the maximum length of 36"),
        ({"source": "d" * 65_536}, [], "'source' exceeds the maximum length of 65535"),
        ({"schema": "d" * 1_048_576}, [], "'schema' exceeds the maximum length of 1048575"),
        ({"name": ""}, [], "Missing value for required parameter 'datasets[0].dataset.name'"),
        ({"digest": None}, [], "Missing value for required parameter 'datasets[0].dataset.digest'"),
        ({}, [{"key": "k" * 256}], "'key' exceeds the maximum length of 255"),
        ({}, [{"key": "k", "value": "v" * 501}], "'value' exceeds the maximum length of 500"),
        ({"name": 5}, [], "Invalid value 5 for parameter 'datasets[0].dataset.name'"),
    ],
)
def test_a_dataset_that_cannot_be_kept_is_refused(
    mlflow: Any, run: Run, dataset: dict[str, Any], tags: list[Any], complaint: str
) -> None:
    body = {"run_id": run.uuid, "datasets": [{"dataset": {**DATASET, **dataset}, "tags": tags}]}
    answer = mlflow.post("runs/log-inputs", body)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE"), answer.content
    assert complaint in answer.json()["message"]
    assert not Dataset.objects.exists()


def test_a_dataset_input_without_a_dataset_is_refused(mlflow: Any, run: Run) -> None:
    answer = mlflow.post("runs/log-inputs", {"run_id": run.uuid, "datasets": [{"tags": TAGS}]})
    assert answer.status_code == 400
    assert "Missing value for required parameter 'datasets[0].dataset'" in answer.json()["message"]


def test_outputs_are_told_with_the_run_and_a_retry_doubles_none(mlflow: Any, run: Run, model: LoggedModel) -> None:
    body = {"run_id": run.uuid, "models": [{"model_id": model.uuid, "step": 3}]}
    for _ in range(2):
        answer = mlflow.post("runs/outputs", body)
        assert (answer.status_code, answer.json()) == (200, {}), answer.content
    assert told(mlflow, run)["outputs"] == {"model_outputs": [{"model_id": model.uuid, "step": 3}]}
    assert ModelOutput.objects.get().step == 3


def test_a_model_is_an_output_at_one_step_only(mlflow: Any, run: Run, model: LoggedModel) -> None:
    mlflow.post("runs/outputs", {"run_id": run.uuid, "models": [{"model_id": model.uuid, "step": 3}]})
    answer = mlflow.post("runs/outputs", {"run_id": run.uuid, "models": [{"model_id": model.uuid}]})
    assert answer.status_code == 400
    assert "at step 3 already" in answer.json()["message"]
    assert ModelOutput.objects.get().step == 3


@pytest.mark.parametrize("address", ["runs/log-inputs", "runs/outputs"])
def test_models_of_another_project_are_not_found(
    mlflow: Any, run: Run, model: LoggedModel, his_model: LoggedModel, address: str
) -> None:
    models = [{"model_id": model.uuid}, {"model_id": his_model.uuid}]
    answer = mlflow.post(address, {"run_id": run.uuid, "models": models})
    assert (answer.status_code, answer.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert answer.json()["message"] == f"Logged model with ID '{his_model.uuid}' not found."
    assert not ModelInput.objects.exists()
    assert not ModelOutput.objects.exists()


BODIES = [
    ("runs/log-inputs", {"datasets": [{"dataset": DATASET}]}),
    ("runs/outputs", {"models": []}),
    ("runs/log-model", {"model_json": json.dumps(TOLD)}),
]


@pytest.mark.parametrize(("address", "body"), BODIES)
def test_a_run_of_another_project_is_not_found(
    run: Run, other_project: Any, charlie: Any, door: Any, address: str, body: dict[str, Any]
) -> None:
    his = door(f"/api/v4/projects/{other_project.pk}/ml/mlflow/api/2.0/mlflow/", charlie)
    answer = his.post(address, {"run_id": run.uuid, **body})
    assert (answer.status_code, answer.json()["message"]) == (404, f"Run with id={run.uuid} not found")
    assert not DatasetInput.objects.exists()


@pytest.mark.parametrize(("address", "body"), BODIES)
def test_a_deleted_run_takes_nothing(mlflow: Any, run: Run, address: str, body: dict[str, Any]) -> None:
    mlflow.post("runs/delete", {"run_id": run.uuid})
    answer = mlflow.post(address, {"run_id": run.uuid, **body})
    assert answer.status_code == 400
    assert "must be in the 'active' state. Current state is deleted." in answer.json()["message"]
    assert not DatasetInput.objects.exists()


@pytest.mark.parametrize(("address", "body"), BODIES)
def test_a_reader_logs_nothing(mlflow: Any, run: Run, bob: Any, address: str, body: dict[str, Any]) -> None:
    assert mlflow.as_(bob).post(address, {"run_id": run.uuid, **body}).status_code == 403


@pytest.mark.parametrize(
    ("address", "body"),
    [
        ("runs/log-inputs", {"models": [{"model_id": "m"}] * 1001}),
        ("runs/log-inputs", {"datasets": [{"dataset": DATASET}] * 1001}),
        ("runs/outputs", {"models": [{"model_id": "m"}] * 1001}),
    ],
)
def test_more_than_a_thousand_at_once_are_refused(mlflow: Any, run: Run, address: str, body: dict[str, Any]) -> None:
    answer = mlflow.post(address, {"run_id": run.uuid, **body})
    assert answer.status_code == 400
    assert "length <= 1000" in answer.json()["message"]


def test_outputs_need_models(mlflow: Any, run: Run) -> None:
    answer = mlflow.post("runs/outputs", {"run_id": run.uuid})
    assert (answer.status_code, answer.json()["message"]) == (400, "Missing value for required parameter 'models'.")


def test_models_told_of_are_listed_in_a_tag_each_once(mlflow: Any, run: Run) -> None:
    first = {**TOLD, "extra": 1, "flavors": {"f": {"x": 1, "config": {"prompt": "long"}}, "g": "h"}}
    second = {**TOLD, "model_uuid": "u", "artifact_path": "q" * 9000}
    for told_of in (first, first, second, second):
        answer = mlflow.post("runs/log-model", {"run_id": run.uuid, "model_json": json.dumps(told_of)})
        assert (answer.status_code, answer.json()) == (200, {}), answer.content
    history = json.loads(run.tags.get(key="mlflow.log-model.history").value)
    assert history == [
        {**TOLD, "model_uuid": None, "flavors": {"f": {"x": 1}, "g": "h"}},
        {**TOLD, "model_uuid": "u", "artifact_path": "q" * 9000},
    ]


@pytest.mark.parametrize(
    ("model_json", "complaint"),
    [
        ("x", "is not a valid JSON"),
        ("[" * 100_000, "is not a valid JSON"),
        ("[]", "Malformed model info"),
        ("{}", "missing mandatory fields: ['artifact_path', 'flavors', 'run_id', 'utc_time_created']"),
        (json.dumps({**TOLD, "flavors": []}), "Malformed model info"),
        ("", "Missing value for required parameter 'model_json'"),
    ],
)
def test_what_is_no_model_is_refused(mlflow: Any, run: Run, model_json: str, complaint: str) -> None:
    answer = mlflow.post("runs/log-model", {"run_id": run.uuid, "model_json": model_json})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE"), answer.content
    assert complaint in answer.json()["message"]
    assert not run.tags.filter(key="mlflow.log-model.history").exists()


def test_an_overwritten_list_of_models_is_not_lost(mlflow: Any, run: Run) -> None:
    mlflow.post("runs/set-tag", {"run_id": run.uuid, "key": "mlflow.log-model.history", "value": "mine"})
    answer = mlflow.post("runs/log-model", {"run_id": run.uuid, "model_json": json.dumps(TOLD)})
    assert answer.status_code == 400
    assert run.tags.get(key="mlflow.log-model.history").value == "mine"


def test_many_runs_are_told_in_as_many_queries_as_one(
    mlflow: Any, run: Run, model: LoggedModel, django_assert_max_num_queries: Any
) -> None:
    ids = [run.uuid, *(mlflow.post("runs/create").json()["run"]["info"]["run_id"] for _ in range(5))]
    for run_id in ids:
        datasets = [{"dataset": DATASET, "tags": TAGS}, {"dataset": {"name": "e", "digest": "y"}}]
        mlflow.post("runs/log-inputs", {"run_id": run_id, "datasets": datasets, "models": [{"model_id": model.uuid}]})
        mlflow.post("runs/outputs", {"run_id": run_id, "models": [{"model_id": model.uuid}]})
    with django_assert_max_num_queries(11):
        found = mlflow.post("runs/search", {"experiment_ids": ["0"]}).json()["runs"]
    assert len(found) == 6
    assert all(len(one["inputs"]["dataset_inputs"]) == 2 and one["outputs"] for one in found)
