"""Who has which role where."""

from datetime import date
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import deeds
from accounts.models import AccessToken, TokenKind, User
from accounts.services import tokens
from accounts.services import users as people
from lib.errors import Conflict, Forbidden, InvalidInput
from projects import bots
from projects.models import Member, Namespace, Project
from projects.roles import MEMBER_ROLES, Role

Where = Project | Namespace
DEPLOY_SCOPES = ("read_packages", "read_models")


def set_role(user: User, where: Where, role: int, *, expires_at: date | None = None) -> Member:
    """Makes `user` a member of a project or group, or changes their role there."""
    with transaction.atomic():
        before = where.members.select_for_update().filter(user=user).first()
        if before is not None and role < before.role:
            keep_an_owner(before)
        member = _put(user, where, role, expires_at)
        if before is None:
            _tell("member_created", member, where, access_level=role, expires_at=expires_at)
        elif (before.role, before.expires_at) != (role, expires_at):
            changed = {"access_level": (before.role, role), "expires_at": (before.expires_at, expires_at)}
            told = {field: {"from": old, "to": new} for field, (old, new) in changed.items() if old != new}
            _tell("member_updated", member, where, **told)
    return member


def add(user: User, where: Where, role: int, *, expires_at: date | None = None) -> Member:
    """Conflict when they are a member already. A bot stays in the place that it was made for."""
    if user.is_bot:
        raise InvalidInput("a token's bot cannot become a member elsewhere", field="user_id")
    check_role(role)
    with transaction.atomic():
        member = _insert(user, where, role, expires_at)
        _tell("member_created", member, where, access_level=role, expires_at=expires_at)
    return member


def remove(user: User, where: Where) -> None:
    """Forbidden for the last owner of a group, which nobody could manage any more."""
    with transaction.atomic():
        member = where.members.select_for_update().filter(user=user).first()
        if member is None:
            return
        keep_an_owner(member)
        _tell("member_removed", member, where, access_level=member.role)
        member.delete()


def keep_an_owner(leaving: Member) -> None:
    """Forbidden when they are the only owner of a group."""
    if leaving.namespace is None or leaving.role != Role.OWNER:
        return
    others = leaving.namespace.members.current().filter(role=Role.OWNER, user__is_bot=False)
    if not others.exclude(user=leaving.user_id).exists():
        raise Forbidden("a group needs an owner: make somebody else one first")


def issue_bot_token(
    where: Where,
    *,
    name: str,
    scopes: list[str],
    role: int = Role.MAINTAINER,
    expires_at: date | None = None,
    description: str = "",
    minted_with: AccessToken | None = None,
) -> tuple[AccessToken, str]:
    """A project or group access token: it belongs to a bot that is a member of just this place."""
    fields = {"name": name, "scopes": scopes, "expires_at": expires_at, "description": description}
    return _with_bot(where, role, kind=bots.kind_of(where), minted_with=minted_with, **fields)


def issue_deploy_token(
    where: Where,
    *,
    name: str,
    scopes: list[str],
    username: str = "",
    expires_at: date | None = None,
    minted_with: AccessToken | None = None,
) -> tuple[AccessToken, str]:
    """A token that only reads: its bot is a Reporter of just this place. `username` is what it is called with.

    InvalidInput for a scope that is not among `DEPLOY_SCOPES`.
    """
    if not set(scopes) <= set(DEPLOY_SCOPES):
        raise InvalidInput(f"must be one or more of {', '.join(DEPLOY_SCOPES)}", field="scopes")
    fields = {"name": name, "scopes": scopes, "expires_at": expires_at, "description": username}
    return _with_bot(where, Role.REPORTER, kind=TokenKind.DEPLOY, minted_with=minted_with, **fields)


def _with_bot(where: Where, role: int, **fields: Any) -> tuple[AccessToken, str]:
    bot_name = f"{bots.name(where, fields['kind'])}_{uuid4().hex}"
    with transaction.atomic():
        bot = people.create(bot_name, name=fields["name"][:255] or "bot", is_bot=True)
        member = _put(bot, where, role, fields["expires_at"])
        token, secret = tokens.issue(bot, **fields)
        Member.objects.filter(pk=member.pk).update(expires_at=token.expires_at)
    return token, secret


def rotate_bot_token(
    token: AccessToken, *, expires_at: date | None = None, minted_with: AccessToken | None = None
) -> tuple[AccessToken, str]:
    with transaction.atomic():
        rotated, secret = tokens.rotate(token, expires_at=expires_at, minted_with=minted_with)
        Member.objects.filter(user=token.user).update(expires_at=rotated.expires_at)
    return rotated, secret


def revoke_bot_token(token: AccessToken) -> None:
    """Its bot is a member no longer."""
    with transaction.atomic():
        tokens.revoke(token)
        if not token.user.access_tokens.active().exists():
            Member.objects.filter(user=token.user).delete()


def check_role(role: int) -> None:
    if role not in MEMBER_ROLES:
        offered = ", ".join(f"{known.value} ({known.label})" for known in MEMBER_ROLES)
        raise InvalidInput(f"access_level must be one of {offered}", field="access_level")


def _insert(user: User, where: Where, role: int, expires_at: date | None) -> Member:
    try:
        with transaction.atomic():
            # One that has expired gives way: the user is a member no longer.
            where.members.filter(user=user, expires_at__lte=timezone.now().date()).delete()
            return Member.objects.create(user=user, role=role, expires_at=expires_at, **place(where))
    except IntegrityError:
        raise Conflict("Member already exists") from None


def _put(user: User, where: Where, role: int, expires_at: date | None) -> Member:
    check_role(role)
    fields = {"role": role, "expires_at": expires_at}
    return Member.objects.update_or_create(user=user, **place(where), defaults=fields)[0]


def place(where: Where) -> dict[str, Any]:
    return {"project": where} if isinstance(where, Project) else {"namespace": where}


def _tell(action: str, member: Member, where: Where, **details: Any) -> None:
    deeds.tell(action, target=member.user, details=details, **place(where))
