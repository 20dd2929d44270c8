from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from projects.models import Namespace, Project
from projects.roles import Role, Visibility
from projects.services import members, namespaces, projects

EDIT = "/groups/acme/-/edit"


def test_a_group_shows_what_the_visitor_may_see_of_it(
    group: Namespace, project: Project, alice: User, bob: User, signed_in: Any
) -> None:
    projects.create(group, by=alice, name="Secret", path="secret")
    namespaces.create_group("hidden", by=alice, parent=group)
    namespaces.create_group("open", by=alice, parent=group, visibility=Visibility.INTERNAL)
    shown = signed_in(alice).get("/groups/acme").content.decode()
    assert all(name in shown for name in ("Fraud", "Secret", "acme/hidden", "acme/open", "New project"))
    # Bob is a member of one project alone.
    shown = signed_in(bob).get("/groups/acme").content.decode()
    assert "Fraud" in shown
    assert "acme/open" in shown
    assert not any(word in shown for word in ("Secret", "acme/hidden", "New project"))


def test_a_group_has_gitlabs_short_address_as_well(page: Client, group: Namespace, alice: User, charlie: User) -> None:
    below = namespaces.create_group("below", by=alice, parent=group)
    assert page.get("/acme")["Location"] == "/groups/acme"
    assert page.get("/acme/below", follow=True).redirect_chain == [("/groups/acme/below", 302)]
    page.force_login(charlie)
    for path in ("/acme", "/acme/below", "/nothing", "/nothing/below"):
        assert page.get(path).status_code == 404
    assert below.pk


def test_my_groups_are_listed_with_my_role(page: Client, group: Namespace, alice: User, charlie: User) -> None:
    namespaces.create_group("foreign", by=charlie, visibility=Visibility.INTERNAL)
    namespaces.create_group("below", by=alice, parent=group)
    shown = page.get("/dashboard/groups").content.decode()
    assert "acme/below" in shown
    assert "foreign" not in shown
    assert "Owner" in shown
    assert "Nothing found" in page.get("/dashboard/groups?q=zzz").content.decode()


def test_everything_is_saved_and_shown_again(page: Client, group: Namespace) -> None:
    assert b'value="0" checked' in page.get(EDIT).content
    page.post(EDIT, {"name": "Umbrella", "description": "Rain", "visibility": "20"})
    group.refresh_from_db()
    assert (group.name, group.description, group.visibility) == ("Umbrella", "Rain", 20)
    assert b'value="20" checked' in page.get(EDIT).content


@pytest.mark.parametrize(
    ("sent", "said"),
    [({"name": ""}, "Name must have 1 to 255 characters"), ({"visibility": "5"}, "Visibility must be one of")],
)
def test_what_is_wrong_stands_beside_its_field(page: Client, group: Namespace, sent: Any, said: str) -> None:
    answer = page.post(EDIT, {"name": "Acme", "description": "typed before", "visibility": "0", **sent})
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert "typed before" in answer.content.decode()
    group.refresh_from_db()
    assert group.description == ""


def test_a_group_moves_with_what_lies_below_and_old_addresses_lead_there(
    page: Client, group: Namespace, project: Project
) -> None:
    assert page.post(f"{EDIT}/path", {"path": "umbrella"})["Location"] == "/groups/umbrella/-/edit"
    assert Project.objects.get(pk=project.pk).full_path == "umbrella/fraud"
    assert page.get("/groups/acme/-/group_members?q=a")["Location"] == "/groups/umbrella/-/group_members?q=a"
    assert page.get("/acme/fraud/-/ml/models")["Location"] == "/umbrella/fraud/-/ml/models"


def test_a_deletion_is_confirmed_by_typing(page: Client, group: Namespace, project: Project) -> None:
    assert page.post(f"{EDIT}/delete", {"confirm_deletion": "Acme"}).status_code == 400
    assert Namespace.objects.live().filter(pk=group.pk).exists()
    assert page.post(f"{EDIT}/delete", {"confirm_deletion": "acme"})["Location"] == "/dashboard/groups"
    assert not Namespace.objects.live().filter(pk=group.pk).exists()
    assert not Project.objects.live().filter(pk=project.pk).exists()


