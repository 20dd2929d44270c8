"""A run's files by GitLab's address are its artifacts, and the other way round."""

from typing import Any

import pytest

from accounts.identity import Identity
from accounts.models import User
from packages.models import Package, PackageFile
from packages.services import packages
from registry.services import models, versions
from tests.api.rest.packages.conftest import content, put
from tests.conftest import Door
from tracking.models import Run
from tracking.services import artifacts, experiments, logged_models, runs


def by_mlflow(run: Run) -> str:
    return f"ml/mlflow/api/2.0/mlflow-artifacts/artifacts/{run.experiment.iid}/{run.uuid}/artifacts"


@pytest.fixture(params=["its number", "its id"])
def files_of_run(request: pytest.FixtureRequest, run: Run) -> str:
    return f"packages/ml_models/candidate:{run.iid if request.param == 'its number' else run.uuid}/files"


def test_what_came_by_one_way_is_there_by_all_others(here: Door, mlflow: Door, run: Run, files_of_run: str) -> None:
    put(here, f"{files_of_run}/model/MLmodel", b"by rest")
    assert here("PUT", f"{by_mlflow(run)}/model/weights.bin", b"by mlflow").status_code == 200
    upload = f"{mlflow.root}upload-artifact?run_uuid={run.uuid}&path=model/call.txt"
    headers = {"authorization": f"Bearer {mlflow.token}"}
    assert mlflow.client.post(upload, b"by call", content_type="text/plain", headers=headers).status_code == 200
    expected = {"model/MLmodel": b"by rest", "model/weights.bin": b"by mlflow", "model/call.txt": b"by call"}
    for path, told in expected.items():
        assert content(here.get(f"{files_of_run}/{path}")) == told
        assert content(here.get(f"{by_mlflow(run)}/{path}")) == told
    listed = mlflow.get("artifacts/list", {"run_id": run.uuid, "path": "model"}).json()["files"]
    assert {entry["path"] for entry in listed} == set(expected)
    [package] = here.get("packages").json()
    assert (package["package_type"], package["version"]) == ("ml_run", f"candidate_{run.iid}")
    shown = here.get(f"packages/{package['id']}/package_files").json()
    assert {file["file_name"] for file in shown} == set(expected)


def test_any_name_that_mlflow_gives_has_an_address(here: Door, run: Run, files_of_run: str) -> None:
    path = "with%20space%20%26%20%C3%BCmlaut.txt"
    here("PUT", f"{by_mlflow(run)}/{path}", b"x")
    assert content(here.get(f"{files_of_run}/{path}")) == b"x"
    assert put(here, f"{files_of_run}/{path}", b"y")["file_name"] == "with space & ümlaut.txt"


def test_head_and_ranges(here: Door, files_of_run: str) -> None:
    put(here, f"{files_of_run}/a", b"0123456789")
    assert here("HEAD", f"{files_of_run}/a")["Content-Length"] == "10"
    assert content(here.get(f"{files_of_run}/a", headers={"range": "bytes=-3"})) == b"789"


def test_a_run_without_files_and_no_run(here: Door, run: Run) -> None:
    for version in (f"candidate:{run.iid}", "candidate:999", "candidate:" + "0" * 32, "1"):
        missing = here.get(f"packages/ml_models/{version}/files/a")
        assert (missing.status_code, missing.json()) == (404, {"message": "404 Package Not Found"})
    assert here("PUT", "packages/ml_models/candidate:999/files/a", b"x").status_code == 404
    assert not Package.objects.exists()


def test_another_projects_run_is_not_there(
    here: Door, run: Run, other_project: Any, charlie: Any, files_of_run: str
) -> None:
    there = runs.start(experiments.create(other_project, "scores", by=charlie), by=charlie)
    at = f"{there.experiment.iid}/{there.uuid}/artifacts/a"
    artifacts.upload(other_project, at, [b"theirs"], by=charlie)
    assert here.get(f"packages/ml_models/candidate:{there.uuid}/files/a").status_code == 404
    assert here("PUT", f"packages/ml_models/candidate:{there.uuid}/files/a", b"x").status_code == 404
    assert here.get(f"{files_of_run}/a").status_code == 404  # the same number, in another project


