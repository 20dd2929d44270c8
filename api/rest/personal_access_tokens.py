"""One's own access tokens; an administrator's everybody's. https://docs.gitlab.com/api/personal_access_tokens/"""

from datetime import date, datetime
from typing import Literal

from django.db.models import QuerySet
from msgspec import Struct

from accounts.models import AccessToken, TokenKind, User
from accounts.scopes import SCOPES
from accounts.services import tokens
from api.fields import Int64
from api.rest import moments, pages
from api.rest.endpoint import Nothing, RestEndpoint, number
from api.rest.entities import associations
from api.rest.entities import tokens as entities
from api.rest.entities.projects import with_all_that_is_shown
from api.rest.users import find_user
from lib.errors import Forbidden, Unauthenticated
from projects.models import Namespace, Project
from projects.roles import Role
from projects.services import members


class TokenFilters(pages.Paged):
    revoked: bool | None = None
    state: Literal["active", "inactive"] | None = None
    search: str = ""
    created_after: str | None = None
    created_before: str | None = None
    last_used_after: str | None = None
    last_used_before: str | None = None
    expires_after: date | None = None
    expires_before: date | None = None
    sort: Literal[
        "created_asc", "created_desc", "expires_asc", "expires_desc", "last_used_asc", "last_used_desc",
        "name_asc", "name_desc", "asc", "desc",
    ] = "asc"  # fmt: skip


def matching(found: QuerySet[AccessToken], p: TokenFilters) -> QuerySet[AccessToken]:
    if p.revoked is not None:
        found = found.filter(revoked_at__isnull=not p.revoked)
    if p.state:
        working = AccessToken.objects.active().values("pk")
        found = found.filter(pk__in=working) if p.state == "active" else found.exclude(pk__in=working)
    if p.search:
        found = found.filter(name__icontains=p.search)
    found = moments.between(found, "created_at", p.created_after, p.created_before, of="created")
    found = moments.between(found, "last_used_at", p.last_used_after, p.last_used_before, of="last_used")
    if p.expires_after:
        found = found.filter(expires_at__gt=p.expires_after)
    if p.expires_before:
        found = found.filter(expires_at__lt=p.expires_before)
    return found.order_by(*_order(p.sort))


def _order(sort: str) -> list[str]:
    column, _, direction = sort.rpartition("_")
    sign = "-" if direction == "desc" else ""
    field = {"created": "created_at", "expires": "expires_at", "last_used": "last_used_at", "name": "name"}.get(column)
    return [f"{sign}{field}", f"{sign}pk"] if field else [f"{sign}pk"]


class ListTokens(RestEndpoint):
    method = "GET"
    scopes = ("api", "read_api")

    class Params(TokenFilters):
        user_id: Int64 | None = None

    def handle(self, p: Params) -> pages.Page[entities.Token]:
        return pages.answer(self.request, p, matching(self._wanted(p.user_id), p), entities.token)

    def _wanted(self, user_id: int | None) -> QuerySet[AccessToken]:
        caller = self.identity.user
        if user_id is not None and user_id != caller.pk and not caller.is_admin:
            raise Unauthenticated("401 Unauthorized")
        found = AccessToken.objects.exclude(kind=TokenKind.DEPLOY)
        if user_id is not None:
            return found.filter(user=user_id)
        return found if caller.is_admin else found.filter(user=caller)


class _OneToken(RestEndpoint, abstract=True):
    token: AccessToken

    def changed_at(self, **captured: str) -> datetime:
        return self.token.created_at

    def find(self, **captured: str) -> dict[str, str]:
        """Somebody else's does not exist, but for administrators."""
        found = AccessToken.objects.select_related("user").exclude(kind=TokenKind.DEPLOY)
        if not self.identity.user.is_admin:
            found = found.filter(user=self.identity.user)
        self.token = found.find("404 Not found", pk=number(captured.pop("token")))
        return captured


class _Self(RestEndpoint, abstract=True):
    def changed_at(self, **captured: str) -> datetime:
        return self.token.created_at

    @property
    def token(self) -> AccessToken:
        if self.identity.token is None:
            raise Unauthenticated("401 Unauthorized")
        return self.identity.token


