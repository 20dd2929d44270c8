from datetime import timedelta
from typing import Any

from django.core import mail
from django.utils import timezone

from accounts.models import User
from accounts.services import tokens
from projects import tasks
from projects.roles import Role
from projects.services import members


def in_days(days: int) -> Any:
    return timezone.now().date() + timedelta(days=days)


def test_people_are_told_once_of_what_expires_within_a_week(alice: Any, bob: Any) -> None:
    User.objects.filter(pk=alice.pk).update(email="alice@example.org")
    for name, days in (("soon", 7), ("later", 8)):
        tokens.issue(alice, name=name, scopes=["api"], expires_at=in_days(days))
    tokens.issue(bob, name="no address", scopes=["api"], expires_at=in_days(1))
    tokens.revoke(tokens.issue(alice, name="revoked", scopes=["api"], expires_at=in_days(1))[0])
    tasks.tell_of_expiring_tokens.delay()
    tasks.tell_of_expiring_tokens.delay()
    assert [(sent.to, "“soon”" in sent.body) for sent in mail.outbox] == [(["alice@example.org"], True)]
    assert "tnpat-" not in mail.outbox[0].body


def test_a_bots_token_is_told_to_those_who_manage_it(project: Any, charlie: Any, dana: Any, alice: Any) -> None:
    User.objects.update(email="x@example.org")
    User.objects.filter(pk=charlie.pk).update(email="charlie@example.org")
    members.set_role(charlie, project, Role.MAINTAINER)
    members.issue_bot_token(project, name="ci", scopes=["api"], expires_at=in_days(2))
    tasks.tell_of_expiring_tokens.delay()
    assert [sent.to for sent in mail.outbox] == [["charlie@example.org"]]
    assert "Project access token" in mail.outbox[0].body or "project access token" in mail.outbox[0].body


def test_the_page_says_so_too(page: Any, alice: Any) -> None:
    tokens.issue(alice, name="ci", scopes=["api"], expires_at=in_days(2))
    assert b"soon</span>" in page.get("/-/user_settings/personal_access_tokens").content
