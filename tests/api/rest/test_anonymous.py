"""Who shows no token reads what is public, and does not learn of anything else."""

from typing import Any

import pytest

from accounts.models import User
from projects.models import Namespace, Project
from projects.roles import Role, Visibility
from projects.services import members, namespaces, projects

PUBLIC, INTERNAL, PRIVATE = Visibility.PUBLIC, Visibility.INTERNAL, Visibility.PRIVATE


@pytest.fixture
def nobody(rest: Any) -> Any:
    return rest.as_(None)


@pytest.fixture
def open_group(alice: User) -> Namespace:
    """`open`, with a public, an internal and a private subgroup and project."""
    top = namespaces.create_group("open", by=alice, visibility=PUBLIC)
    for level in (PUBLIC, INTERNAL, PRIVATE):
        namespaces.create_group(f"{level.label}s", by=alice, parent=top, visibility=level)
        projects.create(top, by=alice, name=f"{level.label}-project", visibility=level)
    return top


def test_public_groups_are_listed_and_others_are_not(nobody: Any, open_group: Namespace, group: Namespace) -> None:
    assert [one["full_path"] for one in nobody.get("groups").json()] == ["open", "open/publics"]
    assert [one["path"] for one in nobody.get(f"groups/{open_group.pk}/subgroups").json()] == ["publics"]
    assert [one["path"] for one in nobody.get(f"groups/{open_group.pk}/descendant_groups").json()] == ["publics"]
    for of_oneself in ({"owned": "true"}, {"min_access_level": 10}, {"all_available": "false"}):
        assert nobody.get("groups", of_oneself).json() == []


def test_a_public_group_shows_its_public_projects(nobody: Any, open_group: Namespace) -> None:
    shown = nobody.get("groups/open").json()
    assert [one["path"] for one in shown["projects"]] == ["public-project"]
    assert "permissions" not in shown["projects"][0]
    listed = nobody.get(f"groups/{open_group.pk}/projects", {"include_subgroups": "true"}).json()
    assert [one["path"] for one in listed] == ["public-project"]


@pytest.mark.parametrize("level", [INTERNAL, PRIVATE])
def test_another_group_is_as_one_that_does_not_exist(nobody: Any, open_group: Namespace, level: Visibility) -> None:
    hidden, missing = nobody.get(f"groups/open%2F{level.label}s"), nobody.get("groups/open%2Fnothing")
    assert (hidden.status_code, hidden.json()) == (missing.status_code, missing.json())
    assert hidden.json() == {"message": "404 Group Not Found"}


def test_a_public_project_of_a_private_group_does_not_open_the_group(
    nobody: Any, group: Namespace, project: Project
) -> None:
    projects.update(project, visibility=PUBLIC)
    assert nobody.get(f"projects/{project.pk}").status_code == 200
    assert nobody.get(f"groups/{group.pk}").status_code == 404


def test_nothing_is_written_without_a_token(nobody: Any, open_group: Namespace) -> None:
    for method, address in (("POST", "groups"), ("PUT", "groups/open"), ("DELETE", "groups/open")):
        assert nobody(method, address, {"name": "x", "path": "x"}).status_code == 401
    assert nobody.get("groups/open/members").status_code == 401
    assert Namespace.objects.live().filter(path="open", name="open").exists()


def test_a_user_is_found_by_name_when_they_have_a_role_in_something_public(
    nobody: Any, open_group: Namespace, project: Project, bob: User, charlie: User
) -> None:
    for name, found in {"ALICE": ["alice"], "bob": [], "charlie": []}.items():
        assert [one["username"] for one in nobody.get("users", {"username": name}).json()] == found
    own = projects.create(charlie.namespace, by=charlie, name="mine", visibility=PUBLIC)
    assert [one["id"] for one in nobody.get("users", {"username": "charlie"}).json()] == [charlie.pk]
    projects.delete(own)
    assert nobody.get("users", {"username": "charlie"}).json() == []
    members.set_role(bob, open_group, Role.GUEST)
    [shown] = nobody.get("users", {"username": "bob"}).json()
    assert set(shown) == {"id", "username", "name", "state", "locked", "avatar_url", "web_url"}
    User.objects.filter(pk=bob.pk).update(is_active=False)
    assert nobody.get("users", {"username": "bob"}).json() == []


def test_nobody_lists_people(nobody: Any, open_group: Namespace, alice: User) -> None:
    refused = nobody.get("users", {"search": "a"})
    assert refused.status_code == 403
    assert refused.json() == {"message": "403 Forbidden - Not authorized to access /api/v4/users"}
    assert nobody.get(f"users/{alice.pk}").status_code == 401


def test_a_persons_public_projects(nobody: Any, open_group: Namespace, alice: User, charlie: User) -> None:
    for level in (PUBLIC, INTERNAL, PRIVATE):
        projects.create(alice.namespace, by=alice, name=level.label, visibility=level)
    assert [one["path"] for one in nobody.get(f"users/{alice.pk}/projects").json()] == ["public"]
    assert nobody.get(f"users/{charlie.pk}/projects").json() == {"message": "404 User Not Found"}