class GetToken(_OneToken):
    method = "GET"
    scopes = ("api", "read_api")

    def handle(self, p: Nothing) -> entities.Token:
        return entities.token(self.token)


class GetSelf(_Self):
    """The token that this very call is made with, whatever it may."""

    method = "GET"
    scopes = tuple(SCOPES)

    def handle(self, p: Nothing) -> entities.Token:
        return entities.token(self.token)


class ListAssociations(_Self):
    """The groups and projects that the token's user has a role in, each with that role."""

    method = "GET"
    scopes = tuple(SCOPES)

    class Params(pages.Paged):
        min_access_level: Int64 = int(Role.GUEST)

    def handle(self, p: Params) -> associations.Associations:
        user, least = self.token.user, max(p.min_access_level, Role.GUEST)
        groups = Namespace.objects.groups().live().with_membership_of(user, least=least).select_related("route")
        projects = with_all_that_is_shown(Project.objects.live().with_membership_of(user, least=least), user)
        return {
            "groups": [associations.group(one) for one in pages.part(p, groups.with_role_of(user).order_by("pk"))],
            "projects": [associations.project(one) for one in pages.part(p, projects.order_by("pk"))],
        }


class RevokeToken(_OneToken):
    method = "DELETE"
    scopes = ("api",)

    def handle(self, p: Nothing) -> None:
        revoke(self.token)


class RevokeSelf(_Self):
    """Ends the token that this very call is made with, whatever it may."""

    method = "DELETE"
    scopes = tuple(SCOPES)

    def handle(self, p: Nothing) -> None:
        revoke(self.token)


class Rotation(Struct):
    expires_at: date | None = None


class RotateToken(_OneToken):
    """A new token like it, shown once; the old one is revoked at once."""

    method = "POST"
    scopes = ("api",)
    rotates = True
    status = 200
    Params = Rotation

    def handle(self, p: Rotation) -> entities.Token:
        return rotated(self, self.token, p)


class RotateSelf(_Self):
    method = "POST"
    scopes = ("api", "self_rotate")
    rotates = True
    status = 200
    Params = Rotation

    def handle(self, p: Rotation) -> entities.Token:
        return rotated(self, self.token, p)


def rotated(endpoint: RestEndpoint, token: AccessToken, p: Rotation) -> entities.Token:
    rotate = tokens.rotate if token.kind == TokenKind.PERSONAL else members.rotate_bot_token
    new, secret = rotate(token, expires_at=p.expires_at, minted_with=endpoint.identity.token)
    return entities.token(new, secret)


def revoke(token: AccessToken) -> None:
    if token.kind == TokenKind.PERSONAL:
        tokens.revoke(token)
    else:
        members.revoke_bot_token(token)


class NewToken(Struct, kw_only=True):
    name: str
    scopes: list[str]
    expires_at: date | None = None
    description: str = ""


class CreateOwnToken(RestEndpoint):
    """For oneself, with no more than the token has that asks for it."""

    method = "POST"
    scopes = ("api",)
    Params = NewToken

    def handle(self, p: NewToken) -> entities.Token:
        if self.identity.user.is_bot:
            raise Forbidden("403 Forbidden - a project's or group's token cannot make others")
        return _created(self, self.identity.user, p)


class CreateUsersToken(RestEndpoint):
    """For anybody, by an administrator."""

    method = "POST"
    scopes = ("api",)
    admin = True
    Params = NewToken
    user: User

    def find(self, **captured: str) -> dict[str, str]:
        self.user = find_user(captured.pop("user"))
        return captured

    def handle(self, p: NewToken) -> entities.Token:
        return _created(self, self.user, p)


def _created(endpoint: RestEndpoint, user: User, p: NewToken) -> entities.Token:
    token, secret = tokens.issue(
        user,
        name=p.name,
        scopes=p.scopes,
        expires_at=p.expires_at,
        description=p.description[:1000],
        minted_with=endpoint.identity.token,
    )
    return entities.token(token, secret)
