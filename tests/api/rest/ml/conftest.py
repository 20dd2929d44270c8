"""A model with versions, and a door to `projects/:id/ml/`."""

from typing import Any

import pytest

from accounts.identity import Identity
from registry.services import models, versions
from tracking.models import Run
from tracking.services import experiments, runs


@pytest.fixture
def ml(project: Any, alice: Any, door: Any) -> Any:
    """`ml.get("models")`, called by Alice, who owns the project."""
    return door(f"/api/v4/projects/{project.pk}/ml/", alice)


@pytest.fixture
def by(alice: Any) -> Identity:
    return Identity(alice)


@pytest.fixture
def model(project: Any, by: Identity) -> Any:
    return models.create(project, "fraud", by=by, description="Who cheats?")


@pytest.fixture
def released(model: Any, by: Identity) -> list[Any]:
    """1.0.0, 1.2.0, 2.0.0-rc.1 and, an older line's fix, 1.0.1: numbers 1 to 4."""
    return [versions.create(model, by=by, semver=semver) for semver in ("1.0.0", "1.2.0", "2.0.0-rc.1", "1.0.1")]


@pytest.fixture
def run(project: Any, alice: Any) -> Run:
    return runs.start(experiments.create(project, "training", by=alice), by=alice, name="best")
