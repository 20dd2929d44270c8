"""Tokens of a project or group, each with a bot that is a member of just that place.

https://docs.gitlab.com/api/project_access_tokens/, https://docs.gitlab.com/api/group_access_tokens/
"""

from datetime import date, datetime
from typing import Any

from msgspec import Struct

from accounts.models import User
from api.fields import Int64
from api.rest import pages
from api.rest.endpoint import Nothing, RestEndpoint, for_both, number
from api.rest.entities import tokens as entities
from api.rest.personal_access_tokens import Rotation, TokenFilters, matching
from lib.errors import Forbidden, NotFound
from projects import bots, policy
from projects.models import Namespace, Project
from projects.roles import Ability, GroupAbility, Role
from projects.services import members

MISSING = "404 Could not find access token"


def _shown(token: Any) -> entities.BotsToken:
    return entities.bots_token(token, token.role)


class _ListAccessTokens(RestEndpoint, abstract=True):
    method = "GET"

    class Params(TokenFilters):
        pass

    def handle(self, p: Params) -> pages.Page[entities.BotsToken]:
        return pages.answer(self.request, p, matching(bots.tokens(self.place), p), _shown)


class _CreateAccessToken(RestEndpoint, abstract=True):
    method = "POST"

    class Params(Struct, kw_only=True):
        name: str
        scopes: list[str]
        access_level: Int64 = int(Role.MAINTAINER)
        expires_at: date | None = None
        description: str = ""

    def handle(self, p: Params) -> entities.BotsToken:
        if self.identity.user.is_bot:
            raise Forbidden("a project's or group's token cannot make others")
        policy.need_own_role(self.place, p.access_level)
        token, secret = members.issue_bot_token(
            self.place,
            name=p.name,
            scopes=p.scopes,
            role=p.access_level,
            expires_at=p.expires_at,
            description=p.description[:1000],
            minted_with=self.identity.token,
        )
        return entities.bots_token(token, p.access_level, secret)


class _One(RestEndpoint, abstract=True):
    token: Any

    def changed_at(self, **captured: str) -> datetime:
        found: datetime = self.token.created_at
        return found

    def find(self, **captured: str) -> dict[str, str]:
        found = bots.tokens(self.place).filter(pk=number(captured.pop("token"), MISSING)).first()
        if found is None:
            raise NotFound(MISSING)
        self.token = found
        return captured


class _GetAccessToken(_One, abstract=True):
    method = "GET"

    def handle(self, p: Nothing) -> entities.BotsToken:
        return _shown(self.token)


class _RevokeAccessToken(_One, abstract=True):
    method = "DELETE"

    def handle(self, p: Nothing) -> None:
        members.revoke_bot_token(self.token)


class _RotateAccessToken(_One, abstract=True):
    method = "POST"
    rotates = True
    status = 200
    Params = Rotation

    def handle(self, p: Rotation) -> entities.BotsToken:
        policy.need_own_role(self.place, self.token.role or 0)
        new, secret = members.rotate_bot_token(self.token, expires_at=p.expires_at, minted_with=self.identity.token)
        return entities.bots_token(new, self.token.role, secret)


class _RotateSelf(RestEndpoint, abstract=True):
    method = "POST"
    scopes = ("api", "self_rotate")
    rotates = True
    status = 200
    Params = Rotation
    token: Any

    def find(self, **captured: str) -> dict[str, str]:
        """Only the token of just this place; what else there is it does not learn, not even by the time it takes."""
        ((where, address),) = captured.items()
        place = _place_of(self.identity.user, where, address)
        own = self.identity.token
        self.token = bots.tokens(place).filter(pk=own.pk).first() if place and own else None
        if self.token is None:
            raise NotFound(MISSING)
        return {}

    def handle(self, p: Rotation) -> entities.BotsToken:
        new, secret = members.rotate_bot_token(self.token, expires_at=p.expires_at, minted_with=self.identity.token)
        return entities.bots_token(new, self.token.role, secret)


def _place_of(bot: User, where: str, address: str) -> Project | Namespace | None:
    if where == "project":
        return Project.objects.live().filter(members__user=bot).addressed(address).first()
    return Namespace.objects.live().groups().filter(members__user=bot).addressed(address).first()


class RotateProjectsSelf(_RotateSelf):
    """The project's token that this very call is made with."""


class RotateGroupsSelf(_RotateSelf):
    """The group's token that this very call is made with."""


LIST = for_both(_ListAccessTokens, Ability.ADMIN_PROJECT, GroupAbility.ADMIN_GROUP)
CREATE = for_both(_CreateAccessToken, Ability.ADMIN_PROJECT, GroupAbility.ADMIN_GROUP)
GET = for_both(_GetAccessToken, Ability.ADMIN_PROJECT, GroupAbility.ADMIN_GROUP)
REVOKE = for_both(_RevokeAccessToken, Ability.ADMIN_PROJECT, GroupAbility.ADMIN_GROUP)
ROTATE = for_both(_RotateAccessToken, Ability.ADMIN_PROJECT, GroupAbility.ADMIN_GROUP)
