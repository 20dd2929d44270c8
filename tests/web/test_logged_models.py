"""The page of a logged model."""

import os
import pickle
from typing import Any

import pytest
from django.test import Client

from accounts.identity import Identity
from accounts.models import User
from projects.models import Project
from registry.services import models, versions
from tracking.models import LoggedModel, Run
from tracking.services import artifacts, batches, logged_models
from tracking.services.batches import Point


class Evil:
    def __reduce__(self) -> Any:
        return os.system, ("true",)


@pytest.fixture
def logged(project: Project, run: Run, alice: User) -> LoggedModel:
    return project.logged_models.get()


def address(logged: LoggedModel) -> str:
    return f"/acme/fraud/-/ml/logged_models/{logged.uuid}"


def keep(project: Project, logged: LoggedModel, path: str, content: bytes, by: User) -> None:
    artifacts.upload(project, f"{logged.experiment.iid}/models/{logged.uuid}/artifacts/{path}", [content], by=by)


def test_it_tells_what_the_model_is_and_where_it_came_from(
    page: Client, project: Project, run: Run, logged: LoggedModel, alice: User
) -> None:
    logged_models.set_tags(logged, [("team", "risk")])
    logged_models.log_params(logged, [("depth", "7")])
    batches.log(run, metrics=[Point("auc", 0.75, 1, 3, model=logged.uuid)])
    model = models.create(project, "scores", by=Identity(alice))
    versions.create(model, by=Identity(alice), model_id=logged.uuid, semver="1.2.0")
    told = page.get(address(logged)).content.decode()
    for said in ("risk", "depth", "auc", "0.75", "1.2.0", f"models:/{logged.uuid}", f"/ml/runs/{run.iid}"):
        assert said in told
    linked = page.get(f"/acme/fraud/-/ml/runs/{run.iid}").content.decode()
    assert f'href="{address(logged)}"' in linked


@pytest.mark.django_db(transaction=True)
def test_what_is_dangerous_is_said_beside_the_file(
    page: Client, project: Project, logged: LoggedModel, alice: User
) -> None:
    keep(project, logged, "data/model.pkl", pickle.dumps(Evil()), alice)
    told = page.get(address(logged), {"path": "data/model.pkl"}).content.decode()
    assert "can run programs on your machine" in told
    raw = page.get(f"{address(logged)}/files/raw/data/model.pkl")
    assert b"".join(raw.streaming_content) == pickle.dumps(Evil())  # type: ignore[attr-defined]
    assert raw["Content-Disposition"].startswith("attachment")


def test_another_projects_model_and_a_deleted_one_are_not_there(
    page: Client, signed_in: Any, logged: LoggedModel, other_project: Project, charlie: User
) -> None:
    theirs = f"/{other_project.full_path}/-/ml/logged_models/{logged.uuid}"
    assert signed_in(charlie).get(theirs).status_code == 404
    logged_models.delete(logged)
    assert page.get(address(logged)).status_code == 404
