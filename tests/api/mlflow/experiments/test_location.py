"""An experiment's own place for its files: below an allowed root and the project's id, or nowhere."""

from typing import Any

import pytest

from projects.models import Project
from tests.conftest import Door


@pytest.fixture
def allowed(settings: Any, project: Project) -> str:
    settings.ARTIFACT_LOCATIONS = ["s3://bucket/prefix"]
    return f"s3://bucket/prefix/{project.pk}"


def create(mlflow: Door, location: Any) -> Any:
    return mlflow.post("experiments/create", {"name": "e", "artifact_location": location})


@pytest.mark.parametrize("below", ["", "/", "/team", "/team/x=1/a.b_c-d"])
def test_runs_and_models_lie_below_it(mlflow: Door, allowed: str, below: str) -> None:
    made = create(mlflow, allowed + below)
    assert made.status_code == 200
    experiment_id = made.json()["experiment_id"]
    place = (allowed + below).removesuffix("/")
    found = mlflow.get("experiments/get", {"experiment_id": experiment_id}).json()["experiment"]
    assert found["artifact_location"] == place
    run = mlflow.post("runs/create", {"experiment_id": experiment_id}).json()["run"]["info"]
    assert run["artifact_uri"] == f"{place}/{run['run_id']}/artifacts"
    model = mlflow.post("logged-models", {"experiment_id": experiment_id, "name": "m"}).json()["model"]["info"]
    assert model["artifact_uri"] == f"{place}/models/{model['model_id']}/artifacts"
    asked = {"experiment_ids": [experiment_id], "filter": f"attributes.artifact_uri = '{run['artifact_uri']}'"}
    assert len(mlflow.post("runs/search", asked).json()["runs"]) == 1


@pytest.mark.parametrize(
    "location",
    [
        "file:///etc",
        "file:{allowed}",
        "/etc",
        "etc",
        "http://bucket/prefix/1",
        "gs://bucket/prefix/1",
        "mlflow-artifacts:/0",
        "mlflow-artifacts:/../0",
        "S3://bucket/prefix/{id}",
        "s3://",
        "s3://bucket",
        "s3://bucket/prefix",
        "s3://bucket/prefix/",
        "s3://bucket/prefix-evil/{id}",
        "s3://bucket/prefix-evil",
        "s3://other/prefix/{id}",
        "s3://bucket/other/{id}",
        "s3://bucket/prefix/{other}",
        "{allowed}0",
        "{allowed}/..",
        "{allowed}/../{other}",
        "{allowed}/./x",
        "{allowed}//x",
        "{allowed}/%2e%2e/{other}",
        "{allowed}/a%2fb",
        "{allowed}/a\\..\\b",
        "{allowed}?versionId=1",
        "{allowed}/a?b",
        "{allowed}#x",
        "{allowed}/a#/../../{other}",
        "{allowed};x",
        "{allowed}/a b",
        "{allowed}/a\n",
        "{allowed}/a\u202e",
        "{allowed}/\u00e9",
        "s3://user:secret@bucket/prefix/{id}",
        "s3://bucket@evil/prefix/{id}",
        "s3://bucket:80/prefix/{id}",
        " {allowed}",
        "{allowed} ",
        "{allowed}/" + "x" * 1000,
    ],
)
def test_any_other_is_refused_with_what_is_allowed(
    mlflow: Door, allowed: str, project: Project, other_project: Project, location: str
) -> None:
    answer = create(mlflow, location.format(allowed=allowed, id=project.pk, other=other_project.pk))
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert f"it must be {allowed}," in answer.json()["message"]
    assert not project.experiments.filter(name="e").exists()


def test_without_any_allowed_root_none_is(mlflow: Door) -> None:
    answer = create(mlflow, "s3://bucket/prefix/1")
    assert answer.status_code == 400
    assert "this server allows none" in answer.json()["message"]


def test_files_cannot_be_put_past_the_location(mlflow: Door, allowed: str) -> None:
    experiment_id = create(mlflow, allowed).json()["experiment_id"]
    run_id = mlflow.post("runs/create", {"experiment_id": experiment_id}).json()["run"]["info"]["run_id"]
    below = Door(mlflow.root.replace("mlflow/api/2.0/mlflow/", "mlflow/api/2.0/"), mlflow.token, mlflow.client)
    place = f"{experiment_id}/{run_id}/artifacts"
    for verb, path, body in [
        ("PUT", f"mlflow-artifacts/artifacts/{place}/a", b"x"),
        ("GET", f"mlflow-artifacts/artifacts/{place}/a", None),
        ("POST", f"mlflow-artifacts/mpu/create/{place}", {"path": "a"}),
        ("GET", f"mlflow-artifacts/presigned/{place}/a", None),
    ]:
        answer = below(verb, path, body)
        assert answer.status_code == 404
        assert allowed in answer.json()["message"]
    answer = mlflow("POST", f"upload-artifact?run_id={run_id}&path=a", b"x")
    assert answer.status_code == 400
