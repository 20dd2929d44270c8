"""A run becomes a version of a model, by a form."""

from typing import Any

import pytest
from django.test import Client

from accounts.identity import Identity
from accounts.models import User
from projects.models import Project
from registry.models import ModelVersion, RegisteredModel
from registry.services import models, versions
from tests.web.registered import LIST, ML_MODEL
from tracking.models import Experiment, Run
from tracking.services import artifacts, logged_models, runs


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


@pytest.fixture
def where(run: Run, keep: Any) -> str:
    keep("plain/a.txt", b"x")
    keep("trained/MLmodel", ML_MODEL)
    return f"/acme/fraud/-/ml/runs/{run.iid}/promote"


def test_the_run_and_its_logged_model_lead_to_the_form(page: Client, where: str, run: Run, project: Project) -> None:
    told = text(page.get(f"/acme/fraud/-/ml/runs/{run.iid}"))
    assert f'href="{where}"' in told
    assert f'href="{where}?files=model:{project.logged_models.get().uuid}"' in told
    address = f"/acme/fraud/-/ml/candidates/{run.iid}/promote"
    assert page.get(address)["Location"] == where


def test_the_form_offers_what_can_be_loaded_first(page: Client, where: str, project: Project) -> None:
    model = project.logged_models.get().uuid
    assert f'value="model:{model}" checked' in text(page.get(where))
    project.logged_models.update(deleted_at=1)
    told = text(page.get(where))
    assert model not in told
    assert 'value="folder:trained" checked' in told
    assert 'value="folder:plain"' in told


def test_a_model_is_made_with_its_first_version(page: Client, where: str, run: Run, project: Project) -> None:
    filled = {"model": "churn", "semver": "1.2.0", "files": "folder:trained", "description": "*good*"}
    assert page.post(where, filled)["Location"] == f"{LIST}/churn/versions/1"
    made = ModelVersion.objects.get()
    assert (made.model.name, made.semver, made.is_explicit) == ("churn", "1.2.0", True)
    assert (made.run, made.folder, made.source) == (run, "trained", f"runs:/{run.uuid}/trained")
    assert made.description == "*good*"


def test_a_logged_model_becomes_a_version(page: Client, where: str, run: Run, project: Project) -> None:
    logged = project.logged_models.get()
    address = f"{run.experiment.iid}/models/{logged.uuid}/artifacts/MLmodel"
    artifacts.upload(project, address, [ML_MODEL], by=logged.creator or run.creator)  # type: ignore[arg-type]
    page.post(where, {"model": "churn", "files": f"model:{logged.uuid}"})
    made = ModelVersion.objects.get()
    assert (made.logged_model, made.run, made.semver) == (logged, run, "1.0.0")
    assert "churn 1.0.0" in text(page.get(f"/acme/fraud/-/ml/runs/{run.iid}"))


def test_all_artifacts_may_be_the_versions_files(page: Client, where: str, run: Run) -> None:
    page.post(where, {"model": "churn", "files": "folder:"})
    made = ModelVersion.objects.get()
    assert (made.run, made.folder, made.source) == (run, "", f"runs:/{run.uuid}")


def test_the_hint_is_the_servers_and_needs_no_script(page: Client, where: str, project: Project, alice: User) -> None:
    versions.create(models.create(project, "churn", by=Identity(alice)), by=Identity(alice), semver="1.4.0")
    assert "A version is added to this model." in text(page.get(where, {"model": "churn"}))
    assert "<strong>1.4.1</strong>" in text(page.get(where, {"model": "churn"}))
    checked = text(page.post(where, {"model": "churn", "semver": "1.4.0", "check": "1", "description": "mine"}))
    assert "Version 1.4.0 exists already." in checked
    assert "mine" in checked
    assert "There is no such model yet" in text(page.get(where, {"model": "new one"}))
    assert ModelVersion.objects.count() == 1


@pytest.mark.parametrize(
    ("filled", "status"),
    [
        ({"model": ""}, 400),
        ({"model": "a/b"}, 400),
        ({"model": "churn", "semver": "v1"}, 400),
        ({"model": "churn", "files": "folder:../x"}, 400),
        ({"model": "churn", "files": "folder:/etc"}, 400),
        ({"model": "churn", "files": "model:m-" + "0" * 32}, 400),
        ({"model": "churn", "files": "rubbish"}, 400),
        ({"model": "churn", "files": "folder:nothing"}, 400),
    ],
)
def test_what_cannot_be_promoted_makes_neither_model_nor_version(
    page: Client, where: str, filled: dict[str, str], status: int
) -> None:
    answer = page.post(where, {"description": "my words", **filled})
    assert answer.status_code == status
    assert b"my words" in answer.content
    assert not RegisteredModel.objects.exists()


def test_a_prompts_name_is_not_a_models(page: Client, where: str, project: Project, alice: User) -> None:
    models.create(project, "greeting", by=Identity(alice), tags=[("mlflow.prompt.is_prompt", "true")])
    assert page.post(where, {"model": "greeting"}).status_code == 409
    assert not ModelVersion.objects.exists()


def test_a_deleted_run_is_not_promoted(page: Client, where: str, run: Run) -> None:
    runs.delete(run)
    assert page.post(where, {"model": "churn"}).status_code in (400, 404, 409)
    assert not RegisteredModel.objects.exists()
    assert "promote" not in text(page.get(f"/acme/fraud/-/ml/runs/{run.iid}"))


def test_files_of_another_run_are_not_taken(page: Client, where: str, experiment: Experiment, alice: User) -> None:
    other = runs.start(experiment, by=alice, name="other", at=1)
    theirs = logged_models.create(experiment, by=alice, name="theirs", source_run=other.uuid)
    answer = page.post(where, {"model": "churn", "files": f"model:{theirs.uuid}"})
    assert answer.status_code == 400
    assert not RegisteredModel.objects.exists()
