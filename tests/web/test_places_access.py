"""Who may administrate projects and groups on their pages: the same questions to every page."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AccessToken, User
from projects.models import Invitation, Member, Namespace, Project
from projects.roles import Role, Visibility
from projects.services import invitations, members
from web.urls import urlpatterns

OF_OWNERS = ["add-member", "change-member", "remove-member", "renew-invitation", "revoke-invitation"]
OF_MAINTAINERS = ["access-tokens", "rotate-access-token", "revoke-access-token", "deploy-tokens", "revoke-deploy-token"]
OF_PROJECTS = ["settings", "move-project"]
OF_PROJECT_OWNERS = ["archive-project", "unarchive-project", "transfer-project", "delete-project"]
OF_GROUPS = ["group-settings", "move-group", "delete-group"]
OF_BOTH = [*OF_OWNERS, *OF_MAINTAINERS]
PAGES = ["access-tokens", "deploy-tokens"]
OWN = {"groups", "deleted-projects", "restore-project", "new-project", "new-group"}
INVITED = {"invitation", "accept-invitation", "join-by-invitation", "decline-invitation"}
ASKED = {name for kind in ("", "group-") for name in (f"{kind}{one}" for one in [*OF_BOTH, "members", "leave"])}
ASKED |= {*OF_PROJECTS, *OF_PROJECT_OWNERS, *OF_GROUPS, *OWN, *INVITED, "group", "group-elsewhere"}

FOR_PROJECTS = [*OF_BOTH, *OF_PROJECTS, *OF_PROJECT_OWNERS]
FOR_GROUPS = [*(f"group-{name}" for name in OF_BOTH), *OF_GROUPS]


@pytest.fixture
def address(project: Project, group: Namespace, alice: User, bob: User) -> Any:
    """Of each page; its numbers are those of things that are there."""
    members.set_role(bob, group, Role.GUEST)
    numbers: dict[str, Any] = {}
    for kind, place in (("", project), ("group-", group)):
        invitation = invitations.invite("new@example.org", place, Role.GUEST, by=alice).invitation
        for action in ("renew", "revoke"):
            numbers[f"{kind}{action}-invitation"] = {"invitation": invitation.pk}
        token = members.issue_bot_token(place, name="ci", scopes=["api"])[0].pk
        for action in ("rotate", "revoke"):
            numbers[f"{kind}{action}-access-token"] = {"token": token}
        deploy = members.issue_deploy_token(place, name="serving", scopes=["read_models"])[0].pk
        numbers[f"{kind}revoke-deploy-token"] = {"token": deploy}
        for action in ("change", "remove"):
            numbers[f"{kind}{action}-member"] = {"member": place.members.get(user=bob).pk}

    def of(name: str) -> str:
        where = {"group": group.full_path} if "group" in name else {"project": project.full_path}
        return reverse(name, kwargs={**where, **numbers.get(name, {})})

    return of


def untouched(project: Project, group: Namespace) -> None:
    """Nothing of what `address` has made is gone or different."""
    assert Invitation.objects.count() == 2
    assert AccessToken.objects.active().count() == 4
    assert Member.objects.filter(user__username="bob", namespace__owner=None).count() == 2
    found = Project.objects.live().get(pk=project.pk)
    assert (found.full_path, found.name, found.archived) == ("acme/fraud", "Fraud", False)
    assert Namespace.objects.live().get(pk=group.pk).name == "Acme"


def test_every_page_is_asked() -> None:
    names = {pattern.name for pattern in urlpatterns}
    assert names >= ASKED
    assert {name for name in names if "member" in name or "invitation" in name or "setting" in name} <= {
        *ASKED,
        "registry-settings",
    }


@pytest.mark.parametrize("name", [*FOR_PROJECTS, *FOR_GROUPS])
def test_who_may_not_is_told_so_and_changes_nothing(
    name: str, address: Any, project: Project, group: Namespace, dana: User, charlie: User, signed_in: Any
) -> None:
    members.set_role(dana, group, Role.DEVELOPER)
    where = address(name)
    sent = {"name": "mine", "path": "mine", "role": "50", "confirm_deletion": project.full_path, "who": "charlie"}
    assert signed_in(dana).post(where, sent).status_code == 403
    assert signed_in(charlie).post(where, sent).status_code == 404
    assert signed_in(None).post(where, sent)["Location"] == "/users/sign_in"
    untouched(project, group)


@pytest.mark.parametrize("name", [*OF_OWNERS, *OF_PROJECT_OWNERS])
def test_a_maintainer_does_not_do_what_owners_do(
    name: str, address: Any, project: Project, group: Namespace, dana: User, signed_in: Any
) -> None:
    members.set_role(dana, project, Role.MAINTAINER)
    where = address(name)
    sent = {"who": "charlie", "role": "10", "confirm_deletion": project.full_path}
    assert signed_in(dana).post(where, sent).status_code == 403
    untouched(project, group)


@pytest.mark.parametrize("name", [*PAGES, "settings"])
def test_maintainers_see_the_pages_of_a_project(
    name: str, address: Any, project: Project, dana: User, alice: User, charlie: User, signed_in: Any
) -> None:
    where = address(name)
    assert [signed_in(user).get(where).status_code for user in (alice, dana, charlie)] == [200, 403, 404]
    assert signed_in(None).get(where)["Location"].startswith("/users/sign_in?next=")
    members.set_role(dana, project, Role.MAINTAINER)
    assert signed_in(dana).get(where).status_code == 200


@pytest.mark.parametrize("name", [*(f"group-{one}" for one in PAGES), "group-settings"])
def test_owners_see_the_pages_of_a_group(
    name: str, address: Any, group: Namespace, dana: User, alice: User, charlie: User, signed_in: Any
) -> None:
    members.set_role(dana, group, Role.MAINTAINER)
    assert [signed_in(user).get(address(name)).status_code for user in (alice, dana, charlie)] == [200, 403, 404]


@pytest.mark.parametrize("name", ["members", "group-members", "group"])
def test_members_see_who_belongs_and_strangers_find_nothing(
    name: str, address: Any, bob: User, charlie: User, signed_in: Any
) -> None:
    shown = signed_in(bob).get(address(name))
    assert shown.status_code == 200
    assert b"new@example.org" not in shown.content
    assert b"Add or invite" not in shown.content
    assert signed_in(charlie).get(address(name)).status_code == 404
    assert signed_in(None).get(address(name))["Location"].startswith("/users/sign_in?next=")


def test_visitors_do_not_learn_who_works_on_a_public_project(address: Any, project: Project, client: Client) -> None:
    Project.objects.filter(pk=project.pk).update(visibility=Visibility.PUBLIC)
    assert client.get(address("members"))["Location"].startswith("/users/sign_in?next=")
    assert b"project_members" not in client.get(reverse("project", kwargs={"project": "acme/fraud"})).content


@pytest.mark.parametrize("name", [*OF_OWNERS, *OF_PROJECT_OWNERS, "move-project", "delete-group", "leave"])
def test_changes_are_made_by_post_alone(name: str, address: Any, alice: User, signed_in: Any) -> None:
    assert signed_in(alice).get(address(name)).status_code == 405


@pytest.mark.parametrize("name", [*FOR_PROJECTS, *FOR_GROUPS, "leave", "group-leave"])
def test_a_form_from_another_site_is_refused(
    name: str, address: Any, project: Project, group: Namespace, alice: User
) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    where = address(name)
    assert b"This form has expired" in browser.post(where, {"confirm_deletion": "acme"}).content
    untouched(project, group)


@pytest.mark.parametrize("name", [one for one in FOR_PROJECTS if "-" in one and one not in OF_PROJECT_OWNERS])
def test_a_number_of_another_place_is_not_found(
    name: str, address: Any, project: Project, group: Namespace, other_project: Project, charlie: User, signed_in: Any
) -> None:
    """Charlie owns the other project, and sends the numbers of Alice's."""
    if name in ("access-tokens", "deploy-tokens", "add-member", "move-project"):
        return
    there = address(name).replace("/acme/fraud/", f"/{other_project.full_path}/")
    assert signed_in(charlie).post(there, {"role": "10"}).status_code == 404
    untouched(project, group)


@pytest.mark.parametrize("name", ["settings", "members", *PAGES, "group-settings", "group-members", "group"])
def test_every_page_has_the_strict_policy(name: str, address: Any, alice: User, signed_in: Any) -> None:
    answer = signed_in(alice).get(address(name))
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert b"<script>" not in answer.content
    assert b" style=" not in answer.content
    assert b" onclick" not in answer.content


@pytest.mark.parametrize("name", sorted(OWN - {"restore-project"}))
def test_ones_own_pages_ask_to_sign_in(name: str, client: Client, page: Client) -> None:
    assert Client().get(reverse(name))["Location"].startswith("/users/sign_in?next=")
    answer = page.get(reverse(name))
    assert answer.status_code == 200
    assert b" style=" not in answer.content
