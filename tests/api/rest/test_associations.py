"""What a token reaches. https://docs.gitlab.com/api/personal_access_tokens/#list-all-token-associations"""

from typing import Any

from accounts.models import User
from projects.models import Namespace, Project
from projects.roles import Role, Visibility
from projects.services import members, namespaces, projects

ADDRESS = "personal_access_tokens/self/associations"


def test_groups_and_projects_with_the_role_in_each(rest: Any, project: Project, group: Namespace, bob: User) -> None:
    inner = namespaces.create_group("inner", by=User.objects.get(username="alice"), parent=group)
    members.set_role(bob, group, Role.DEVELOPER)
    told = rest.as_(bob).get(ADDRESS).json()
    assert [(one["id"], one["access_levels"], one["parent_id"]) for one in told["groups"]] == [
        (group.pk, 30, None),
        (inner.pk, 30, group.pk),
    ]
    [shown] = told["projects"]
    assert (shown["id"], shown["path_with_namespace"]) == (project.pk, "acme/fraud")
    assert shown["access_levels"] == {"project_access_level": 20, "group_access_level": 30}
    assert (shown["visibility"], shown["namespace"]["full_path"]) == ("private", "acme")


def test_what_everybody_may_see_is_none(rest: Any, project: Project, group: Namespace, charlie: User) -> None:
    projects.update(project, visibility=Visibility.PUBLIC)
    namespaces.update(group, visibility=Visibility.PUBLIC)
    assert rest.as_(charlie).get(ADDRESS).json() == {"groups": [], "projects": []}


def test_a_least_role_and_pages(rest: Any, project: Project, bob: User, alice: User) -> None:
    for number in range(3):
        members.set_role(bob, projects.create(alice.namespace, by=alice, name=f"p{number}"), Role.MAINTAINER)
    door = rest.as_(bob)
    assert len(door.get(ADDRESS).json()["projects"]) == 4
    assert len(door.get(ADDRESS, {"min_access_level": 40}).json()["projects"]) == 3
    pages = [door.get(ADDRESS, {"per_page": 3, "page": page}).json()["projects"] for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [3, 1, 0]


def test_any_scope_will_do_as_it_is_about_the_token_itself(rest: Any, project: Project, bob: User) -> None:
    assert len(rest.as_(bob, "read_packages").get(ADDRESS).json()["projects"]) == 1
