from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from lib.errors import AlreadyExists, InvalidInput, Refusal
from projects import paths
from projects.models import Member, Namespace, NamespaceLink, Project, Route
from projects.roles import Role
from projects.services import namespaces, projects, users


def test_a_user_owns_a_namespace_of_their_name(alice: Any) -> None:
    assert (alice.namespace.full_path, alice.namespace.is_group) == ("alice", False)
    assert Member.objects.get(namespace=alice.namespace).role == Role.OWNER


@pytest.mark.parametrize("username", ["api", "Admin", "static", "users", "groups"])
def test_a_user_cannot_be_called_like_a_page_and_leaves_nothing_behind(db: None, username: str) -> None:
    with pytest.raises(InvalidInput, match="reserved"):
        users.create(username)
    assert not User.objects.exists()


def test_users_and_groups_share_their_names(alice: Any, group: Any) -> None:
    with pytest.raises(AlreadyExists):
        namespaces.create_group("Alice", by=alice)
    with pytest.raises(AlreadyExists):
        users.create("ACME")
    assert (Namespace.objects.count(), User.objects.count()) == (2, 1)


def test_a_group_knows_all_above_it(group: Any, alice: Any) -> None:
    sub = namespaces.create_group("sub", by=alice, parent=group)
    deep = namespaces.create_group("deep", by=alice, parent=sub)
    above = NamespaceLink.objects.filter(descendant=deep).values_list("ancestor__path", flat=True)
    assert (deep.full_path, set(above)) == ("acme/sub/deep", {"acme", "sub", "deep"})


def test_a_subgroup_and_a_project_cannot_share_a_path(group: Any, project: Any, alice: Any) -> None:
    with pytest.raises(AlreadyExists):
        namespaces.create_group("FRAUD", by=alice, parent=group)
    namespaces.create_group("sub", by=alice, parent=group)
    with pytest.raises(AlreadyExists) as refused:
        projects.create(group, by=alice, name="Another", path="Sub")
    assert refused.value.field == "path"
    assert Project.objects.count() == 1


def test_a_persons_namespace_holds_no_groups(alice: Any) -> None:
    with pytest.raises(InvalidInput, match="parent must be a group"):
        namespaces.create_group("sub", by=alice, parent=alice.namespace)


def test_the_same_path_in_another_namespace_is_another(project: Any, other_project: Any) -> None:
    assert {project.full_path, other_project.full_path} == {"acme/fraud", "charlie/fraud"}


def test_a_name_is_taken_within_its_namespace_only_and_whatever_its_case(group: Any, project: Any, alice: Any) -> None:
    with pytest.raises(AlreadyExists) as refused:
        projects.create(group, by=alice, name="FRAUD", path="other")
    assert refused.value.field == "name"
    projects.create(alice.namespace, by=alice, name="Fraud")


@pytest.mark.parametrize("path", sorted(paths.RESERVED_FOR_PROJECTS))
def test_what_stands_below_a_project_in_a_url_is_no_projects_path(group: Any, alice: Any, path: str) -> None:
    for create in (
        lambda: projects.create(group, by=alice, path=path.upper()),
        lambda: namespaces.create_group(path, by=alice, parent=group),
    ):
        with pytest.raises(InvalidInput):
            create()


@pytest.mark.parametrize("path", sorted(paths.RESERVED_AT_TOP))
def test_what_stands_at_the_top_of_a_url_is_no_groups_path(alice: Any, path: str) -> None:
    with pytest.raises(InvalidInput):
        namespaces.create_group(path, by=alice)


@pytest.mark.parametrize(
    "path", ["", "a b", "-a", ".a", "a.", "a/b", "é", "a.git", "a.atom", "a\n", "a\x00", "x" * 256]
)
def test_a_path_that_cannot_stand_in_a_url(group: Any, alice: Any, path: str) -> None:
    with pytest.raises(InvalidInput):
        namespaces.create_group(path, by=alice)
    with pytest.raises(InvalidInput):
        projects.create(group, by=alice, path=path)
    assert Route.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "path"),
    [("Fraud détection!", "fraud-detection"), ("  a  b  ", "a-b"), ("v1.2", "v1.2"), ("Ümlaut_x", "umlaut_x")],
)
def test_a_path_follows_from_the_name(group: Any, alice: Any, name: str, path: str) -> None:
    assert projects.create(group, by=alice, name=name).path == path


@pytest.mark.parametrize("name", ["", "日本", "!!!"])
def test_a_name_without_anything_for_a_url_needs_a_path(group: Any, alice: Any, name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        projects.create(group, by=alice, name=name)
    assert refused.value.field == "path"
    assert projects.create(group, by=alice, name=name, path="given").path == "given"


def test_a_full_path_has_a_limit(alice: Any, group: Any) -> None:
    below = group
    for _ in range(3):
        below = namespaces.create_group("x" * 255, by=alice, parent=below)
    with pytest.raises(InvalidInput, match="1024"):
        namespaces.create_group("x" * 255, by=alice, parent=namespaces.create_group("y" * 200, by=alice, parent=below))


def test_a_deleted_projects_path_and_name_are_free_again(project: Any, group: Any, alice: Any) -> None:
    projects.delete(project)
    projects.delete(project)
    again = projects.create(group, by=alice, name="Fraud", path="fraud")
    assert again.pk != project.pk
    assert Project.objects.live().addressed("acme/fraud").get() == again
    project.refresh_from_db()
    assert str(project) == "fraud"
    assert project.deleted_at is not None
    assert project.experiments.exists()


def test_nothing_is_left_of_a_project_that_could_not_be_furnished(group: Any, alice: Any, settings: Any) -> None:
    settings.ON_PROJECT_CREATED = [*settings.ON_PROJECT_CREATED, "tests.projects.services.broken.furnish"]
    with pytest.raises(ModuleNotFoundError):
        projects.create(group, by=alice, name="x")
    assert not Project.objects.exists()
    assert not Route.objects.filter(project__isnull=False).exists()


def all_at_once(act: Callable[[int], Any]) -> list[Any]:
    """What each of eight threads got: a row, or the kind of refusal."""

    def one(number: int) -> Any:
        try:
            return act(number)
        except Refusal as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        return list(threads.map(one, range(8)))


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_one_path_one_gets_it(group: Any, alice: Any) -> None:
    got = all_at_once(lambda number: projects.create(group, by=alice, name=f"n{number}", path="wanted"))
    assert got.count(AlreadyExists) == 7
    assert Project.objects.count() == Route.objects.filter(project__isnull=False).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_who_want_one_name_one_gets_it(group: Any, alice: Any) -> None:
    got = all_at_once(lambda number: projects.create(group, by=alice, name="wanted", path=f"p{number}"))
    assert got.count(AlreadyExists) == 7
    assert Project.objects.count() == Route.objects.filter(project__isnull=False).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_user_and_a_group_race_for_a_name(alice: Any) -> None:
    def either(number: int) -> Any:
        return users.create("wanted") if number % 2 else namespaces.create_group("Wanted", by=alice)

    got = all_at_once(either)
    assert got.count(AlreadyExists) == 7
    assert Route.objects.filter(path__iexact="wanted").count() == 1
