from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from accounts import secrets
from accounts.models import AccessToken
from accounts.services import tokens, users
from lib.errors import InvalidInput, Unauthenticated


def today() -> date:
    return timezone.now().date()


def test_a_secret_leads_to_its_user_and_scopes(alice: Any) -> None:
    token, secret = tokens.issue(alice, name="laptop", scopes=["read_api", "api", "api"])
    identity = tokens.resolve(secret)
    assert (identity.user, identity.token) == (alice, token)
    assert identity.scopes == frozenset({"api", "read_api"})
    assert token.scopes == ["api", "read_api"]


def test_the_secret_itself_is_kept_nowhere(alice: Any) -> None:
    token, secret = tokens.issue(alice, name="laptop", scopes=["api"])
    row = AccessToken.objects.values().get()
    assert secret not in str(row)
    assert (row["digest"], row["hint"]) == (secrets.digest(secret), secret[-4:])
    assert secret not in str(token)


def test_a_token_ends_after_a_year_unless_said_earlier(alice: Any, settings: Any) -> None:
    settings.TOKEN_MAX_DAYS = 100
    assert tokens.issue(alice, name="x", scopes=["api"])[0].expires_at == today() + timedelta(days=100)
    soon = today() + timedelta(days=1)
    assert tokens.issue(alice, name="x", scopes=["api"], expires_at=soon)[0].expires_at == soon


@pytest.mark.parametrize("days", [-1, 0, 366, 100_000])
def test_a_token_cannot_end_before_it_begins_or_live_too_long(alice: Any, days: int) -> None:
    with pytest.raises(InvalidInput, match="expires_at must be after") as refused:
        tokens.issue(alice, name="x", scopes=["api"], expires_at=today() + timedelta(days=days))
    assert refused.value.field == "expires_at"


@pytest.mark.parametrize("scopes", [[], ["everything"], ["api", "API"], [""]])
def test_scopes_must_be_known(alice: Any, scopes: list[str]) -> None:
    with pytest.raises(InvalidInput, match="scopes must be one or more of"):
        tokens.issue(alice, name="x", scopes=scopes)


@pytest.mark.parametrize("name", ["", "x" * 256])
def test_a_token_needs_a_name_of_reasonable_length(alice: Any, name: str) -> None:
    with pytest.raises(InvalidInput, match="name must have"):
        tokens.issue(alice, name=name, scopes=["api"])


def test_a_token_works_until_the_day_it_expires_begins(alice: Any) -> None:
    with time_machine.travel("2030-01-01T12:00:00Z", tick=False):
        _, secret = tokens.issue(alice, name="x", scopes=["api"], expires_at=date(2030, 1, 10))
    with time_machine.travel("2030-01-09T23:59:59Z", tick=False):
        assert tokens.resolve(secret).user == alice
    with time_machine.travel("2030-01-10T00:00:00Z", tick=False):
        with pytest.raises(Unauthenticated, match="expired") as refused:
            tokens.resolve(secret)
        assert not AccessToken.objects.active().exists()
    assert refused.value.code == "invalid_token"


def test_a_revoked_token_stops_at_once_and_stays_so(alice: Any) -> None:
    token, secret = tokens.issue(alice, name="x", scopes=["api"])
    tokens.revoke(token)
    token.refresh_from_db()
    first = token.revoked_at
    tokens.revoke(token)
    token.refresh_from_db()
    assert token.revoked_at == first
    with pytest.raises(Unauthenticated, match="revoked"):
        tokens.resolve(secret)
    assert not AccessToken.objects.active().exists()


def test_all_of_a_users_tokens_can_be_revoked(alice: Any, bob: Any) -> None:
    issued = [tokens.issue(user, name="x", scopes=["api"])[1] for user in (alice, alice, bob)]
    tokens.revoke_all(alice)
    for secret in issued[:2]:
        with pytest.raises(Unauthenticated):
            tokens.resolve(secret)
    assert tokens.resolve(issued[2]).user == bob


def test_a_blocked_users_tokens_stop_and_come_back(alice: Any) -> None:
    _, secret = tokens.issue(alice, name="x", scopes=["api"])
    everybody = type(alice).objects.all()
    assert users.block(everybody) == 1
    assert users.block(everybody) == 0
    with pytest.raises(Unauthenticated, match="401 Unauthorized"):
        tokens.resolve(secret)
    assert users.unblock(everybody) == 1
    assert tokens.resolve(secret).user == alice


def test_junk_costs_no_query(db: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0), pytest.raises(Unauthenticated):
        tokens.resolve("tnpat-" + "0" * 38)


def test_a_secret_costs_one_query_and_its_use_is_noted_once_a_minute(
    alice: Any, django_assert_num_queries: Any
) -> None:
    _, secret = tokens.issue(alice, name="x", scopes=["api"])
    with time_machine.travel("2030-01-01T12:00:00Z", tick=False) as clock:
        AccessToken.objects.update(expires_at=None)
        with django_assert_num_queries(2):
            tokens.resolve(secret, ip="192.0.2.1")
        with django_assert_num_queries(1):
            tokens.resolve(secret, ip="192.0.2.2")
        token = AccessToken.objects.get()
        assert (token.last_used_at, token.last_used_ip) == (timezone.now(), "192.0.2.1")
        clock.shift(61)
        tokens.resolve(secret, ip="192.0.2.2")
        token.refresh_from_db()
        assert (token.last_used_at, token.last_used_ip) == (timezone.now(), "192.0.2.2")


def test_a_secret_of_the_right_form_that_was_never_issued(db: None) -> None:
    with pytest.raises(Unauthenticated, match="401 Unauthorized"):
        tokens.resolve(secrets.generate("personal"))
