"""What a version is backed by stays: its run and the model's experiment, whoever would delete them, from wherever."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from registry.models import ModelVersion
from registry.services import files
from tests.api.mlflow.registered_models.test_models import refused
from tests.conftest import Door
from tracking.models import Experiment, Run
from tracking.services import purge


@pytest.fixture
def version(new_version: Any) -> ModelVersion:
    made: ModelVersion = new_version("1.2.0")
    return made


def both_stay() -> None:
    assert not Run.objects.exclude(deleted_at=None).exists()
    assert not Experiment.objects.exclude(deleted_at=None).exists()


def test_mlflows_api_tells_which_version_needs_the_run(mlflow: Door, version: ModelVersion) -> None:
    reason = refused(mlflow.post("runs/delete", {"run_id": version.run.uuid}), 400, "INVALID_STATE")
    assert "version 1 (1.2.0) of the registered model 'fraud' is backed by it" in reason
    assert "Delete that version first" in reason
    both_stay()


def test_mlflows_api_tells_which_version_needs_the_experiment(mlflow: Door, version: ModelVersion) -> None:
    sent = {"experiment_id": str(version.run.experiment.iid)}
    reason = refused(mlflow.post("experiments/delete", sent), 400, "INVALID_STATE")
    assert "version 1 (1.2.0) of the registered model 'fraud' is backed by it" in reason
    both_stay()


def test_an_experiment_without_versions_is_still_its_models(mlflow: Door, version: ModelVersion) -> None:
    experiment = version.run.experiment
    mlflow("DELETE", "model-versions/delete", {"name": "fraud", "version": "1"})
    reason = refused(mlflow.post("experiments/delete", {"experiment_id": str(experiment.iid)}), 400, "INVALID_STATE")
    assert "belongs to the registered model 'fraud'" in reason
    assert mlflow.post("runs/delete", {"run_id": version.run.uuid}).status_code == 200
    mlflow("DELETE", "registered-models/delete", {"name": "fraud"})
    assert mlflow.post("experiments/delete", {"experiment_id": str(experiment.iid)}).status_code == 200


def test_a_page_says_so_and_is_no_failure(page: Client, version: ModelVersion) -> None:
    answer = page.post(f"/acme/fraud/-/ml/experiments/{version.run.experiment.iid}/delete")
    assert answer.status_code == 409
    assert "is backed by it" in answer.content.decode()
    both_stay()


@pytest.mark.parametrize(("what", "action"), [("run", "delete_runs"), ("experiment", "delete_experiments")])
def test_the_administration_says_so_and_is_no_failure(
    client: Client, admin: User, version: ModelVersion, what: str, action: str
) -> None:
    client.force_login(admin)
    row = version.run if what == "run" else version.run.experiment
    sent = {"action": action, "_selected_action": [row.pk]}
    answer = client.post(f"/admin/tracking/{what}/", sent, follow=True)
    assert answer.status_code == 200
    assert "is backed by it" in answer.content.decode()
    assert "0 changed" in answer.content.decode()
    both_stay()


@pytest.mark.parametrize("what", ["run", "experiment"])
def test_the_administration_has_no_other_way_to_delete(
    client: Client, admin: User, version: ModelVersion, what: str
) -> None:
    client.force_login(admin)
    row = version.run if what == "run" else version.run.experiment
    assert client.post(f"/admin/tracking/{what}/{row.pk}/delete/", {"post": "yes"}).status_code == 403
    both_stay()


def test_a_run_whose_package_is_deleted_still_backs_its_version(
    mlflow: Door, project: Any, version: ModelVersion, alice: User, door: Any, tmp_path: Any
) -> None:
    files.upload(version, "a.txt", [b"x"], by=alice)
    rest = door(f"/api/v4/projects/{project.pk}/", alice)
    [package] = rest.get("packages").json()
    assert (package["package_type"], package["name"], package["version"]) == ("ml_model", "fraud", "1.2.0")
    assert rest("DELETE", f"packages/{package['id']}").status_code == 204
    fresh = ModelVersion.objects.get()
    assert fresh.run.package is None
    assert mlflow.get("model-versions/get", {"name": "fraud", "version": "1"}).status_code == 200
    refused(mlflow.post("runs/delete", {"run_id": version.run.uuid}), 400, "INVALID_STATE")


def test_a_projects_end_takes_all_of_it(rest: Door, project: Any, version: ModelVersion) -> None:
    assert rest("DELETE", f"projects/{project.pk}").status_code == 202
    assert purge.purge(timedelta(0)).projects == 1
    assert not ModelVersion.objects.exists()
    assert not Run.objects.exists()
