from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import User
from projects.models import Invitation, Member, Namespace, Project
from projects.roles import Role
from projects.services import invitations, members, namespaces, users

PATH = "/acme/fraud/-/project_members"
OF_GROUP = "/groups/acme/-/group_members"
SOON = date.today() + timedelta(days=30)
CONSOLE = "django.core.mail.backends.console.EmailBackend"


def test_the_list_names_source_role_and_expiry(page: Client, project: Project, group: Namespace, charlie: User) -> None:
    members.set_role(charlie, group, Role.GUEST, expires_at=SOON)
    shown = page.get(PATH).content.decode()
    assert "Alice Liddell" in shown
    assert '<a href="/groups/acme">acme</a>' in shown
    assert f"until {SOON}" in shown
    assert shown.count("Direct member") == 2
    assert "Charlie" not in page.get(f"{PATH}?q=bob").content.decode().title()


def test_who_is_a_member_in_several_groups_above_is_listed_with_the_role_that_counts(
    page: Client, group: Namespace, alice: User, charlie: User
) -> None:
    below = namespaces.create_group("below", by=alice, parent=group)
    deepest = namespaces.create_group("deepest", by=alice, parent=below)
    members.set_role(charlie, group, Role.DEVELOPER)
    members.set_role(charlie, below, Role.GUEST)
    rows = Member.objects.current().above(deepest).filter(user=charlie)
    assert [row.role for row in rows] == [Role.DEVELOPER]
    assert page.get("/groups/acme/below/deepest/-/group_members").content.decode().count("@charlie") == 1


def test_bots_of_deploy_tokens_are_no_members_and_others_have_no_form(page: Client, project: Project) -> None:
    members.issue_deploy_token(project, name="serving", scopes=["read_models"])
    bot = members.issue_bot_token(project, name="nightly", scopes=["api"])[0].user
    shown = page.get(PATH).content.decode()
    assert "serving" not in shown
    assert "nightly" in shown
    member = Member.objects.get(user=bot)
    assert f"{PATH}/{member.pk}/remove" not in shown
    assert page.post(f"{PATH}/{member.pk}/remove").status_code == 404
    assert Member.objects.filter(pk=member.pk).exists()


@pytest.mark.parametrize("typed", ["charlie", "@Charlie", "  charlie "])
def test_somebody_is_added_by_name(page: Client, project: Project, charlie: User, typed: str) -> None:
    sent = {"who": typed, "role": "20", "expires_at": SOON.isoformat()}
    assert page.post(f"{PATH}/add", sent)["Location"] == PATH
    member = project.members.get(user=charlie)
    assert (member.role, member.expires_at) == (Role.REPORTER, SOON)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"who": "nobody"}, "Nobody has this user name."),
        ({"who": ""}, "Nobody has this user name."),
        ({"who": "bob"}, "Member already exists"),
        ({"who": "a@b"}, "The e-mail address is invalid"),
        ({"who": "charlie", "role": "7"}, "Role must be one of"),
        ({"who": "charlie", "role": "x"}, "Role must be chosen"),
        ({"who": "charlie", "role": "60"}, "higher than your own"),
        ({"who": "charlie", "expires_at": "tomorrow"}, "The expiry date must look like"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    page: Client, project: Project, charlie: User, sent: dict[str, str], said: str
) -> None:
    answer = page.post(f"{PATH}/add", {"role": "20", "expires_at": "", **sent})
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert f'value="{sent["who"]}"' in answer.content.decode()
    assert not project.members.filter(user=charlie).exists()


def test_a_role_is_changed_and_a_member_removed(page: Client, project: Project, bob: User) -> None:
    member = project.members.get(user=bob)
    page.post(f"{PATH}/{member.pk}/change", {"role": "40", "expires_at": SOON.isoformat()})
    member.refresh_from_db()
    assert (member.role, member.expires_at) == (Role.MAINTAINER, SOON)
    page.post(f"{PATH}/{member.pk}/remove")
    assert not project.members.filter(user=bob).exists()


def test_an_inherited_member_is_not_changed_here(
    page: Client, project: Project, group: Namespace, charlie: User
) -> None:
    members.set_role(charlie, group, Role.GUEST)
    inherited = group.members.get(user=charlie)
    for action in ("change", "remove"):
        assert page.post(f"{PATH}/{inherited.pk}/{action}", {"role": "50"}).status_code == 404
    inherited.refresh_from_db()
    assert inherited.role == Role.GUEST


def test_one_leaves_oneself(project: Project, bob: User, signed_in: Any) -> None:
    browser = signed_in(bob)
    assert b"Leave project" in browser.get(PATH).content
    assert browser.post(f"{PATH}/leave")["Location"] == "/"
    assert not project.members.filter(user=bob).exists()
    assert browser.get(PATH).status_code == 404


def test_the_last_owner_of_a_group_is_told_to_stay(page: Client, group: Namespace, alice: User) -> None:
    answer = page.post(f"{OF_GROUP}/leave", follow=True)
    assert b"a group needs an owner" in answer.content
    assert group.members.get(user=alice).role == Role.OWNER


def test_an_address_is_invited_by_mail_and_the_link_is_on_no_page(page: Client, group: Namespace) -> None:
    answer = page.post(f"{OF_GROUP}/add", {"who": "new@example.org", "role": "30"}, follow=True)
    shown = answer.content.decode()
    assert "An invitation is on its way to new@example.org" in shown
    assert "Pending invitations" in shown
    assert "/-/invites/" not in shown
    assert "/-/invites/" in mail.outbox[0].body


def test_without_a_mail_server_the_inviter_sees_the_link_once(page: Client, group: Namespace, settings: Any) -> None:
    settings.EMAIL_BACKEND = CONSOLE
    answer = page.post(f"{OF_GROUP}/add", {"who": "new@example.org", "role": "30"})
    assert "/-/invites/" in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert "/-/invites/" not in page.get(OF_GROUP).content.decode()
    kept = Invitation.objects.get()
    renewed = page.post(f"{OF_GROUP}/invitations/{kept.pk}/renew")
    assert "/-/invites/" in renewed.content.decode()
    assert Invitation.objects.get().digest != kept.digest


def test_an_invitation_is_withdrawn(page: Client, group: Namespace, alice: User) -> None:
    made = invitations.invite("new@example.org", group, Role.GUEST, by=alice).invitation
    page.post(f"{OF_GROUP}/invitations/{made.pk}/revoke")
    assert not Invitation.objects.exists()


def test_an_expired_invitation_says_so(page: Client, group: Namespace, alice: User) -> None:
    invitations.invite("new@example.org", group, Role.GUEST, by=alice)
    assert b"<td>expired" not in page.get(OF_GROUP).content
    Invitation.objects.update(valid_until=timezone.now())
    assert b"<td>expired" in page.get(OF_GROUP).content


@pytest.mark.parametrize("path", [PATH, OF_GROUP])
def test_a_list_costs_the_same_whatever_its_length(
    page: Client, project: Project, group: Namespace, alice: User, path: str, django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        for place in (project, group):
            members.set_role(users.create(f"u{place.pk}{number}{place.path}"), place, Role.GUEST)
            invitations.invite(f"n{number}@example.org", place, Role.GUEST, by=alice)
    with django_assert_max_num_queries(10):
        assert page.get(path).content.count(b"@example.org<span") == 10
