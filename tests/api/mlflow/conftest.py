"""A registered model of Alice's project, and versions of it, as the API makes them."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.models import ModelVersion, RegisteredModel
from tests.conftest import Door


@pytest.fixture
def fraud(mlflow: Door) -> RegisteredModel:
    answer = mlflow.post("registered-models/create", {"name": "fraud"})
    assert answer.status_code == 200, answer.content
    return RegisteredModel.objects.get(name="fraud")


@pytest.fixture
def new_version(mlflow: Door, fraud: RegisteredModel) -> Callable[..., ModelVersion]:
    """`new_version("1.2.0", tags={…}, …)`: the model's next version, with that semver or the one that is counted."""

    def make(semver: str = "", *, tags: dict[str, str] | None = None, **said: Any) -> ModelVersion:
        wanted = {**(tags or {}), **({"gitlab.version": semver} if semver else {})}
        pairs = [{"key": key, "value": value} for key, value in wanted.items()]
        answer = mlflow.post("model-versions/create", {"name": "fraud", "tags": pairs, **said})
        assert answer.status_code == 200, answer.content
        return ModelVersion.objects.get(model=fraud, number=int(answer.json()["model_version"]["version"]))

    return make


@pytest.fixture
def three(mlflow: Door, new_version: Any) -> list[ModelVersion]:
    """1 is 1.0.0, to which `champion` points; 2 is 1.2.0, the latest; 3 is 2.0.0-rc.1."""
    made = [new_version(semver) for semver in ("1.0.0", "1.2.0", "2.0.0-rc.1")]
    answer = mlflow.post("registered-models/alias", {"name": "fraud", "alias": "champion", "version": "1"})
    assert answer.status_code == 200, answer.content
    return made


# What a version may be called among `three`, and its number.
FORMS = {
    "a number": ("1", 1),
    "a semver": ("1.2.0", 2),
    "a prerelease": ("2.0.0-rc.1", 3),
    "latest": ("latest", 2),
    "an alias": ("champion", 1),
    "a caret": ("^1.0", 2),
    "a tilde": ("~1.0", 1),
    "a bound": (">=2.0.0-a", 3),
    "alternatives": ("9.x || 1.0.x", 1),
}
