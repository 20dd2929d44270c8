"""A run of Alice's, a logged model of it, and the door to artifacts by address."""

from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from projects.models import Project
from tests.conftest import Door
from tracking.models import LoggedModel, Run
from tracking.services import experiments, logged_models, runs


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Any) -> Path:
    """An empty local store."""
    place = tmp_path / "files"
    options = {"location": str(place), "allow_overwrite": True}
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    return place


@pytest.fixture
def run(project: Project, alice: User) -> Run:
    return runs.start(experiments.create(project, "scores", by=alice), by=alice)


@pytest.fixture
def model(run: Run, alice: User) -> LoggedModel:
    return logged_models.create(run.experiment, by=alice, name="net", source_run=run.uuid)


@pytest.fixture
def proxy(project: Project, alice: User, door: Any) -> Door:
    """What is below `mlflow-artifacts/`: `proxy.get("artifacts", {"path": …})`."""
    return door(f"/api/v4/projects/{project.pk}/ml/mlflow/api/2.0/mlflow-artifacts/", alice)


def address(owner: Run | LoggedModel, path: str = "") -> str:
    """Where the proxy has it: `artifacts/<experiment>/<run>/artifacts/<path>`."""
    return "artifacts/" + owner.artifact_uri.removeprefix("mlflow-artifacts:/") + (f"/{path}" if path else "")


def kept(place: Path) -> list[Path]:
    """Every object and every leftover in the store."""
    return [file for file in place.rglob("*") if file.is_file()]
