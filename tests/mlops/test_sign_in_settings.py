"""What the environment says about signing in."""

from typing import Any

import pytest

from mlops import env

OIDC = {"OIDC_ISSUER": "https://id.example.org/", "OIDC_CLIENT_ID": "tenon", "OIDC_CLIENT_SECRET": "x"}


def said(monkeypatch: Any, **given: str) -> dict[str, Any]:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return env.sign_in_providers()


def test_nothing_said_is_no_provider(monkeypatch: Any) -> None:
    assert said(monkeypatch) == {}


def test_an_openid_provider_is_named_by_its_issuer(monkeypatch: Any) -> None:
    app = said(monkeypatch, **OIDC)["openid_connect"]["APPS"][0]
    assert app["settings"] == {"server_url": "https://id.example.org"}
    assert (app["client_id"], app["secret"], app["name"]) == ("tenon", "x", "single sign-on")


def test_gitlab_is_gitlab_com_unless_said_otherwise(monkeypatch: Any) -> None:
    given = {"GITLAB_CLIENT_ID": "tenon", "GITLAB_CLIENT_SECRET": "x"}
    assert said(monkeypatch, **given)["gitlab"]["APPS"][0]["settings"] == {"gitlab_url": "https://gitlab.com"}
    app = said(monkeypatch, **given, GITLAB_URL="https://git.example.org/")["gitlab"]["APPS"][0]
    assert app["settings"] == {"gitlab_url": "https://git.example.org"}


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"OIDC_CLIENT_ID": "tenon"}, "set together"),
        ({**OIDC, "OIDC_CLIENT_SECRET": ""}, "set together"),
        ({"GITLAB_CLIENT_ID": "tenon"}, "set together"),
        ({**OIDC, "OIDC_ISSUER": "http://id.example.org"}, "https://"),
        ({"GITLAB_URL": "git.example.org"}, "https://"),
        ({"PASSWORD_SIGN_IN": "off"}, "no way to sign in"),
        ({**OIDC, "SIGN_UP": "on", "SSO_LINK_BY_EMAIL": "on"}, "strangers"),
    ],
)
def test_what_cannot_work_ends_the_start(monkeypatch: Any, given: dict[str, str], reason: str) -> None:
    with pytest.raises(SystemExit, match=reason):
        said(monkeypatch, **given)


@pytest.mark.parametrize(("given", "meant"), [("", "off"), ("Admins", "admins"), ("everyone", "everyone")])
def test_whom_a_second_factor_is_required_of(monkeypatch: Any, given: str, meant: str) -> None:
    monkeypatch.setenv("REQUIRE_TWO_FACTOR", given)
    assert env.require_two_factor() == meant


def test_nobody_else_can_be_required(monkeypatch: Any) -> None:
    monkeypatch.setenv("REQUIRE_TWO_FACTOR", "some")
    with pytest.raises(SystemExit, match="off, admins, everyone"):
        env.require_two_factor()
