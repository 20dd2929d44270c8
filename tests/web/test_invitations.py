"""Where the link of an invitation leads."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from projects.models import Invitation, Project
from projects.roles import Role
from projects.services import invitations

JOIN = {"username": "newcomer", "name": "New Comer", "password": "correct horse battery"}


@pytest.fixture
def link(project: Project, alice: User) -> str:
    invitations.invite("new@example.org", project, Role.DEVELOPER, by=alice)
    found = re.search(r"/-/invites/\S+", mail.outbox[0].body)
    assert found
    return found.group()


def test_a_visitor_learns_who_invites_to_what(link: str, client: Client) -> None:
    answer = client.get(link)
    shown = answer.content.decode()
    assert all(word in shown for word in ("Alice Liddell", "new@example.org", "Fraud", "Developer"))
    assert f"/users/sign_in?next={link}" in shown
    assert "no-store" in answer["Cache-Control"]
    assert answer["Referrer-Policy"] == "same-origin"


def test_a_new_account_is_signed_in_and_a_member(link: str, client: Client, project: Project) -> None:
    assert client.post(f"{link}/join", JOIN)["Location"] == "/acme/fraud"
    assert client.get("/acme/fraud").status_code == 200
    user = User.objects.get(username="newcomer")
    assert project.members.get(user=user).role == Role.DEVELOPER
    assert client.get(link).status_code == 404


def test_who_signs_in_accepts(link: str, project: Project, charlie: User, signed_in: Any) -> None:
    browser = signed_in(charlie)
    assert b"signed in as @charlie" in browser.get(link).content
    assert browser.post(f"{link}/accept")["Location"] == "/acme/fraud"
    assert project.members.get(user=charlie).role == Role.DEVELOPER
    assert browser.post(f"{link}/accept").status_code == 404


def test_who_is_not_signed_in_accepts_nothing(link: str, client: Client) -> None:
    assert client.post(f"{link}/accept")["Location"] == "/users/sign_in"
    assert Invitation.objects.exists()


def test_who_declines_ends_it(link: str, client: Client) -> None:
    client.post(f"{link}/decline")
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("sent", "field", "said"),
    [
        ({"username": "alice"}, "username", "already been taken"),
        ({"username": "admin"}, "username", "reserved"),
        ({"password": "123"}, "password", "too short"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(link: str, client: Client, sent: Any, field: str, said: str) -> None:
    answer = client.post(f"{link}/join", {**JOIN, **sent})
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert f'id="wrong-{field}"' in shown
    assert said in shown
    assert 'value="New Comer"' in shown
    assert JOIN["password"] not in shown
    assert User.objects.filter(username="newcomer").count() == 0


def test_where_only_administrators_make_accounts_there_is_no_form(link: str, client: Client, settings: Any) -> None:
    settings.INVITATIONS_CREATE_ACCOUNTS = False
    assert b"Make an account" not in client.get(link).content
    assert client.post(f"{link}/join", JOIN).status_code == 400
    assert not User.objects.filter(username="newcomer").exists()


@pytest.mark.parametrize("action", ["", "/accept", "/join", "/decline"])
def test_a_link_that_is_none_is_not_found(action: str, page: Client, project: Project) -> None:
    answer = page.post(f"/-/invites/nonsense{action}", JOIN) if action else page.get("/-/invites/nonsense")
    assert answer.status_code == 404
    assert b"Fraud" not in answer.content


@pytest.mark.parametrize("action", ["accept", "join", "decline"])
def test_a_form_from_another_site_is_refused(link: str, action: str, alice: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    assert browser.post(f"{link}/{action}", JOIN).status_code == 403
    assert Invitation.objects.exists()
