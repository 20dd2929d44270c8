"""Signing in by another provider, asked over HTTP: an OpenID provider, and a GitLab."""

import html
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from accounts.models import User
from accounts.services import users as accounts
from audit.models import AuditEvent
from mlops.env import sign_in_providers
from projects.services import users
from tests.provider import CLIENT, SECRET, WRONGS, Provider, serving
from tests.web.sign_in.conftest import PASSWORD, confirm, sign_in, signed_in

OPENID, GITLAB = "/users/auth/openid/oidc", "/users/auth/gitlab"
SECURITY = "/-/user_settings/security"


@pytest.fixture
def provider(settings: Any, monkeypatch: Any) -> Iterator[Provider]:
    """Both of the providers that settings can name, on one address, as the environment says it."""
    with serving() as started:
        for name, value in {
            "OIDC_ISSUER": started.url,
            "OIDC_CLIENT_ID": CLIENT,
            "OIDC_CLIENT_SECRET": SECRET,
            "OIDC_NAME": "Acme SSO",
            "GITLAB_URL": f"{started.url}/",
            "GITLAB_CLIENT_ID": CLIENT,
            "GITLAB_CLIENT_SECRET": SECRET,
        }.items():
            monkeypatch.setenv(name, value)
        settings.SIGN_IN_PROVIDERS = settings.SOCIALACCOUNT_PROVIDERS = sign_in_providers()
        started.claims = {"sub": "123", "preferred_username": "ada", "name": "Ada L.", "email": "ada@example.org"}
        started.claims["email_verified"] = True
        started.user = {"id": 7, "username": "ada", "name": "Ada L.", "email": "ada@example.org"}
        started.user["confirmed_at"] = "2020-01-01T00:00:00Z"
        yield started


def address_of(answer: Any) -> str:
    found = re.search(r'http-equiv="refresh" content="0;url=([^"]+)"', answer.content.decode())
    assert found, answer.content.decode()
    return html.unescape(found.group(1))


def by(client: Client, start: str, **sent: Any) -> Any:
    """The whole way, as a browser goes it: our form, the page that leaves, the provider, and back."""
    back = httpx.get(address_of(client.post(start, sent))).headers["Location"]
    return client.get(back.removeprefix(f"http://{urlsplit(back).netloc}"))


@pytest.fixture(params=[OPENID, GITLAB], ids=["openid", "gitlab"])
def way(request: Any) -> str:
    return str(request.param)


def test_the_sign_in_page_offers_both(client: Client, provider: Provider) -> None:
    shown = client.get("/users/sign_in?next=/explore/projects").content.decode()
    assert "Sign in with Acme SSO" in shown
    assert "Sign in with GitLab" in shown
    assert shown.count('name="next" value="/explore/projects"') == 3
    assert provider.asked == [], "looking asks nobody"


def test_without_providers_there_is_only_the_password(client: Client, db: None) -> None:
    assert "Sign in with" not in client.get("/users/sign_in").content.decode()
    assert client.post(OPENID).status_code == 404
    assert client.post(GITLAB).status_code == 404


def test_a_first_sign_in_makes_a_user_with_a_namespace(client: Client, provider: Provider, way: str) -> None:
    answer = by(client, way, next="/explore/projects")
    assert answer["Location"] == "/explore/projects"
    user = User.objects.get()
    assert (user.username, user.name, user.email) == ("ada", "Ada L.", "ada@example.org")
    assert (user.namespace.full_path, user.is_admin, user.has_usable_password()) == ("ada", False, False)
    assert client.session["_auth_user_id"] == str(user.pk)
    told = AuditEvent.objects.get(action="identity_linked")
    assert told.target == "ada"
    assert told.details == {"provider": "oidc" if way == OPENID else "gitlab", "uid": "123" if way == OPENID else "7"}
    assert AuditEvent.objects.filter(action="user_created").count() == 1


def test_a_second_sign_in_finds_the_same_user_whatever_they_are_called_now(provider: Provider, way: str) -> None:
    by(Client(), way)
    provider.claims |= {"preferred_username": "countess", "email": "other@example.org"}
    provider.user |= {"username": "countess", "email": "other@example.org"}
    client = Client()
    by(client, way)
    assert User.objects.get().username == "ada"
    assert signed_in(client)


@pytest.mark.parametrize(
    ("wanted", "given"),
    [("ada", "ada1"), ("ADA", "ADA1"), ("api", "api1"), ("zoë@corp", "zo"), ("a b/c", "a-b-c"), ("", "someone")],
)
def test_a_taken_or_impossible_name_gets_another(client: Client, provider: Provider, wanted: str, given: str) -> None:
    users.create("ada")
    provider.claims |= {"preferred_username": wanted, "email": "someone@example.org"}
    by(client, OPENID)
    assert SocialAccount.objects.get().user.username == given


