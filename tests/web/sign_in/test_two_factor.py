"""A second factor: asked for at every door, set up and removed by its owner alone."""

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import User
from audit.models import AuditEvent
from lib import vault
from tests.web.sign_in.conftest import PASSWORD, SECRET, code, confirm, sign_in, signed_in

SECURITY = "/-/user_settings/security"
STEP = "/users/sign_in/second_factor"


def test_the_password_alone_is_not_enough(client: Client, with_app: User) -> None:
    answer = sign_in(client, with_app)
    assert answer["Location"] == STEP
    assert not signed_in(client)
    assert client.get("/").status_code == 302
    assert client.post(STEP, {"code": code()})["Location"] == "/"
    assert signed_in(client)


def test_a_wrong_code_is_answered_in_words_and_told(client: Client, with_app: User) -> None:
    sign_in(client, with_app)
    answer = client.post(STEP, {"code": "000000"})
    assert "That code is not right" in answer.content.decode()
    assert not signed_in(client)
    event = AuditEvent.objects.get(action="sign_in_failed")
    assert (event.target, event.details) == ("alice", {"with": "second factor"})


def test_a_code_signs_in_once(client: Client, with_app: User) -> None:
    used = code()
    sign_in(client, with_app)
    assert client.post(STEP, {"code": used}).status_code == 302
    other = Client()
    sign_in(other, with_app)
    other.post(STEP, {"code": used})
    assert not signed_in(other)


def test_the_second_step_leads_back_to_where_one_wanted_to_go(client: Client, with_app: User) -> None:
    client.post("/users/sign_in", {"username": "alice", "password": PASSWORD, "next": "/explore/projects"})
    assert client.post(STEP, {"code": code()})["Location"] == "/explore/projects"


def test_the_second_step_needs_the_first(client: Client, with_app: User) -> None:
    assert client.get(STEP)["Location"] == "/users/sign_in"
    assert client.post(STEP, {"code": code()})["Location"] == "/users/sign_in"
    assert not signed_in(client)


