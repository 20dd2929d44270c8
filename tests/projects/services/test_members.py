from typing import Any

import pytest

from accounts.models import AccessToken, TokenKind, User
from accounts.services import tokens
from lib.errors import InvalidInput
from projects.models import Member
from projects.roles import Role
from projects.services import members


def test_a_second_role_in_a_place_replaces_the_first(project: Any, charlie: Any) -> None:
    for role in (Role.GUEST, Role.OWNER, Role.REPORTER):
        members.set_role(charlie, project, role)
    assert Member.objects.get(user=charlie, project=project).role == Role.REPORTER


@pytest.mark.parametrize("role", [0, 5, 15, 60, -10, 1000])
def test_only_five_roles_can_be_given(project: Any, charlie: Any, role: int) -> None:
    with pytest.raises(InvalidInput, match="access_level must be one of 10"):
        members.set_role(charlie, project, role)
    assert not Member.objects.filter(user=charlie, project=project).exists()


@pytest.mark.parametrize(("place", "kind"), [("project", TokenKind.PROJECT), ("group", TokenKind.GROUP)])
def test_a_places_token_belongs_to_a_bot_that_is_a_member_there(
    request: Any, project: Any, place: str, kind: str
) -> None:
    where = request.getfixturevalue(place)
    token, secret = members.issue_bot_token(where, name="ci", scopes=["write_experiments"], role=Role.DEVELOPER)
    bot = tokens.resolve(secret).user
    assert (token.kind, bot.is_bot, bot.memberships.get().role) == (kind, True, Role.DEVELOPER)
    assert getattr(bot.memberships.get(), "project" if place == "project" else "namespace") == where
    assert not bot.has_usable_password()
    assert not hasattr(bot, "namespace")


def test_a_token_that_cannot_be_leaves_no_bot_behind(project: Any) -> None:
    with pytest.raises(InvalidInput):
        members.issue_bot_token(project, name="ci", scopes=["nothing"])
    with pytest.raises(InvalidInput):
        members.issue_bot_token(project, name="ci", scopes=["api"], role=60)
    assert not User.objects.filter(is_bot=True).exists()
    assert not AccessToken.objects.exists()
