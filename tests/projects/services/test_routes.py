"""Former paths: found until somebody else takes them."""

from typing import Any

import pytest

from accounts.identity import Identity
from lib.errors import AlreadyExists, NotFound
from projects import policy
from projects.models import Namespace, Project, Redirect, Route
from projects.roles import Ability, GroupAbility
from projects.services import namespaces, projects


def found(path: str, who: Any) -> Project:
    return policy.authorize(Identity(who), Ability.READ_PROJECT, path)


def test_a_renamed_project_is_found_by_its_former_path_in_one_query(
    project: Project, alice: Any, django_assert_num_queries: Any
) -> None:
    projects.update(project, path="swindle")
    with django_assert_num_queries(1):
        again = found("Acme/Fraud", alice)
        assert policy.has_moved(again, "Acme/Fraud")
    assert (again.pk, again.full_path) == (project.pk, "acme/swindle")
    assert not policy.has_moved(again, "ACME/swindle")
    assert not policy.has_moved(again, str(project.pk))


def test_it_is_found_after_every_move_and_nothing_is_left_when_it_comes_back(
    project: Project, alice: Any, group: Namespace
) -> None:
    below = namespaces.create_group("below", by=alice, parent=group)
    projects.update(project, path="one")
    projects.transfer(project, below)
    namespaces.update(group, path="acme2")
    for path in ("acme/fraud", "acme/one", "acme/below/one", "acme2/below/one"):
        assert found(path, alice).pk == project.pk
    namespaces.update(group, path="acme")
    projects.transfer(Project.objects.get(pk=project.pk), Namespace.objects.get(pk=group.pk))
    projects.update(Project.objects.get(pk=project.pk), path="fraud")
    assert Route.objects.get(project=project).path == "acme/fraud"
    assert not Redirect.objects.filter(path="acme/fraud").exists()
    assert not set(Redirect.objects.values_list("path")) & set(Route.objects.values_list("path"))


def test_whoever_takes_a_former_path_has_it(project: Project, alice: Any, group: Namespace) -> None:
    projects.update(project, path="swindle", name="Swindle")
    new = projects.create(group, by=alice, name="Fraud", path="fraud")
    assert found("acme/fraud", alice).pk == new.pk
    assert not Redirect.objects.filter(path="acme/fraud").exists()


def test_a_group_takes_a_projects_former_path_and_keeps_nothing_of_it(
    project: Project, alice: Any, group: Namespace
) -> None:
    projects.update(project, path="swindle")
    namespaces.create_group("fraud", by=alice, parent=group)
    with pytest.raises(NotFound):
        found("acme/fraud", alice)


def test_a_group_moves_with_all_that_lies_below(project: Project, alice: Any, group: Namespace) -> None:
    below = namespaces.create_group("below", by=alice, parent=group)
    namespaces.update(group, path="umbrella")
    assert found("acme/fraud", alice).full_path == "umbrella/fraud"
    again = policy.authorize_group(Identity(alice), GroupAbility.READ_GROUP, "acme/below")
    assert (again.pk, again.full_path) == (below.pk, "umbrella/below")
    assert set(Redirect.objects.values_list("path", flat=True)) == {"acme", "acme/fraud", "acme/below"}


def test_a_refused_move_leaves_nothing_behind(project: Project, alice: Any, group: Namespace) -> None:
    namespaces.create_group("umbrella", by=alice)
    with pytest.raises(AlreadyExists):
        namespaces.update(group, path="umbrella")
    projects.create(group, by=alice, name="Other", path="other")
    with pytest.raises(AlreadyExists):
        projects.update(Project.objects.get(pk=project.pk), path="other")
    assert not Redirect.objects.exists()
    assert found("acme/fraud", alice).pk == project.pk


def test_another_case_of_letters_is_no_move(project: Project, alice: Any) -> None:
    projects.update(project, path="FRAUD")
    assert found("acme/fraud", alice).full_path == "acme/FRAUD"
    assert not Redirect.objects.exists()


def test_a_former_path_tells_strangers_nothing(project: Project, charlie: Any) -> None:
    projects.update(project, path="swindle")
    with pytest.raises(NotFound) as hidden:
        found("acme/fraud", charlie)
    with pytest.raises(NotFound) as missing:
        found("acme/nothing", charlie)
    assert hidden.value.message == missing.value.message


def test_a_deleted_project_is_not_found_by_its_former_path(project: Project, alice: Any) -> None:
    projects.update(project, path="swindle")
    projects.delete(project)
    with pytest.raises(NotFound):
        found("acme/fraud", alice)
