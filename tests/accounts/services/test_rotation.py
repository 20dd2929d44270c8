"""Rotation, reuse of what was rotated, and what a token may not give."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts import caller
from accounts.models import AccessToken
from accounts.scopes import SCOPES, beyond
from accounts.services import tokens
from audit.models import AuditEvent
from lib.errors import Forbidden, InvalidInput, Unauthenticated


def today(days: int = 0) -> Any:
    return timezone.now().date() + timedelta(days=days)


def actions() -> list[str]:
    return list(AuditEvent.objects.filter(action__contains="token").order_by("id").values_list("action", flat=True))


def test_a_rotated_token_is_replaced_by_one_like_it(alice: Any) -> None:
    old, secret = tokens.issue(alice, name="ci", scopes=["read_api"], description="nightly")
    new, new_secret = tokens.rotate(old)
    assert (new.name, new.description, new.scopes, new.user) == ("ci", "nightly", ["read_api"], alice)
    assert (new.rotated_from, new.expires_at) == (old, today(7))
    assert tokens.resolve(new_secret).token == new
    with pytest.raises(Unauthenticated, match="revoked"):
        tokens.resolve(secret)
    assert actions() == ["personal_access_token_created", "personal_access_token_rotated"]


def test_a_rotated_token_may_live_as_long_as_any(alice: Any) -> None:
    old, _ = tokens.issue(alice, name="ci", scopes=["api"], expires_at=today(2))
    new, _ = tokens.rotate(old, expires_at=today(300), minted_with=old)
    assert new.expires_at == today(300)
    with pytest.raises(InvalidInput, match="expires_at"):
        tokens.rotate(new, expires_at=today(366))
    assert AccessToken.objects.get(pk=new.pk).active


def test_what_no_longer_works_cannot_be_rotated(alice: Any) -> None:
    old, _ = tokens.issue(alice, name="ci", scopes=["api"])
    tokens.rotate(old)
    with pytest.raises(InvalidInput, match="token already revoked"):
        tokens.rotate(old)
    assert AccessToken.objects.active().count() == 1


def test_a_revoked_token_that_tries_to_rotate_ends_its_family(alice: Any) -> None:
    first, stolen = tokens.issue(alice, name="ci", scopes=["api"])
    other, other_secret = tokens.issue(alice, name="another", scopes=["api"])
    second, _ = tokens.rotate(first)
    third, newest = tokens.rotate(second)
    with caller.calling(None, ip="192.0.2.9"), pytest.raises(Unauthenticated, match="revoked"):
        tokens.resolve(stolen, to_rotate=True)
    with pytest.raises(Unauthenticated, match="revoked"):
        tokens.resolve(newest)
    assert tokens.resolve(other_secret).token == other
    event = AuditEvent.objects.get(action="personal_access_token_family_revoked")
    assert (event.author, event.ip, event.target_number) == (alice, "192.0.2.9", third.pk)
    assert event.details == {"token_id": third.pk, "reused_token_id": first.pk}


def test_a_late_call_with_an_old_token_is_only_refused(alice: Any) -> None:
    first, late = tokens.issue(alice, name="ci", scopes=["api"])
    _, newest = tokens.rotate(first)
    with pytest.raises(Unauthenticated, match="revoked"):
        tokens.resolve(late)
    assert tokens.resolve(newest).user == alice


def test_a_token_gives_nothing_it_has_not(alice: Any) -> None:
    token, _ = tokens.issue(alice, name="ci", scopes=["read_api"], expires_at=today(10))
    for refused in ({"scopes": ["api"]}, {"scopes": ["read_api", "write_models"]}, {"expires_at": today(11)}):
        with pytest.raises(Forbidden):
            tokens.issue(alice, **{"name": "x", "scopes": ["read_api"], **refused}, minted_with=token)
    given, _ = tokens.issue(alice, name="x", scopes=["read_models"], minted_with=token)
    assert given.expires_at == today(10)
    wide, _ = tokens.issue(alice, name="wide", scopes=["api"])
    with pytest.raises(Forbidden):
        tokens.rotate(wide, minted_with=token)
    rotated, _ = tokens.rotate(given, minted_with=token)
    assert rotated.expires_at == today(7)


def test_which_scopes_contain_which() -> None:
    assert beyond(SCOPES, ["api"]) == []
    assert beyond(["read_experiments", "read_user"], ["read_api"]) == []
    assert beyond(["read_api"], ["read_user", "read_experiments", "read_models", "read_packages"]) == ["read_api"]
    assert beyond(["api", "read_models"], ["write_models"]) == ["api"]


def test_every_end_is_told_once(alice: Any) -> None:
    token, secret = tokens.issue(alice, name="ci", scopes=["api"])
    tokens.revoke(token)
    tokens.revoke(token)
    tokens.revoke_all(alice)
    assert actions() == ["personal_access_token_created", "personal_access_token_revoked"]
    kept = str(list(AuditEvent.objects.values()))
    assert secret not in kept
    assert token.digest not in kept
