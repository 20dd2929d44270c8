"""Tokens that only read packages and models, for deployments. https://docs.gitlab.com/api/deploy_tokens/

Each has a bot that is a Reporter in just that place, so the policy need not know of them.
"""

from datetime import date, datetime

from django.db.models import QuerySet
from msgspec import Struct

from accounts.models import AccessToken, TokenKind
from api import parsing
from api.rest import moments, pages
from api.rest.endpoint import Nothing, RestEndpoint, for_both, number
from api.rest.entities import tokens as entities
from lib.errors import Forbidden, InvalidInput, NotFound
from projects import bots
from projects.roles import Ability, GroupAbility
from projects.services import members

SCOPES = {"read_package_registry": "read_packages", "read_packages": "read_packages", "read_models": "read_models"}


class Listing(pages.Paged):
    active: bool | None = None


def _listed(found: QuerySet[AccessToken], p: Listing) -> QuerySet[AccessToken]:
    if p.active is not None:
        working = AccessToken.objects.active().values("pk")
        found = found.filter(pk__in=working) if p.active else found.exclude(pk__in=working)
    return found.order_by("pk")


class ListAllDeployTokens(RestEndpoint):
    """Of the whole instance, for administrators."""

    method = "GET"
    scopes = ("api", "read_api")
    admin = True
    Params = Listing

    def handle(self, p: Listing) -> pages.Page[entities.DeployToken]:
        found = _listed(AccessToken.objects.filter(kind=TokenKind.DEPLOY), p)
        return pages.answer(self.request, p, found, entities.deploy_token)


class _ListDeployTokens(RestEndpoint, abstract=True):
    method = "GET"
    Params = Listing

    def handle(self, p: Listing) -> pages.Page[entities.DeployToken]:
        found = _listed(bots.tokens(self.place, TokenKind.DEPLOY), p)
        return pages.answer(self.request, p, found, entities.deploy_token)


class _CreateDeployToken(RestEndpoint, abstract=True):
    method = "POST"

    class Params(Struct, kw_only=True):
        name: str
        scopes: list[str]
        expires_at: str | None = None
        username: str = ""

    def handle(self, p: Params) -> entities.DeployToken:
        if self.identity.user.is_bot:
            raise Forbidden("a project's or group's token cannot make others")
        token, secret = members.issue_deploy_token(
            self.place,
            name=p.name,
            scopes=[_scope(scope) for scope in p.scopes],
            username=p.username[:255],
            expires_at=_day(p.expires_at),
            minted_with=self.identity.token,
        )
        return entities.deploy_token(token, secret)


def _scope(scope: str) -> str:
    if scope not in SCOPES:
        raise InvalidInput(f"must be one or more of {', '.join(SCOPES)}", field="scopes")
    return SCOPES[scope]


def _day(text: str | None) -> date | None:
    """GitLab takes a time; a deploy token lasts whole days here."""
    if not text:
        return None
    try:
        return moments.read(text, "expires_at").date()
    except InvalidInput:
        raise InvalidInput("is invalid", field="expires_at", code=parsing.ILL_TYPED) from None


class _One(RestEndpoint, abstract=True):
    token: AccessToken

    def changed_at(self, **captured: str) -> datetime:
        return self.token.created_at

    def find(self, **captured: str) -> dict[str, str]:
        missing = "404 Deploy Token Not Found"
        found = bots.tokens(self.place, TokenKind.DEPLOY).filter(pk=number(captured.pop("token"), missing)).first()
        if found is None:
            raise NotFound(missing)
        self.token = found
        return captured


class _GetDeployToken(_One, abstract=True):
    method = "GET"

    def handle(self, p: Nothing) -> entities.DeployToken:
        return entities.deploy_token(self.token)


class _RevokeDeployToken(_One, abstract=True):
    method = "DELETE"

    def handle(self, p: Nothing) -> None:
        members.revoke_bot_token(self.token)


LIST = for_both(_ListDeployTokens, Ability.ADMIN_PROJECT, GroupAbility.ADMIN_GROUP)
CREATE = for_both(_CreateDeployToken, Ability.ADMIN_PROJECT, GroupAbility.ADMIN_GROUP)
GET = for_both(_GetDeployToken, Ability.ADMIN_PROJECT, GroupAbility.ADMIN_GROUP)
REVOKE = for_both(_RevokeDeployToken, Ability.ADMIN_PROJECT, GroupAbility.ADMIN_GROUP)