def test_the_runs_job_is_noted_with_each_file(here: Door, mlflow: Door, run: Run, project: Any, alice: Any) -> None:
    tags = {"gitlab.CI_JOB_ID": "7", "gitlab.CI_PIPELINE_ID": "70", "gitlab.CI_PIPELINE_URL": "https://ci/70"}
    for key, value in tags.items():
        mlflow.post("runs/set-tag", {"run_id": run.uuid, "key": key, "value": value})
    run.refresh_from_db()
    file = put(here, f"packages/ml_models/candidate:{run.iid}/files/a")
    [pipeline] = file["pipelines"]
    assert (pipeline["id"], pipeline["project_id"]) == (70, project.pk)
    assert pipeline["web_url"] == "https://ci/70"
    here("PUT", f"{by_mlflow(run)}/b", b"x")
    model = logged_models.create(run.experiment, by=alice, name="net", source_run=run.uuid)
    artifacts.upload(project, f"{run.experiment.iid}/models/{model.uuid}/artifacts/c", [b"x"], by=alice)
    assert [kept.job for kept in PackageFile.objects.all()] == [run.job] * 3
    assert here.get(f"packages/{file['package_id']}/pipelines").json() == [pipeline]
    [told] = here.get("packages", {"package_type": "ml_run"}).json()
    assert (told["pipeline"], told["pipelines"]) == (pipeline, [pipeline])


def test_a_run_outlives_its_package(here: Door, mlflow: Door, run: Run, files_of_run: str) -> None:
    package = put(here, f"{files_of_run}/a")["package_id"]
    assert here("DELETE", f"packages/{package}").status_code == 204
    run.refresh_from_db()
    assert run.package is None
    assert mlflow.get("artifacts/list", {"run_id": run.uuid}).json().get("files", []) == []
    assert here.get(f"{files_of_run}/a").status_code == 404
    assert put(here, f"{files_of_run}/a")["package_id"] != package


def test_a_logged_model_outlives_its_package(project: Any, run: Run, alice: Any) -> None:
    model = logged_models.create(run.experiment, by=alice, name="net", source_run=run.uuid)
    at = f"{run.experiment.iid}/models/{model.uuid}/artifacts/a"
    packages.delete(artifacts.upload(project, at, [b"x"], by=alice).package)
    assert artifacts.at(project, at.removesuffix("/a")) == []
    artifacts.upload(project, at, [b"x"], by=alice)
    assert [entry.path for entry in artifacts.at(project, at.removesuffix("/a"))] == ["a"]


def test_a_model_versions_id_stands_for_the_files_in_its_folder(
    here: Door, project: Any, run: Run, alice: User
) -> None:
    by = Identity(alice)
    model = models.create(project, "fraud", by=by)
    versions.create(model, by=by)
    version = versions.create(model, by=by, run_id=run.uuid, source=f"runs:/{run.uuid}/model")
    address = f"packages/ml_models/{version.pk}/files"
    assert here.get(f"{address}/MLmodel").status_code == 404
    put(here, f"{address}/MLmodel", b"x")
    assert PackageFile.objects.get().path == "model/MLmodel"
    assert content(here.get(f"{address}/MLmodel")) == b"x"
    assert content(here.get("ml/models/fraud/versions/2/files/MLmodel")) == b"x"
    assert here.get(f"{address}/../MLmodel").status_code == 400
    versions.publish(version, by=by)
    assert here("PUT", f"{address}/MLmodel", b"y").status_code == 409
    [package] = here.get("packages").json()
    assert here("DELETE", f"packages/{package['id']}").status_code == 409
    assert content(here.get(f"{address}/MLmodel")) == b"x"


def test_another_projects_version_and_a_prompts_have_no_files(
    here: Door, project: Any, other_project: Any, alice: User, charlie: User
) -> None:
    theirs = versions.create(models.create(other_project, "fraud", by=Identity(charlie)), by=Identity(charlie))
    by = Identity(alice)
    prompt = models.create(project, "hello", by=by, tags=[("mlflow.prompt.is_prompt", "true")])
    for version in (theirs, versions.create(prompt, by=by)):
        for method in ("GET", "PUT"):
            missing = here(method, f"packages/ml_models/{version.pk}/files/a", None if method == "GET" else b"x")
            assert (missing.status_code, missing.json()) == (404, {"message": "404 Package Not Found"})
    assert not PackageFile.objects.exists()
