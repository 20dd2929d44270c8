"""One's password and sessions, signing up, and what blocking ends."""

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts.models import User
from accounts.services import users as accounts
from audit.models import AuditEvent
from tests.conftest import token_of
from tests.web.sign_in.conftest import PASSWORD, confirm, sign_in, signed_in

SECURITY = "/-/user_settings/security"
NEW = "battery horse correct"
CHANGE = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}


def test_a_new_password_ends_other_sessions_and_leaves_this_one(client: Client, alice: User) -> None:
    other = Client()
    sign_in(other, alice)
    sign_in(client, alice)
    token = token_of(alice)
    assert client.get("/-/user_settings/password").status_code == 200
    answer = client.post("/-/user_settings/password", CHANGE, follow=True)
    assert answer.redirect_chain == [(SECURITY, 302)]
    assert "Your password is changed" in answer.content.decode()
    alice.refresh_from_db()
    assert alice.check_password(NEW)
    assert other.get("/").status_code == 302
    assert client.get("/").status_code == 200
    assert client.get("/api/v4/user", headers={"private-token": token}).status_code == 200
    event = AuditEvent.objects.get(action="user_updated")
    assert (event.author, event.target, event.details) == (alice, "alice", {"password": "[masked]"})


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"oldpassword": "wrong"}, "That is not your password."),
        ({"password2": "something else"}, "same password"),
        ({"password1": "123", "password2": "123"}, "too short"),
        ({"password1": "", "password2": ""}, "required"),
    ],
)
def test_a_password_that_cannot_be_is_refused(client: Client, alice: User, changes: Any, said: str) -> None:
    sign_in(client, alice)
    assert said in client.post("/-/user_settings/password", CHANGE | changes).content.decode()
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_guessing_the_old_password_here_is_throttled(client: Client, alice: User) -> None:
    sign_in(client, alice)
    for _ in range(5):
        client.post("/-/user_settings/password", CHANGE | {"oldpassword": "wrong"})
    answer = client.post("/-/user_settings/password", CHANGE)
    assert (answer.status_code, answer["Retry-After"]) == (429, "300")
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


def test_the_password_is_hashed_with_argon2_in_the_product() -> None:
    from mlops import settings as product

    assert product.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_a_person_sees_and_ends_their_sessions_and_nobody_elses(client: Client, alice: User, bob: User) -> None:
    other, strangers = Client(headers={"User-Agent": "<i>Lynx</i>"}), Client()
    sign_in(other, alice)
    sign_in(strangers, bob)
    sign_in(client, alice)
    shown = client.get(SECURITY).content.decode()
    assert "&lt;i&gt;Lynx&lt;/i&gt;" in shown
    assert "this one" in shown
    assert client.post(f"{SECURITY}/sessions/end")["Location"].startswith(f"{SECURITY}/confirm?")
    assert other.get("/").status_code == 200
    confirm(client)
    assert client.post(f"{SECURITY}/sessions/end")["Location"] == SECURITY
    assert other.get("/").status_code == 302
    assert client.get("/").status_code == strangers.get("/").status_code == 200
    assert UserSession.objects.filter(user=alice).count() == 1
    assert AuditEvent.objects.get(action="sessions_ended").author == alice


# Blocked --------------------------------------------------------------------------------------------------------------


def test_blocking_ends_sessions_and_tokens_with_the_next_request(client: Client, alice: User) -> None:
    sign_in(client, alice)
    token = token_of(alice)
    assert client.get("/").status_code == 200
    assert client.get("/api/v4/user", headers={"private-token": token}).status_code == 200
    accounts.block(User.objects.filter(pk=alice.pk))
    assert client.get("/")["Location"] == "/users/sign_in?next=%2F"
    assert client.get("/api/v4/user", headers={"private-token": token}).status_code == 401


def test_a_blocked_user_is_told_so_after_the_right_password_only(client: Client, alice: User) -> None:
    accounts.block(User.objects.filter(pk=alice.pk))
    assert "do not match" in sign_in(client, alice, "wrong").content.decode()
    answer = sign_in(client, alice, follow=True)
    assert answer.status_code == 403
    assert "This account is blocked" in answer.content.decode()
    assert not signed_in(client)


def test_who_is_blocked_between_the_two_steps_does_not_get_in(client: Client, with_app: User) -> None:
    from tests.web.sign_in.conftest import code

    sign_in(client, with_app)
    accounts.block(User.objects.filter(pk=with_app.pk))
    client.post("/users/sign_in/second_factor", {"code": code()})
    assert client.get("/").status_code == 302


# Signing up -----------------------------------------------------------------------------------------------------------

WANTED = {"username": "ada", "name": "Ada L.", "email": "ada@example.org", "password": PASSWORD}


def test_nobody_signs_up_unless_it_is_allowed(client: Client, db: None) -> None:
    assert "Sign up" not in client.get("/users/sign_in").content.decode()
    assert client.get("/users/sign_up").status_code == 404
    assert client.post("/users/sign_up", WANTED).status_code == 404
    assert not User.objects.exists()


def test_whoever_signs_up_has_a_namespace_and_is_signed_in(client: Client, db: None, settings: Any) -> None:
    settings.SIGN_UP = True
    assert 'href="/users/sign_up"' in client.get("/users/sign_in").content.decode()
    assert client.get("/users/sign_up").status_code == 200
    assert client.post("/users/sign_up", WANTED)["Location"] == "/"
    user = User.objects.get()
    assert (user.username, user.name, user.email, user.is_admin) == ("ada", "Ada L.", "ada@example.org", False)
    assert user.namespace.full_path == "ada"
    assert user.check_password(PASSWORD)
    assert client.get("/").status_code == 200
    assert client.get("/users/sign_up")["Location"] == "/"


@pytest.mark.parametrize(
    "changes",
    [
        {"username": "ALICE"},
        {"username": "a b"},
        {"username": "api"},
        {"username": ""},
        {"username": "a\x00b"},
        {"password": "123"},
        {"password": "ada@example.org"},
        {"password": ""},
        {"email": "nobody"},
        {"is_admin": "on", "username": "-"},
    ],
)
def test_what_cannot_be_is_said_at_its_field(client: Client, alice: User, settings: Any, changes: Any) -> None:
    settings.SIGN_UP = True
    answer = client.post("/users/sign_up", WANTED | changes)
    assert answer.status_code == 400
    assert b'class="wrong"' in answer.content
    assert User.objects.get() == alice


def test_signing_up_is_throttled(client: Client, db: None, settings: Any) -> None:
    settings.SIGN_UP = True
    for number in range(20):
        assert Client().post("/users/sign_up", WANTED | {"username": f"u{number}"}).status_code == 302
    assert client.post("/users/sign_up", WANTED).status_code == 429
    assert User.objects.count() == 20
