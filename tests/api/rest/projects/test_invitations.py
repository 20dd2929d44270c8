"""Invitations as GitLab answers them, and leaving."""

from typing import Any

import pytest
from django.core import mail

from accounts.models import User
from projects.models import Invitation, Member
from projects.roles import Role
from projects.services import members

pytestmark = pytest.mark.parametrize("at", ["projects/acme%2Ffraud", "groups/acme"])
NEW = {"email": "new@example.org", "access_level": 30}


@pytest.fixture(autouse=True)
def _there(project: Any) -> None:
    """The project is there, and so is its group."""


def test_an_invitation_is_mailed_listed_changed_and_revoked(rest: Any, at: str, alice: User) -> None:
    made = rest.post(f"{at}/invitations", {**NEW, "expires_at": "2040-01-01"})
    assert (made.status_code, made.json()) == (201, {"status": "success"})
    assert [message.to for message in mail.outbox] == [["new@example.org"]]
    listed = rest.get(f"{at}/invitations").json()
    assert [(one["invite_email"], one["access_level"], one["expires_at"]) for one in listed] == [
        ("new@example.org", 30, "2040-01-01")
    ]
    assert listed[0]["created_by_name"] == alice.name
    assert "invites/" not in str(listed)
    changed = rest("PUT", f"{at}/invitations/NEW%40example.org", {"access_level": 20, "expires_at": None})
    assert (changed.status_code, changed.json()) == (200, {"access_level": 20, "expires_at": None})
    assert rest("DELETE", f"{at}/invitations/new%40example.org").status_code == 204
    assert rest("DELETE", f"{at}/invitations/new%40example.org").status_code == 404
    assert not Invitation.objects.exists()


def test_several_are_refused_one_by_one(rest: Any, at: str, charlie: User) -> None:
    rest.post(f"{at}/invitations", NEW)
    User.objects.filter(pk=charlie.pk).update(email="charlie@example.org")
    emails = "new@example.org, charlie@example.org,other@example.org,nonsense"
    told = rest.post(f"{at}/invitations", {"email": emails, "access_level": 10}).json()
    refused = {"new@example.org": "Invite email has already been taken", "nonsense": "Invite email is invalid"}
    assert told == {"status": "error", "message": refused}
    assert Member.objects.filter(user=charlie, role=Role.GUEST).count() == 1
    assert set(Invitation.objects.values_list("email", flat=True)) == {"new@example.org", "other@example.org"}
    again = rest.post(f"{at}/invitations", {"email": "charlie@example.org", "access_level": 10}).json()
    assert again == {"status": "error", "message": {"charlie@example.org": "User already exists in source"}}


def test_people_are_added_by_their_id_as_well(rest: Any, at: str, charlie: User) -> None:
    told = rest.post(f"{at}/invitations", {"user_id": f"{charlie.pk},999999", "access_level": 20}).json()
    assert told == {"status": "error", "message": {"999999": "404 User Not Found"}}
    assert Member.objects.get(user=charlie, namespace__owner=None).role == Role.REPORTER
    assert rest.post(f"{at}/invitations", {"access_level": 20}).json() == {"error": "email, user_id is missing"}


def test_without_a_mail_server_the_caller_gets_the_link(rest: Any, at: str, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    told = rest.post(f"{at}/invitations", NEW).json()
    assert told["status"] == "success"
    assert "/-/invites/" in told["invite_links"]["new@example.org"]


@pytest.mark.parametrize("role", [Role.MAINTAINER, Role.DEVELOPER])
def test_only_owners_invite(rest: Any, at: str, role: int, charlie: User, project: Any, group: Any) -> None:
    members.set_role(charlie, project if at.startswith("projects") else group, role)
    for access_level in (10, 50):
        answered = rest.as_(charlie).post(f"{at}/invitations", {**NEW, "access_level": access_level})
        assert answered.status_code == 403
    assert rest.as_(charlie).get(f"{at}/invitations").status_code == 403
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("level", [0, 15, 60])
def test_only_five_roles_can_be_given(rest: Any, at: str, level: int) -> None:
    answered = rest.post(f"{at}/invitations", {**NEW, "access_level": level})
    assert answered.status_code == 400
    assert not Invitation.objects.exists()


def test_one_leaves_and_nobody_else_is_taken_out(rest: Any, at: str, project: Any, group: Any, charlie: User) -> None:
    place = project if at.startswith("projects") else group
    dora = User.objects.create_user("dora")
    for user in (charlie, dora):
        members.set_role(user, place, Role.GUEST)
    door = rest.as_(charlie)
    assert door("DELETE", f"{at}/members/{dora.pk}").status_code == 403
    assert rest.as_(charlie, "read_api")("DELETE", f"{at}/members/{charlie.pk}").status_code == 403
    assert Member.objects.filter(user__in=[charlie, dora], role=Role.GUEST).count() == 2
    assert door("DELETE", f"{at}/members/{charlie.pk}").status_code == 204
    assert door("DELETE", f"{at}/members/{charlie.pk}").status_code == 404
    assert list(Member.objects.filter(role=Role.GUEST)) == [Member.objects.get(user=dora)]


def test_a_groups_last_owner_stays(rest: Any, at: str, alice: User, group: Any) -> None:
    answered = rest("DELETE", f"groups/acme/members/{alice.pk}")
    assert answered.status_code == 403
    assert "a group needs an owner" in answered.json()["message"]
    assert group.members.filter(user=alice).exists()


def test_a_list_costs_the_same_whatever_its_length(rest: Any, at: str, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        rest.post(f"{at}/invitations", {**NEW, "email": f"n{number}@example.org"})
    address = at.replace("acme%2Ffraud", str(Invitation.objects.first().project_id or "acme%2Ffraud"))
    with django_assert_max_num_queries(4):
        assert len(rest.get(f"{address}/invitations").json()) == 12
