"""One of each thing that an address of REST v4 can name, and who may ask for it."""

import pytest

from accounts.models import User
from projects.models import Namespace, Project
from tests.conftest import Door
from tests.furnished import Furnished, furnish


@pytest.fixture
def furnished(rest: Door, project: Project, group: Namespace, alice: User, bob: User, admin: User) -> Furnished:
    return furnish(rest, project, group, alice, bob, admin)
