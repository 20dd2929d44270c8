"""Whether a namespace exists, for whoever asks."""

from typing import Any

import pytest

from accounts.models import User
from projects.models import Namespace
from projects.roles import Role, Visibility
from projects.services import members, namespaces, projects


@pytest.fixture
def open_group(alice: User) -> Namespace:
    """Internal, with a private subgroup and a private project."""
    group = namespaces.create_group("open", by=alice, visibility=Visibility.INTERNAL)
    namespaces.create_group("hidden", by=alice, parent=group)
    projects.create(group, by=alice, name="secret")
    return group


@pytest.mark.parametrize("path", ["hidden", "secret"])
def test_what_is_hidden_below_an_open_group_does_not_exist_for_a_stranger(
    open_group: Namespace, charlie: User, door: Any, path: str
) -> None:
    asked = door("/api/v4/", charlie).get(f"namespaces/{path}/exists?parent_id={open_group.pk}")
    nothing = door("/api/v4/", charlie).get(f"namespaces/nothing/exists?parent_id={open_group.pk}")
    assert (asked.status_code, asked.json()) == (200, {"exists": False, "suggests": []}) == (200, nothing.json())


def test_who_may_create_there_is_told_what_is_taken_and_what_is_free(
    open_group: Namespace, bob: User, door: Any
) -> None:
    members.set_role(bob, open_group, Role.MAINTAINER)
    asked = door("/api/v4/", bob).get(f"namespaces/hidden/exists?parent_id={open_group.pk}")
    assert asked.json() == {"exists": True, "suggests": ["hidden1"]}
    free = door("/api/v4/", bob).get(f"namespaces/free/exists?parent_id={open_group.pk}")
    assert free.json() == {"exists": False, "suggests": []}
