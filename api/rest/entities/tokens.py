"""Access tokens and deploy tokens, in GitLab's words. A secret is only in the answer to the call that made it."""

from typing import Any

from accounts.models import AccessToken
from api.rest.entities.moments import day, moment

# GitLab's name for what a deploy token reads.
DEPLOY_SCOPES = {"read_packages": "read_package_registry"}


def token(token: AccessToken, secret: str | None = None) -> dict[str, Any]:
    shown = {
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
    return shown | ({"token": secret} if secret else {})


def bots_token(bots: AccessToken, secret: str | None = None) -> dict[str, Any]:
    """Of a project or group; with its role there, where it is annotated."""
    return token(bots, secret) | {"access_level": getattr(bots, "role", None)}


def deploy_token(token: AccessToken, secret: str | None = None) -> dict[str, Any]:
    shown = {
        "id": token.pk,
        "name": token.name,
        "username": token.description or f"deploy-token-{token.pk}",
        "expires_at": moment_of_day(token),
        "revoked": token.revoked,
        "expired": token.expired,
        "scopes": [DEPLOY_SCOPES.get(scope, scope) for scope in token.scopes],
    }
    return shown | ({"token": secret} if secret else {})


def moment_of_day(token: AccessToken) -> str | None:
    return f"{token.expires_at}T00:00:00.000Z" if token.expires_at else None
