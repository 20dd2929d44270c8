"""An experiment with a run of everything that pages show."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from projects.models import Project
from tracking.models import Experiment, Run, RunStatus
from tracking.services import artifacts, batches, experiments, inputs, logged_models, runs
from tracking.services.batches import Point


@pytest.fixture
def experiment(project: Project, alice: User) -> Experiment:
    return experiments.create(project, "churn", by=alice, tags=[("team", "risk"), ("mlflow.note.content", "# About")])


@pytest.fixture
def run(experiment: Experiment, alice: User) -> Run:
    tags = {
        "mlflow.source.name": "train.py",
        "mlflow.source.git.commit": "c0ffee",
        "mlflow.note.content": "It **works**",
    }
    run = runs.start(experiment, by=alice, name="first", at=1_700_000_000_000, user_name="al", tags=tags)
    batches.log(
        run,
        metrics=[Point("loss", 1 / (step + 1), 1_700_000_000_000 + step * 1000, step) for step in range(10)],
        params=[("rate", "0.1")],
    )
    inputs.log(
        run, datasets=[inputs.UsedDataset("cards", "abc", "local", "/cards.csv", tags={"mlflow.data.context": "eval"})]
    )
    logged_models.create(experiment, by=alice, name="classifier", source_run=run.uuid)
    return runs.update(run, status=RunStatus.FINISHED, end_time=1_700_000_061_000)


@pytest.fixture
def keep(project: Project, run: Run, alice: User) -> Any:
    """`keep(path, content)` makes an artifact of `run`."""

    def upload(path: str, content: bytes) -> None:
        run.refresh_from_db()
        artifacts.upload(project, f"{run.experiment.iid}/{run.uuid}/artifacts/{path}", [content], by=alice)

    return upload


@pytest.fixture
def signed_in() -> Any:
    """`signed_in(user)` is a browser without JavaScript; None is one in which nobody is signed in."""

    def open_(user: User | None) -> Client:
        browser = Client()
        if user:
            browser.force_login(user)
        return browser

    return open_
