"""A project as its owner, a maintainer and a developer were authorized for it."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.identity import Identity
from accounts.models import User
from projects import policy
from projects.models import Project
from projects.roles import Ability
from registry.models import ModelVersion, RegisteredModel
from registry.services import models, versions


@pytest.fixture
def by(alice: User) -> Identity:
    return Identity(alice)


@pytest.fixture
def authorized(project: Project) -> Callable[[User], Project]:
    return lambda user: policy.authorize(Identity(user), Ability.WRITE_MODELS, project.pk)


@pytest.fixture
def model(project: Project, by: Identity) -> RegisteredModel:
    return models.create(project, "fraud", by=by)


@pytest.fixture
def version(model: RegisteredModel, by: Identity) -> ModelVersion:
    return versions.create(model, by=by)


@pytest.fixture
def many(model: RegisteredModel) -> Any:
    """10,000 versions, a tenth of them prereleases."""
    from semver import Version

    from registry.semver import precedence

    def row(number: int) -> ModelVersion:
        patch, prerelease = number % 100, "rc.1" if number % 10 == 0 else None
        semver = Version(1 + number // 1000, number // 100 % 10, patch, prerelease)
        return ModelVersion(
            model=model,
            number=number,
            semver=str(semver),
            precedence=precedence.of(semver),
            is_prerelease=bool(prerelease),
        )

    ModelVersion.objects.bulk_create((row(number) for number in range(1, 10_001)), batch_size=1000)
    return model