@pytest.mark.parametrize("wrong", [wrong for wrong in WRONGS if wrong != "no answer"])
def test_what_cannot_be_trusted_signs_nobody_in(client: Client, provider: Provider, wrong: str) -> None:
    provider.wrong = wrong
    answer = by(client, OPENID)
    assert answer.status_code == 403
    assert not signed_in(client)
    assert not User.objects.exists()


def test_a_provider_that_does_not_answer_is_said_so(client: Client, provider: Provider) -> None:
    provider.wrong = "no answer"
    answer = client.post(OPENID)
    assert answer.status_code == 503
    assert "does not answer" in answer.content.decode()


def test_an_answer_that_nobody_asked_for_is_refused(client: Client, provider: Provider, way: str) -> None:
    """Else a stranger could sign somebody in as themselves."""
    back = httpx.get(address_of(Client().post(way))).headers["Location"]
    answer = client.get(urlsplit(back).path + "?" + urlsplit(back).query)
    assert answer.status_code == 403
    assert not signed_in(client)
    assert client.get(f"{way}/callback?code=x&state=y").status_code == 403
    assert not User.objects.exists()


def test_an_answer_counts_once(client: Client, provider: Provider, way: str) -> None:
    back = httpx.get(address_of(client.post(way))).headers["Location"]
    path = urlsplit(back).path + "?" + urlsplit(back).query
    assert client.get(path).status_code == 302
    client.post("/users/sign_out")
    assert client.get(path).status_code == 403
    assert not signed_in(client)


def test_who_changes_their_mind_is_told_so(client: Client, provider: Provider, way: str) -> None:
    back = httpx.get(address_of(client.post(way))).headers["Location"]
    state = re.search(r"state=([^&]+)", back)
    assert state
    answer = client.get(f"{way}/callback?error=access_denied&state={state.group(1)}")
    assert answer.status_code == 403
    assert "was told not to" in answer.content.decode()


def test_a_link_cannot_start_it(client: Client, provider: Provider, way: str) -> None:
    assert client.get(way).status_code == 405


def test_a_blocked_user_is_refused_and_told_why(provider: Provider, way: str) -> None:
    by(Client(), way)
    accounts.block(User.objects.all())
    client = Client()
    answer = client.get(by(client, way)["Location"])
    assert answer.status_code == 403
    assert "This account is blocked" in answer.content.decode()
    assert not signed_in(client)


def test_a_second_factor_is_asked_for_here_too(provider: Provider, way: str) -> None:
    from allauth.mfa.totp.internal.auth import TOTP

    by(Client(), way)
    TOTP.activate(User.objects.get(), "JBSWY3DPEHPK3PXP")
    client = Client()
    assert by(client, way)["Location"] == "/users/sign_in/second_factor"
    assert not signed_in(client)


# Whose it is --------------------------------------------------------------------------------------------------------


@pytest.fixture
def ada(db: None) -> User:
    """Somebody who is here already, with the e-mail address that the provider will name."""
    return users.create("local", password=PASSWORD, email="Ada@Example.org")


def test_an_address_alone_takes_over_nobody(client: Client, provider: Provider, ada: User, way: str) -> None:
    answer = by(client, way)
    assert answer.status_code == 403
    assert "connect it under Account security" in answer.content.decode()
    assert not signed_in(client)
    assert User.objects.get() == ada
    assert not SocialAccount.objects.exists()


def test_a_verified_address_links_if_the_administrator_says_so(
    client: Client, provider: Provider, ada: User, way: str, settings: Any
) -> None:
    settings.SSO_LINK_BY_EMAIL = True
    by(client, way)
    assert client.session["_auth_user_id"] == str(ada.pk)
    assert SocialAccount.objects.get().user == ada
    assert AuditEvent.objects.get(action="identity_linked").target == "local"
    ada.refresh_from_db()
    assert ada.check_password(PASSWORD)


@pytest.mark.parametrize("verified", [False, None, "false", "no", 0])
def test_an_address_that_is_not_verified_never_links(
    client: Client, provider: Provider, ada: User, settings: Any, verified: Any
) -> None:
    settings.SSO_LINK_BY_EMAIL = True
    provider.claims["email_verified"] = verified
    assert by(client, OPENID).status_code == 403
    provider.user["confirmed_at"] = None
    assert by(client, GITLAB).status_code == 403
    assert not signed_in(client)
    assert not SocialAccount.objects.exists()


