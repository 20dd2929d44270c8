"""Who is calling: one header turned into an identity. Used by both JSON doors; cookies are never looked at."""

import base64
import binascii

from django.http import HttpRequest

from accounts import caller, throttles
from accounts.identity import Identity
from accounts.services import tokens
from lib.errors import InvalidInput, Unauthenticated
from projects import policy
from projects.models import Project


def identify(request: HttpRequest, *, door: str, to_rotate: bool = False) -> Identity | None:
    """The caller, also for `accounts.caller`, or None when the request carries no credential at all.

    `PRIVATE-TOKEN: SECRET`, `Deploy-Token: SECRET`, `Authorization: Bearer SECRET` (MLFLOW_TRACKING_TOKEN) or Basic
    with the secret as the password (MLFLOW_TRACKING_USERNAME and _PASSWORD). Unauthenticated for one that does not
    hold; InvalidInput when the headers carry two different ones. Whoever it is has called once more through this
    `door` (`accounts.throttles`): Conflict (429) beyond the limit.
    """
    try:
        identity = _identified(request, to_rotate)
    except (Unauthenticated, InvalidInput):
        throttles.count(request, None, door)
        raise
    throttles.count(request, identity, door)
    return identity


def _identified(request: HttpRequest, to_rotate: bool) -> Identity | None:
    secret = _secret(request)
    ip = request.META.get("REMOTE_ADDR") or None
    caller.identified(None, ip=ip)
    if secret is None:
        return None
    identity = tokens.resolve(secret, ip=ip, to_rotate=to_rotate)
    caller.identified(identity, ip=ip)
    return identity


def admit(request: HttpRequest, project: str, *, door: str) -> tuple[Identity, Project | None]:
    """The caller, who is counted as by `identify`, and the project they name, for `policy.judge`: one query for both.
    Unauthenticated when there is none."""
    try:
        identity, found = _admitted(request, project)
    except (Unauthenticated, InvalidInput):
        throttles.count(request, None, door)
        raise
    throttles.count(request, identity, door)
    return identity, found


def _admitted(request: HttpRequest, project: str) -> tuple[Identity, Project | None]:
    secret = _secret(request)
    ip = request.META.get("REMOTE_ADDR") or None
    caller.identified(None, ip=ip)
    if secret is None:
        raise Unauthenticated("401 Unauthorized")
    identity, found = policy.admit(secret, project, ip=ip)
    caller.identified(identity, ip=ip)
    return identity, found


def require(request: HttpRequest, *, door: str) -> Identity:
    """The caller. Unauthenticated when there is none."""
    identity = identify(request, door=door)
    if identity is None:
        raise Unauthenticated("401 Unauthorized")
    return identity


def _secret(request: HttpRequest) -> str | None:
    """The one secret that the headers carry; None for none, InvalidInput for different ones."""
    meta = request.META
    given = (meta.get("HTTP_PRIVATE_TOKEN"), meta.get("HTTP_DEPLOY_TOKEN"), _authorization(request))
    secrets = {secret for secret in given if secret is not None}
    if len(secrets) > 1:
        raise InvalidInput("Send one credential: the headers carry different ones")
    return secrets.pop() if secrets else None


def _authorization(request: HttpRequest) -> str | None:
    header: str = request.META.get("HTTP_AUTHORIZATION", "")
    scheme, _, credential = header.partition(" ")
    if scheme.lower() == "bearer":
        return credential.strip()
    if scheme.lower() == "basic":
        return _password(credential.strip())
    return None


def _password(credential: str) -> str:
    try:
        return base64.b64decode(credential, validate=True).decode().partition(":")[2]
    except (binascii.Error, UnicodeDecodeError):
        raise Unauthenticated("401 Unauthorized") from None
