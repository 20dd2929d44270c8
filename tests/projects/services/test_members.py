from typing import Any

import pytest

from accounts.models import AccessToken, TokenKind, User
from accounts.services import tokens
from audit.models import AuditEvent
from lib.errors import Forbidden, InvalidInput
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


def told() -> list[Any]:
    return list(AuditEvent.objects.filter(action__startswith="member").order_by("id").values_list("action", "details"))


def test_every_change_of_a_membership_is_told_once(project: Any, charlie: Any) -> None:
    members.set_role(charlie, project, Role.GUEST)
    members.set_role(charlie, project, Role.GUEST)
    members.set_role(charlie, project, Role.OWNER)
    members.remove(charlie, project)
    members.remove(charlie, project)
    assert told()[-3:] == [
        ("member_created", {"access_level": 10, "expires_at": None}),
        ("member_updated", {"access_level": {"from": 10, "to": 50}}),
        ("member_removed", {"access_level": 50}),
    ]


def test_a_bots_membership_comes_and_goes_with_its_token(project: Any, alice: Any) -> None:
    before = AuditEvent.objects.count()
    token, _ = members.issue_bot_token(project, name="ci", scopes=["api"])
    rotated, _ = members.rotate_bot_token(token)
    assert Member.objects.get(user=rotated.user).expires_at == rotated.expires_at
    members.revoke_bot_token(rotated)
    assert not Member.objects.filter(user=rotated.user).exists()
    events = AuditEvent.objects.order_by("id")[before:]
    assert [(event.action, event.project) for event in events] == [
        (f"project_access_token_{what}", project) for what in ("created", "rotated", "revoked")
    ]


def test_a_group_keeps_an_owner(group: Any, alice: Any, bob: Any) -> None:
    for lost in (lambda: members.remove(alice, group), lambda: members.set_role(alice, group, Role.GUEST)):
        with pytest.raises(Forbidden, match="needs an owner"):
            lost()
    members.set_role(bob, group, Role.OWNER)
    members.remove(alice, group)
    assert [member.user for member in group.members.all()] == [bob]
