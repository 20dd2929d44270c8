import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import AccessToken, User
from accounts.services import tokens
from lib.errors import Unauthenticated
from projects.models import Namespace, Project
from projects.roles import Role
from projects.services import members

PLACES = {"project": "/acme/fraud/-/settings", "group": "/groups/acme/-/settings"}
both = pytest.mark.parametrize("kind", PLACES)


@pytest.fixture(autouse=True)
def _there(project: Project, group: Namespace) -> None:
    """Both places are there."""


def secret_in(answer: Any) -> str:
    found = re.search(r"tn[a-z]{3}-\w{38}", answer.content.decode())
    assert found
    return found.group()


@both
def test_a_new_token_is_shown_once_and_works(page: Client, kind: str) -> None:
    where = f"{PLACES[kind]}/access_tokens"
    answer = page.post(where, {"name": "ci", "role": "30", "scopes": ["read_models", "read_api"], "expires_at": ""})
    identity = tokens.resolve(secret_in(answer))
    assert identity.user.is_bot
    assert identity.user.memberships.get().role == Role.DEVELOPER
    assert identity.scopes == {"read_models", "read_api"}
    assert "no-store" in answer["Cache-Control"]
    shown = page.get(where).content.decode()
    assert "ci" in shown
    assert not re.search(r"tn[a-z]{3}-\w{38}", shown)


@both
def test_it_rotates_and_ends(page: Client, kind: str) -> None:
    where = f"{PLACES[kind]}/access_tokens"
    first = secret_in(page.post(where, {"name": "ci", "role": "20", "scopes": ["api"]}))
    second = secret_in(page.post(f"{where}/{AccessToken.objects.get().pk}/rotate"))
    with pytest.raises(Unauthenticated):
        tokens.resolve(first)
    bot = tokens.resolve(second).user
    page.post(f"{where}/{AccessToken.objects.get(revoked_at=None).pk}/revoke")
    with pytest.raises(Unauthenticated):
        tokens.resolve(second)
    assert not bot.memberships.exists()
    assert b"Inactive tokens" in page.get(where).content


@both
@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"name": ""}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"role": "x"}, "role"),
        ({"expires_at": "2001-01-01"}, "expires_at"),
        ({"expires_at": "soon"}, "expires_at"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(page: Client, kind: str, sent: Any, field: str) -> None:
    filled = {"name": "kept name", "role": "30", "scopes": ["api"], "expires_at": "", **sent}
    answer = page.post(f"{PLACES[kind]}/access_tokens", filled)
    assert answer.status_code == 400
    shown = answer.content.decode()
    assert f'id="wrong-{field}"' in shown
    assert field == "name" or 'value="kept name"' in shown
    assert not AccessToken.objects.exists()
    assert not User.objects.filter(is_bot=True).exists()


def test_a_maintainer_gives_no_higher_role_than_their_own(dana: User, project: Project, signed_in: Any) -> None:
    members.set_role(dana, project, Role.MAINTAINER)
    browser, where = signed_in(dana), f"{PLACES['project']}/access_tokens"
    assert b"Owner" not in browser.get(where).content
    assert browser.post(where, {"name": "x", "role": "50", "scopes": ["api"]}).status_code == 400
    assert not AccessToken.objects.exists()
    owners, secret = members.issue_bot_token(project, name="owners", scopes=["api"], role=Role.OWNER)
    browser.post(f"{where}/{owners.pk}/rotate")
    assert tokens.resolve(secret).token == owners


@both
def test_a_deploy_token_reads_and_nothing_else(page: Client, kind: str) -> None:
    where = f"{PLACES[kind]}/repository"
    answer = page.post(where, {"name": "serving", "username": "serve", "scopes": ["read_models"], "expires_at": ""})
    identity = tokens.resolve(secret_in(answer))
    assert (identity.scopes, identity.user.memberships.get().role) == ({"read_models"}, Role.REPORTER)
    refused = page.post(where, {"name": "serving", "scopes": ["api"], "expires_at": ""})
    assert refused.status_code == 400
    assert b"Scopes must be one or more of" in refused.content
    page.post(f"{where}/deploy_tokens/{identity.token.pk}/revoke")
    with pytest.raises(Unauthenticated):
        tokens.resolve(secret_in(answer))


@both
def test_the_form_offers_the_days_that_are_allowed(page: Client, kind: str) -> None:
    shown = page.get(f"{PLACES[kind]}/access_tokens").content.decode()
    latest = timezone.now().date() + timedelta(days=settings.TOKEN_MAX_DAYS)
    assert f'max="{latest}"' in shown


@both
def test_a_list_costs_the_same_whatever_its_length(
    page: Client, kind: str, project: Project, group: Namespace, django_assert_max_num_queries: Any
) -> None:
    for number in range(10):
        members.issue_bot_token(project if kind == "project" else group, name=f"t{number}", scopes=["api"])
    with django_assert_max_num_queries(8):
        assert page.get(f"{PLACES[kind]}/access_tokens").content.count(b"/rotate") == 10
