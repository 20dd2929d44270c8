"""A store of the test's own, a run of Alice's, and the door to its project's packages."""

from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from projects.models import Project
from tests.conftest import Door
from tracking.models import Run
from tracking.services import experiments, runs


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
def here(project: Project, alice: User, door: Any) -> Door:
    """What is below the project: `here.get("packages")`."""
    return door(f"/api/v4/projects/{project.pk}/", alice)


def put(door: Door, address: str, content: bytes = b"x") -> Any:
    """The package file that was made of it."""
    answered = door("PUT", f"{address}?select=package_file", content)
    assert answered.status_code == 200, answered.content
    return answered.json()


def content(answered: Any) -> bytes:
    return b"".join(answered.streaming_content)


def kept(place: Path) -> list[Path]:
    """Every object and every leftover in the store."""
    return sorted(file for file in place.rglob("*") if file.is_file())