def test_an_address_that_two_have_links_nobody(client: Client, provider: Provider, ada: User, settings: Any) -> None:
    settings.SSO_LINK_BY_EMAIL = True
    users.create("second", email="ada@example.org")
    assert by(client, OPENID).status_code == 403
    assert not SocialAccount.objects.exists()


def test_an_address_that_is_not_verified_is_not_kept(client: Client, provider: Provider) -> None:
    provider.claims["email_verified"] = False
    by(client, OPENID)
    assert User.objects.get().email == ""


def test_a_bot_is_nobody_to_be_linked(client: Client, provider: Provider, db: None, settings: Any) -> None:
    settings.SSO_LINK_BY_EMAIL = True
    accounts.create("bot", email="ada@example.org", is_bot=True)
    by(client, OPENID)
    assert SocialAccount.objects.get().user.username == "ada"


def test_an_administrator_can_let_nobody_new_in(client: Client, provider: Provider, way: str, settings: Any) -> None:
    settings.SSO_SIGN_UP = False
    answer = by(client, way)
    assert answer.status_code == 403
    assert "no account here yet" in answer.content.decode()
    assert not User.objects.exists()


# Connecting ---------------------------------------------------------------------------------------------------------


def test_who_is_signed_in_connects_and_parts_again(client: Client, provider: Provider, ada: User, way: str) -> None:
    sign_in(client, ada)
    assert client.post(way, {"process": "connect"})["Location"].startswith(f"{SECURITY}/confirm?")
    confirm(client)
    assert by(client, way, process="connect")["Location"] == SECURITY
    account = SocialAccount.objects.get()
    assert account.user == ada
    assert AuditEvent.objects.get(action="identity_linked").author == ada
    other = Client()
    by(other, way)
    assert other.session["_auth_user_id"] == str(ada.pk)
    shown = client.get(SECURITY).content.decode()
    assert "Disconnect" in shown
    assert client.post(f"{SECURITY}/providers", {"account": account.pk})["Location"] == SECURITY
    assert not SocialAccount.objects.exists()
    assert AuditEvent.objects.get(action="identity_unlinked").author == ada


def test_nobody_connects_without_signing_in(client: Client, provider: Provider, way: str) -> None:
    assert client.post(way, {"process": "connect"})["Location"].startswith("/users/sign_in")
    assert provider.asked == []


def test_what_signs_somebody_else_in_is_not_connected(client: Client, provider: Provider, ada: User) -> None:
    provider.claims["email"] = ""
    by(Client(), OPENID)
    sign_in(client, ada)
    confirm(client)
    by(client, OPENID, process="connect")
    assert SocialAccount.objects.get().user != ada


def test_the_only_way_in_is_not_parted_with(client: Client, provider: Provider) -> None:
    by(client, OPENID)
    account = SocialAccount.objects.get()
    client.post(f"{SECURITY}/providers", {"account": account.pk})
    assert SocialAccount.objects.filter(pk=account.pk).exists()
    assert "only way to sign in" in client.get(SECURITY).content.decode()


def test_nobody_parts_with_the_provider_of_another(client: Client, provider: Provider, ada: User) -> None:
    provider.claims["email"] = ""
    by(Client(), OPENID)
    sign_in(client, ada)
    confirm(client)
    client.post(f"{SECURITY}/providers", {"account": SocialAccount.objects.get().pk})
    assert SocialAccount.objects.exists()


# Only so ------------------------------------------------------------------------------------------------------------


def test_passwords_can_be_switched_off(client: Client, provider: Provider, ada: User, settings: Any) -> None:
    settings.PASSWORD_SIGN_IN = False
    settings.SIGN_UP = True
    shown = client.get("/users/sign_in").content.decode()
    assert 'name="password"' not in shown
    assert "Sign up" not in shown
    assert "Sign in with Acme SSO" in shown
    assert sign_in(client, ada).status_code == 403
    assert not signed_in(client)
    assert client.get("/users/sign_up").status_code == 404
    client.force_login(ada)
    assert client.get("/-/user_settings/password").status_code == 404


def test_then_the_last_provider_stays(client: Client, provider: Provider, ada: User, settings: Any) -> None:
    sign_in(client, ada)
    confirm(client)
    by(client, OPENID, process="connect")
    settings.PASSWORD_SIGN_IN = False
    client.post(f"{SECURITY}/providers", {"account": SocialAccount.objects.get().pk})
    assert SocialAccount.objects.exists()
