"""Access tokens and deploy tokens, in GitLab's words. A secret is only in the answer to the call that made it."""

from typing import NotRequired, TypedDict

from accounts.models import AccessToken
from api.rest.entities.moments import Day, Moment, day, moment

# GitLab's name for what a deploy token reads.
DEPLOY_SCOPES = {"read_packages": "read_package_registry"}


class Token(TypedDict):
    """`token` is the secret, in the answer to the call that made it alone."""

    id: int
    name: str
    description: str
    revoked: bool
    created_at: Moment
    scopes: list[str]
    user_id: int
    last_used_at: Moment | None
    last_used_ips: list[str]
    active: bool
    expires_at: Day | None
    token: NotRequired[str]


class BotsToken(Token):
    """Of a project or group, with its bot's role there; null once it is a member no longer."""

    access_level: int | None


class DeployToken(TypedDict):
    """`token` is the secret, in the answer to the call that made it alone."""

    id: int
    name: str
    username: str
    expires_at: Moment | None
    revoked: bool
    expired: bool
    scopes: list[str]
    token: NotRequired[str]


def token(token: AccessToken, secret: str | None = None) -> Token:
    shown: Token = {
        "id": token.pk,
        "name": token.name,
        "description": token.description,
        "revoked": token.revoked,
        "created_at": moment(token.created_at),
        "scopes": token.scopes,
        "user_id": token.user_id,
        "last_used_at": moment(token.last_used_at),
        "last_used_ips": [token.last_used_ip] if token.last_used_ip else [],
        "active": token.active,
        "expires_at": day(token.expires_at),
    }
    if secret:
        shown["token"] = secret
    return shown


def bots_token(bots: AccessToken, role: int | None, secret: str | None = None) -> BotsToken:
    """Of a project or group, whose bot has the `role` there."""
    return {**token(bots, secret), "access_level": role}


def deploy_token(token: AccessToken, secret: str | None = None) -> DeployToken:
    shown: DeployToken = {
        "id": token.pk,
        "name": token.name,
        "username": token.description or f"deploy-token-{token.pk}",
        "expires_at": moment_of_day(token),
        "revoked": token.revoked,
        "expired": token.expired,
        "scopes": [DEPLOY_SCOPES.get(scope, scope) for scope in token.scopes],
    }
    if secret:
        shown["token"] = secret
    return shown


def moment_of_day(token: AccessToken) -> Moment | None:
    return f"{token.expires_at}T00:00:00.000Z" if token.expires_at else None
