from typing import Any

import pytest

from packages.models import ProjectStorage
from projects.models import Project, Route
from projects.roles import Role, Visibility
from projects.services import members, namespaces, projects


@pytest.mark.parametrize("address", ["{id}", "acme/fraud", "acme%2Ffraud", "ACME%2fFraud"])
def test_by_id_or_by_path(rest: Any, project: Any, address: str) -> None:
    found = rest.get(f"projects/{address.format(id=project.pk)}")
    assert (found.status_code, found.json()["id"]) == (200, project.pk)


def test_below_subgroups_at_any_depth(rest: Any, alice: Any, group: Any) -> None:
    for path in ("one", "two", "three"):
        group = namespaces.create_group(path, by=alice, parent=group, name=path.title())
    projects.create(group, by=alice, name="Deep")
    shown = rest.get("projects/acme%2Fone%2Ftwo%2Fthree%2Fdeep").json()
    assert shown["name_with_namespace"] == "Acme / One / Two / Three / Deep"
    assert shown["namespace"]["full_path"] == "acme/one/two/three"


def test_a_hidden_project_and_none_look_alike(rest: Any, project: Any, charlie: Any) -> None:
    addresses = (project.pk, "acme%2Ffraud", 10**9, 10**25, "no%2Fwhere", "acme")
    answers = {rest.as_(charlie).get(f"projects/{address}").content for address in addresses}
    assert answers == {b'{"message":"404 Project Not Found"}'}


def test_the_callers_role_is_shown_where_it_comes_from(rest: Any, project: Any, group: Any, bob: Any) -> None:
    members.set_role(bob, group, Role.GUEST)
    shown = rest.as_(bob).get(f"projects/{project.pk}").json()["permissions"]
    assert (shown["project_access"]["access_level"], shown["group_access"]["access_level"]) == (20, 10)


def test_a_public_project_is_shown_to_a_visitor_without_its_settings(rest: Any, project: Any) -> None:
    assert rest.as_(None).get(f"projects/{project.pk}").status_code == 404
    Project.objects.update(visibility=Visibility.INTERNAL)
    assert rest.as_(None).get(f"projects/{project.pk}").status_code == 404
    Project.objects.update(visibility=Visibility.PUBLIC)
    shown = rest.as_(None).get(f"projects/{project.pk}")
    assert shown.status_code == 200
    assert "permissions" not in shown.json()


def test_an_owner_deletes_and_the_path_is_free_again(rest: Any, project: Any, group: Any) -> None:
    gone = rest("DELETE", f"projects/{project.pk}")
    assert (gone.status_code, gone.json()) == (202, {"message": "202 Accepted"})
    project.refresh_from_db()
    assert project.deleted_at is not None
    assert not Route.objects.filter(path="acme/fraud").exists()
    for address in (project.pk, "acme%2Ffraud"):
        assert rest.get(f"projects/{address}").status_code == 404
    again = rest.post("projects", {"name": "Fraud", "path": "fraud", "namespace_id": group.pk})
    assert again.status_code == 201
    assert rest.get("projects/acme%2Ffraud").json()["id"] == again.json()["id"] != project.pk


@pytest.mark.parametrize("role", [Role.REPORTER, Role.DEVELOPER, Role.MAINTAINER])
def test_lesser_roles_may_not_delete(rest: Any, project: Any, bob: Any, role: Role) -> None:
    members.set_role(bob, project, role)
    assert rest.as_(bob)("DELETE", f"projects/{project.pk}").status_code == 403
    assert Project.objects.live().exists()


def test_finding_one_costs_few_queries(rest: Any, project: Any, django_assert_max_num_queries: Any) -> None:
    rest.get("user")
    with django_assert_max_num_queries(6):
        rest.get(f"projects/{project.pk}")


def test_statistics_say_what_is_kept_and_what_may_be(rest: Any, project: Project, settings: Any) -> None:
    settings.PROJECT_STORAGE_LIMIT, settings.NAMESPACE_STORAGE_LIMIT = 0, 100
    ProjectStorage.objects.filter(project=project).update(used=7, file_size_limit=5)
    assert "statistics" not in rest.get(f"projects/{project.pk}").json()
    shown = rest.get(f"projects/{project.pk}", {"statistics": "true"}).json()["statistics"]
    assert (shown["storage_size"], shown["packages_size"], shown["repository_size"]) == (7, 7, 0)
    assert (shown["storage_limit"], shown["file_size_limit"]) == (None, 5)
    assert (shown["namespace_storage_size"], shown["namespace_storage_limit"]) == (7, 100)


def test_statistics_are_for_reporters(rest: Any, project: Project, bob: Any, settings: Any) -> None:
    settings.NAMESPACE_STORAGE_LIMIT = 100
    asked = f"projects/{project.pk}?statistics=true"
    shown = rest.as_(bob).get(asked).json()["statistics"]
    assert (shown["storage_size"], shown["namespace_storage_size"]) == (0, None)
    members.set_role(bob, project, Role.GUEST)
    assert "statistics" not in rest.as_(bob).get(asked).json()
    Project.objects.update(visibility=Visibility.PUBLIC)
    assert "statistics" not in rest.as_(None).get(asked).json()
