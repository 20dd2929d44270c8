"""Who may see which page of signing in: the same questions to every one of them."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.web.sign_in.conftest import confirm, sign_in
from web.sign_in.urls import urlpatterns

OPEN = {"account_login", "account_logout", "account_signup", "account_inactive", "mfa_authenticate"}
PROVIDERS = {"gitlab_login", "gitlab_callback", "openid_connect_login", "openid_connect_callback"}
OWN = sorted({str(pattern.name) for pattern in urlpatterns} - OPEN - PROVIDERS)


def address(name: str) -> str:
    captured = {"pk": 1} if name in ("mfa_edit_webauthn", "mfa_remove_webauthn") else {}
    return reverse(name, kwargs=captured)


def test_every_page_is_asked() -> None:
    assert len(OWN) == 14
    assert all(address(name).startswith("/-/user_settings/") for name in OWN)


@pytest.mark.parametrize("name", OWN)
def test_ones_own_pages_ask_visitors_to_sign_in(name: str, client: Client, db: None) -> None:
    assert client.get(address(name))["Location"].startswith("/users/sign_in?next=")
    assert client.post(address(name), {"code": "1"})["Location"] == "/users/sign_in"


@pytest.mark.parametrize("name", [*OWN, "account_logout", "account_login"])
def test_a_form_from_another_site_is_refused(name: str, alice: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    assert browser.post(address(name), {"code": "1"}).status_code == 403


SHOWN = ["mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"]
SHOWN += ["account_change_password", "account_reauthenticate"]


@pytest.mark.parametrize("name", [*SHOWN, "account_login", "account_inactive", "mfa_authenticate"])
def test_every_page_has_the_strict_policy(name: str, client: Client, with_app: User) -> None:
    if name in SHOWN:
        client.force_login(with_app)
        with_app.authenticator_set.all().delete()
        confirm(client)
    elif name == "mfa_authenticate":
        sign_in(client, with_app)
    answer = client.get(address(name))
    assert answer.status_code == (403 if name == "account_inactive" else 200)
    policy = answer["Content-Security-Policy"] + ";"
    assert "script-src 'self';" in policy
    assert "form-action 'self';" in policy
    assert "unsafe" not in policy
    assert b"<script>" not in answer.content
    assert b" style=" not in answer.content
    assert b" onclick=" not in answer.content


@pytest.mark.parametrize("name", ["account_login", "mfa_activate_totp", "mfa_authenticate"])
def test_no_page_with_a_secret_is_kept_by_a_cache(name: str, client: Client, with_app: User) -> None:
    if name == "mfa_activate_totp":
        client.force_login(with_app)
        confirm(client)
        with_app.authenticator_set.all().delete()
    elif name == "mfa_authenticate":
        sign_in(client, with_app)
    assert "no-store" in client.get(address(name))["Cache-Control"]
