import base64
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from accounts.models import AccessToken, User
from projects.roles import Role
from projects.services import members


def test_the_caller_is_told_who_they_are(rest: Any, alice: Any) -> None:
    told = rest.get("user")
    assert told.status_code == 200
    assert told["Content-Type"] == "application/json"
    shown = told.json()
    assert (shown["id"], shown["username"], shown["name"]) == (alice.pk, "alice", "Alice Liddell")
    assert (shown["state"], shown["is_admin"], shown["bot"]) == ("active", False, False)
    assert shown["web_url"] == f"{settings.EXTERNAL_URL}/alice"
    assert shown["created_at"].endswith("Z")


@pytest.mark.parametrize("scope", ["api", "read_api", "read_user"])
def test_each_of_three_scopes_is_enough(rest: Any, alice: Any, scope: str) -> None:
    assert rest.as_(alice, scope).get("user").status_code == 200


def test_a_token_for_something_else_is_told_which_scopes_would_do(rest: Any, alice: Any) -> None:
    refused = rest.as_(alice, "write_models").get("user")
    assert refused.status_code == 403
    assert refused.json() == {
        "error": "insufficient_scope",
        "error_description": "The request requires higher privileges than provided by the access token.",
        "scope": "api read_api read_user",
    }


def test_the_secret_may_come_in_any_of_three_headers(rest: Any) -> None:
    basic = base64.b64encode(f"anything:{rest.token}".encode()).decode()
    secret, rest.token = rest.token, None
    for headers in (
        {"private-token": secret},
        {"authorization": f"Bearer {secret}"},
        {"authorization": f"Basic {basic}"},
    ):
        assert rest.get("user", headers=headers).status_code == 200


def test_two_different_secrets_are_not_chosen_from(rest: Any, bob: Any) -> None:
    assert rest.get("user", headers={"private-token": rest.as_(bob).token}).status_code == 400


def test_no_or_a_made_up_token_is_unauthorized(rest: Any) -> None:
    for secret in (None, "tnpat-" + "x" * 38, "glpat-x", "\xe9"):
        rest.token = secret
        refused = rest.get("user")
        assert refused.status_code == 401
        assert refused.json() == {"message": "401 Unauthorized"}
        assert refused["WWW-Authenticate"].startswith("Bearer")


def test_an_expired_and_a_revoked_token_say_so(rest: Any) -> None:
    AccessToken.objects.update(expires_at=timezone.now().date() - timedelta(days=1))
    expired = rest.get("user")
    AccessToken.objects.update(revoked_at=timezone.now())
    revoked = rest.get("user")
    assert (expired.status_code, revoked.status_code) == (401, 401)
    assert expired.json()["error"] == revoked.json()["error"] == "invalid_token"
    assert expired.json()["error_description"].startswith("Token is expired.")
    assert revoked.json()["error_description"].startswith("Token was revoked.")


def test_a_project_tokens_bot_is_a_user_too(rest: Any, project: Any) -> None:
    _, rest.token = members.issue_bot_token(project, name="ci", scopes=["api"], role=Role.DEVELOPER)
    shown = rest.get("user").json()
    assert shown["bot"] is True
    assert shown["username"].startswith(f"project_{project.pk}_bot_")


def test_the_version_is_that_of_the_package(rest: Any) -> None:
    assert rest.get("version").json() == {"version": settings.VERSION, "revision": settings.REVISION}


def test_who_calls_costs_one_query_and_one_for_their_second_factor(rest: Any, django_assert_num_queries: Any) -> None:
    rest.get("user")
    with django_assert_num_queries(2):
        rest.get("user")


def test_whether_somebody_has_a_second_factor_is_said(
    rest: Any, alice: User, admin: User, django_assert_max_num_queries: Any
) -> None:
    alice.authenticator_set.create(type="recovery_codes", data={})
    assert rest.get("user").json()["two_factor_enabled"] is False
    alice.authenticator_set.create(type="totp", data={})
    assert rest.get("user").json()["two_factor_enabled"] is True
    administrator = rest.as_(admin)
    with django_assert_max_num_queries(5):
        listed = administrator.get("users").json()
    assert {user["username"]: user["two_factor_enabled"] for user in listed} == {"alice": True, "root": False}