# New ones -------------------------------------------------------------------------------------------------------------

NEW = {"name": "New One", "path": "", "description": "", "visibility": "0"}


def test_a_project_is_created_in_the_group_it_was_asked_for(page: Client, group: Namespace) -> None:
    form = page.get(f"/projects/new?namespace_id={group.pk}").content.decode()
    assert f'<option value="{group.pk}" selected>' in form
    answer = page.post("/projects/new", {**NEW, "namespace": group.pk, "visibility": "10"})
    assert answer["Location"] == "/acme/new-one"
    made = Project.objects.get(name="New One")
    assert (made.namespace, made.visibility, made.experiments.count()) == (group, 10, 1)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": "Fraud"}, "has already been taken"),
        ({"path": "members"}, "is a reserved name"),
        ({"path": "a b"}, "Path can contain only"),
        ({"name": ""}, "Path or path"),
        ({"visibility": "3"}, "Visibility must be"),
    ],
)
def test_a_project_that_cannot_be_is_refused_beside_the_field(
    page: Client, group: Namespace, project: Project, sent: Any, said: str
) -> None:
    answer = page.post("/projects/new", {**NEW, "description": "typed before", "namespace": group.pk, **sent})
    assert answer.status_code == 400
    assert said in answer.content.decode() or "name or path is missing" in answer.content.decode()
    assert "typed before" in answer.content.decode()
    assert Project.objects.filter(namespace=group).count() == 1


def test_nobody_creates_where_they_may_not(
    page: Client, group: Namespace, alice: User, charlie: User, dana: User, signed_in: Any
) -> None:
    foreign = namespaces.create_group("foreign", by=charlie)
    members.set_role(alice, foreign, Role.DEVELOPER)
    assert b"foreign" not in page.get("/projects/new").content
    assert b"foreign" not in page.get("/groups/new").content
    for namespace in (foreign.pk, charlie.namespace.pk, 999_999, "x"):
        assert page.post("/projects/new", {**NEW, "namespace": namespace}).status_code == 400
        assert page.post("/groups/new", {**NEW, "path": "new", "parent": namespace}).status_code in (400, 403, 404)
    assert not Project.objects.filter(name="New One").exists()
    assert not Namespace.objects.filter(name="New One").exists()


def test_a_group_is_created_on_top_and_below(page: Client, group: Namespace, alice: User) -> None:
    assert page.post("/groups/new", {**NEW, "path": "fresh", "parent": ""})["Location"] == "/groups/fresh"
    form = page.get(f"/groups/new?parent_id={group.pk}").content.decode()
    assert f'<option value="{group.pk}" selected>' in form
    page.post("/groups/new", {**NEW, "path": "below", "parent": group.pk})
    made = Namespace.objects.get(parent=group)
    assert (made.full_path, made.members.get().user) == ("acme/below", alice)


@pytest.mark.parametrize(("path", "said"), [("", "blank"), ("acme", "taken"), ("new", "reserved"), ("a b", "only")])
def test_a_group_that_cannot_be_is_refused_beside_the_field(
    page: Client, group: Namespace, path: str, said: str
) -> None:
    answer = page.post("/groups/new", {**NEW, "path": path, "parent": ""})
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert 'id="wrong-path"' in answer.content.decode()
    assert not Namespace.objects.filter(name="New One").exists()


def test_lists_cost_the_same_whatever_their_length(
    page: Client, group: Namespace, alice: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        namespaces.create_group(f"g{number}", by=alice, parent=group)
        projects.create(group, by=alice, name=f"p{number}")
    for path, most in (("/groups/acme", 9), ("/dashboard/groups", 6), ("/projects/new", 6), ("/groups/new", 6)):
        with django_assert_max_num_queries(most):
            page.get(path)
