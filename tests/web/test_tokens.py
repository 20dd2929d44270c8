import re
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services import tokens

PATH = "/-/user_settings/personal_access_tokens"


def test_a_new_token_is_shown_once_and_works(page: Client, alice: User) -> None:
    answer = page.post(PATH, {"name": "laptop", "scopes": ["read_api", "read_user"], "expires_at": ""})
    found = re.search(r"tnpat-\w{38}", answer.content.decode())
    assert found
    identity = tokens.resolve(found.group())
    assert identity.user == alice
    assert identity.scopes == {"read_api", "read_user"}
    assert "no-store" in answer["Cache-Control"]
    assert found.group() not in page.get(PATH).content.decode()


def test_a_token_is_listed_with_what_it_may_and_when_it_ends(page: Client, alice: User) -> None:
    token, _ = tokens.issue(alice, name="<i>ci</i>", scopes=["api"])
    answer = page.get(PATH).content.decode()
    assert "&lt;i&gt;ci&lt;/i&gt;" in answer
    assert f"{token.expires_at:%Y-%m-%d}" in answer
    assert f"…{token.hint}" in answer


def test_a_form_that_is_not_right_says_why_and_keeps_what_was_typed(page: Client, alice: User) -> None:
    yesterday = timezone.now().date() - timedelta(days=1)
    for wrong in (
        {"name": "", "scopes": ["api"]},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["everything"]},
        {"name": "x", "scopes": ["api"], "expires_at": f"{yesterday}"},
        {"name": "x", "scopes": ["api"], "expires_at": "tomorrow"},
        {"name": "x" * 256, "scopes": ["api"]},
    ):
        answer = page.post(PATH, wrong)
        assert answer.status_code == 400
        assert b'role="alert"' in answer.content
    assert not alice.access_tokens.exists()


def test_a_revoked_token_is_inactive(page: Client, alice: User) -> None:
    token, _ = tokens.issue(alice, name="old", scopes=["api"])
    answer = page.post(f"{PATH}/{token.pk}/revoke", follow=True)
    token.refresh_from_db()
    assert token.revoked
    assert b"Inactive tokens" in answer.content


def test_nobody_revokes_the_token_of_another(page: Client, charlie: User) -> None:
    token, _ = tokens.issue(charlie, name="his", scopes=["api"])
    assert page.post(f"{PATH}/{token.pk}/revoke").status_code == 404
    token.refresh_from_db()
    assert token.active


def test_the_page_is_for_people_who_are_signed_in(client: Client) -> None:
    assert client.get(PATH).status_code == 302
    assert client.post(PATH, {"name": "x", "scopes": ["api"]}).status_code == 302
