"""Who has which role where."""

from datetime import date
from uuid import uuid4

from django.db import transaction

from accounts.models import AccessToken, TokenKind, User
from accounts.services import tokens
from accounts.services import users as people
from lib.errors import InvalidInput
from projects.models import Member, Namespace, Project
from projects.roles import MEMBER_ROLES, Role


def set_role(user: User, where: Project | Namespace, role: int, *, expires_at: date | None = None) -> Member:
    """Makes `user` a member of a project or group, or changes their role there."""
    if role not in MEMBER_ROLES:
        offered = ", ".join(f"{known.value} ({known.label})" for known in MEMBER_ROLES)
        raise InvalidInput(f"access_level must be one of {offered}", field="access_level")
    place = {"project": where} if isinstance(where, Project) else {"namespace": where}
    member, _ = Member.objects.update_or_create(user=user, **place, defaults={"role": role, "expires_at": expires_at})
    return member


def remove(user: User, where: Project | Namespace) -> None:
    where.members.filter(user=user).delete()


def issue_bot_token(
    where: Project | Namespace,
    *,
    name: str,
    scopes: list[str],
    role: int = Role.MAINTAINER,
    expires_at: date | None = None,
) -> tuple[AccessToken, str]:
    """A project or group access token: it belongs to a bot that is a member of just this place."""
    kind = TokenKind.PROJECT if isinstance(where, Project) else TokenKind.GROUP
    with transaction.atomic():
        bot = people.create(f"{kind}_{where.pk}_bot_{uuid4().hex}", name=name[:255] or "bot", is_bot=True)
        set_role(bot, where, role, expires_at=expires_at)
        return tokens.issue(bot, name=name, scopes=scopes, kind=kind, expires_at=expires_at)