def test_the_administration_asks_for_it_too(client: Client, admin: User) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    TOTP.activate(admin, SECRET)
    assert client.get("/admin/")["Location"] == "/admin/login/?next=/admin/"
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/users/sign_in?next=%2Fadmin%2F"
    client.post("/users/sign_in", {"username": "root", "password": PASSWORD, "next": "/admin/"})
    assert client.get("/admin/").status_code == 302
    assert client.post(STEP, {"code": code()})["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_the_administrations_door_is_for_administrators_and_leads_to_this_site(page: Client, admin: User) -> None:
    assert page.get("/admin/login/?next=/admin/").status_code == 403
    client = Client()
    client.force_login(admin)
    assert client.get("/admin/login/?next=/admin/accounts/user/")["Location"] == "/admin/accounts/user/"
    assert client.get("/admin/login/?next=https://evil.example/")["Location"] == "/admin/"
    assert client.get("/admin/password_change/")["Location"] == "/-/user_settings/password"


def test_an_app_is_set_up_with_a_code_and_gives_recovery_codes_once(browser: Client, alice: User) -> None:
    shown = browser.get(f"{SECURITY}/app").content.decode()
    assert 'src="data:image/svg+xml;base64,' in shown
    secret = re.search(r'<pre id="key" tabindex="0">([A-Z2-7]+)</pre>', shown)
    assert secret
    refused = browser.post(f"{SECURITY}/app", {"code": "000000"}).content.decode()
    assert secret.group(1) in refused, "the key stays, as the app has it already"
    assert not Authenticator.objects.exists()
    answer = browser.post(f"{SECURITY}/app", {"code": code(secret.group(1))})
    assert answer["Location"] == f"{SECURITY}/recovery_codes"
    codes = re.findall(r"^\d{8}$", browser.get(answer["Location"]).content.decode().replace('">', "\n"), re.MULTILINE)
    assert len(set(codes)) == 10
    assert codes[0] not in browser.get(answer["Location"]).content.decode()
    event = AuditEvent.objects.get(action="two_factor_added")
    assert (event.author, event.target, event.details) == (alice, "alice", {"factor": "authenticator app"})

    other = Client()
    sign_in(other, alice)
    assert other.post(STEP, {"code": codes[0]}).status_code == 302
    again = Client()
    sign_in(again, alice)
    assert again.post(STEP, {"code": codes[0]}).status_code == 200, "each code works once"


def test_its_key_is_sealed_and_sealed_anew(with_app: User, client: Client, settings: Any) -> None:
    kept = Authenticator.objects.get().data["secret"]
    assert SECRET not in kept
    assert vault.opened(kept) == SECRET
    settings.ENCRYPTION_KEYS = ["a new key of at least thirty-two characters", *settings.ENCRYPTION_KEYS]
    call_command("rotate_secrets")
    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    assert Authenticator.objects.get().data["secret"] != kept
    sign_in(client, with_app)
    assert client.post(STEP, {"code": code()}).status_code == 302


def test_a_lost_key_is_told_by_the_rotation(with_app: User, settings: Any) -> None:
    settings.ENCRYPTION_KEYS = ["a new key of at least thirty-two characters"]
    with pytest.raises(CommandError, match="1 secrets"):
        call_command("rotate_secrets")


@pytest.mark.parametrize("path", ["app", "keys", "recovery_codes/new"])
def test_nothing_changes_before_it_is_confirmed_who_it_is(client: Client, alice: User, path: str) -> None:
    sign_in(client, alice)
    for answer in (client.get(f"{SECURITY}/{path}"), client.post(f"{SECURITY}/{path}", {"code": "1"})):
        assert answer["Location"].startswith(f"{SECURITY}/confirm?next=")
    assert client.post(f"{SECURITY}/confirm", {"password": "wrong"}).status_code == 200
    assert client.get(f"{SECURITY}/{path}").status_code == 302
    confirm(client)
    assert client.get(f"{SECURITY}/{path}").status_code == 200


def test_who_has_a_second_factor_can_confirm_with_it(client: Client, with_app: User) -> None:
    sign_in(client, with_app)
    client.post(STEP, {"code": code()})
    recovery = with_app.authenticator_set.create(
        type="recovery_codes", data={"seed": vault.sealed("x"), "used_mask": 0}
    )
    unused = recovery.wrap().get_unused_codes()[0]
    answer = client.post(f"{SECURITY}/confirm/code", {"code": unused, "next": f"{SECURITY}/app/remove"})
    assert answer["Location"] == f"{SECURITY}/app/remove"
    assert client.get(answer["Location"]).status_code == 200


def test_an_app_is_removed_with_its_recovery_codes(client: Client, with_app: User) -> None:
    with_app.authenticator_set.create(type="recovery_codes", data={"seed": vault.sealed("x"), "used_mask": 0})
    sign_in(client, with_app)
    client.post(STEP, {"code": code()})
    confirm(client)
    assert client.get(f"{SECURITY}/app/remove").status_code == 200
    assert client.post(f"{SECURITY}/app/remove")["Location"] == SECURITY
    assert not Authenticator.objects.exists()
    assert AuditEvent.objects.get(action="two_factor_removed").details == {"factor": "authenticator app"}
    assert sign_in(Client(), with_app)["Location"] == "/"


def test_new_recovery_codes_end_the_old_ones(browser: Client, with_app: User) -> None:
    old = with_app.authenticator_set.create(type="recovery_codes", data={"seed": vault.sealed("x"), "used_mask": 0})
    codes = old.wrap().get_unused_codes()
    assert browser.post(f"{SECURITY}/recovery_codes/new")["Location"] == f"{SECURITY}/recovery_codes"
    assert not set(codes) & set(Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes())
    assert AuditEvent.objects.filter(action="recovery_codes_created", author=with_app).count() == 1


def test_nobody_touches_the_key_of_another(browser: Client, charlie: User) -> None:
    his = Authenticator.objects.create(user=charlie, type="webauthn", data={"name": "his", "credential": {}})
    for what in ("rename", "remove"):
        where = f"{SECURITY}/keys/{his.pk}/{what}"
        assert browser.get(where).status_code == 404
        assert browser.post(where, {"name": "mine"}).status_code == 404
    his.refresh_from_db()
    assert his.data["name"] == "his"


def test_a_key_is_renamed_and_removed(browser: Client, alice: User) -> None:
    key = Authenticator.objects.create(user=alice, type="webauthn", data={"name": "blue", "credential": {}})
    assert b"blue" in browser.get(SECURITY).content
    assert browser.post(f"{SECURITY}/keys/{key.pk}/rename", {"name": "<b>red</b>"})["Location"] == SECURITY
    assert b"&lt;b&gt;red&lt;/b&gt;" in browser.get(SECURITY).content
    assert browser.post(f"{SECURITY}/keys/{key.pk}/remove")["Location"] == SECURITY
    assert not Authenticator.objects.exists()
    told = {"factor": "security key", "name": "<b>red</b>"}
    assert AuditEvent.objects.get(action="two_factor_removed").details == told


@pytest.mark.parametrize("sent", ["", "rubbish", "[]", "{}", '{"id": 1}', '{"id":"YQ","rawId":"YQ","response":{}}'])
def test_a_key_that_says_rubbish_is_refused(browser: Client, alice: User, sent: str) -> None:
    browser.get(f"{SECURITY}/keys")
    assert browser.post(f"{SECURITY}/keys", {"name": "x", "credential": sent}).status_code == 200
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("sent", ["", "rubbish", "[]", "{}", '{"id": 1}', '{"id":"YQ","rawId":"YQ","response":{}}'])
def test_a_key_that_says_rubbish_signs_nobody_in(client: Client, with_app: User, sent: str) -> None:
    sign_in(client, with_app)
    client.get(STEP)
    assert client.post(STEP, {"credential": sent}).status_code == 200
    assert not signed_in(client)


def test_a_key_that_says_rubbish_confirms_nothing(client: Client, alice: User) -> None:
    sign_in(client, alice)
    Authenticator.objects.create(user=alice, type="webauthn", data={"name": "blue", "credential": {}})
    answer = client.post(f"{SECURITY}/confirm/key", {"credential": '{"id": 1}'})
    assert answer["Location"] == f"{SECURITY}/confirm/key"
    assert client.get(f"{SECURITY}/app")["Location"].startswith(f"{SECURITY}/confirm?")


def test_a_lost_second_factor_is_reset_on_the_machine(with_app: User, capsys: Any) -> None:
    call_command("reset_two_factor", "ALICE")
    assert not Authenticator.objects.exists()
    assert AuditEvent.objects.get(action="two_factor_reset").target == "alice"
    call_command("reset_two_factor", "alice")
    assert "has no second factor" in capsys.readouterr().err
    with pytest.raises(CommandError, match="no user"):
        call_command("reset_two_factor", "nobody")


# Required ------------------------------------------------------------------------------------------------------------


def test_whom_it_is_required_of_gets_no_further_without(client: Client, alice: User, settings: Any) -> None:
    settings.REQUIRE_TWO_FACTOR = "everyone"
    sign_in(client, alice)
    for where in ("/", "/explore/projects", "/-/user_settings/personal_access_tokens", "/admin/"):
        assert client.get(where)["Location"] == SECURITY
    assert client.post("/-/user_settings/personal_access_tokens", {"name": "x", "scopes": "api"}).status_code == 302
    assert not alice.access_tokens.exists()
    htmx = client.get("/", headers={"HX-Request": "true"})
    assert (htmx.status_code, htmx["HX-Redirect"]) == (403, SECURITY)
    assert "requires a second factor" in client.get(SECURITY).content.decode()
    confirm(client)
    shown = client.get(f"{SECURITY}/app").content.decode()
    secret = re.search(r'<pre id="key" tabindex="0">([A-Z2-7]+)</pre>', shown)
    assert secret
    client.post(f"{SECURITY}/app", {"code": code(secret.group(1))})
    assert client.get("/").status_code == 200


def test_it_can_be_required_of_administrators_alone(client: Client, alice: User, admin: User, settings: Any) -> None:
    settings.REQUIRE_TWO_FACTOR = "admins"
    sign_in(client, alice)
    assert client.get("/").status_code == 200
    other = Client()
    sign_in(other, admin)
    assert other.get("/admin/")["Location"] == SECURITY


def test_who_must_set_one_up_can_sign_out_and_visitors_are_left_alone(
    client: Client, alice: User, settings: Any
) -> None:
    settings.REQUIRE_TWO_FACTOR = "everyone"
    assert client.get("/explore/projects").status_code == 200
    sign_in(client, alice)
    assert client.post("/users/sign_out")["Location"] == "/users/sign_in"
    assert not signed_in(client)


def test_tokens_go_without(rest: Any, settings: Any) -> None:
    settings.REQUIRE_TWO_FACTOR = "everyone"
    assert rest.get("user").status_code == 200
