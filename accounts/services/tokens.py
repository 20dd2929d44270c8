"""Issue, resolve, rotate and revoke access tokens."""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import secrets
from accounts.identity import Identity
from accounts.models import AccessToken, TokenKind, User
from lib.errors import InvalidInput, Unauthenticated

# What a token may permit. The policy table says which abilities each one covers.
SCOPES = {
    "api": "Everything the user may do.",
    "read_api": "Read everything the user may read.",
    "read_user": "Read the user's own profile.",
    "read_experiments": "Read experiments and runs.",
    "write_experiments": "Create and change experiments and runs.",
    "read_models": "Read the model registry.",
    "write_models": "Create and change models and versions.",
    "read_packages": "List and download files.",
    "write_packages": "Upload and delete files.",
}

USE_IS_NOTED_EVERY = timedelta(minutes=1)


def issue(
    user: User,
    *,
    name: str,
    scopes: list[str],
    kind: TokenKind = TokenKind.PERSONAL,
    expires_at: date | None = None,
    description: str = "",
) -> tuple[AccessToken, str]:
    """A new token and its secret, which is not kept: show it once.

    `expires_at` defaults to, and may not be beyond, `TOKEN_MAX_DAYS` from today. InvalidInput for an unknown or
    missing scope, an empty name, or a date outside that range.
    """
    secret = secrets.generate(kind)
    token = AccessToken.objects.create(
        user=user,
        kind=kind,
        name=_name(name),
        description=description,
        scopes=_scopes(scopes),
        expires_at=_expiry(expires_at),
        digest=secrets.digest(secret),
        hint=secret[-4:],
    )
    return token, secret


def resolve(secret: str, *, ip: str | None = None) -> Identity:
    """Who holds this secret. Unauthenticated when it is unknown, expired, revoked, or its user is blocked."""
    if not secrets.well_formed(secret):
        raise Unauthenticated("401 Unauthorized")
    wanted = secrets.digest(secret)
    token = _valid(AccessToken.objects.select_related("user").filter(digest=wanted).first())
    _note_use(token, ip)
    return Identity(token.user, token)


def holder(pk: int) -> Identity:
    """Whose token that is, as long as it may be used. Unauthenticated afterwards, as `resolve`."""
    token = _valid(AccessToken.objects.select_related("user").filter(pk=pk).first())
    return Identity(token.user, token)


def _valid(token: AccessToken | None) -> AccessToken:
    if token is None or not token.user.is_active:
        raise Unauthenticated("401 Unauthorized")
    if token.revoked:
        raise Unauthenticated("Token was revoked. You have to re-authorize from the user.", code="invalid_token")
    if token.expired:
        raise Unauthenticated("Token is expired. Issue a new token or rotate it in time.", code="invalid_token")
    return token


def revoke(token: AccessToken) -> None:
    """The token stops working with the next request. Doing it twice changes nothing."""
    AccessToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())


def revoke_all(user: User) -> None:
    with transaction.atomic():
        user.access_tokens.filter(revoked_at=None).update(revoked_at=timezone.now())


def _note_use(token: AccessToken, ip: str | None) -> None:
    """Writes at most once a minute per token, whatever the number of replicas."""
    now = timezone.now()
    if token.last_used_at and now - token.last_used_at < USE_IS_NOTED_EVERY:
        return
    unseen = AccessToken.objects.filter(pk=token.pk, last_used_at=token.last_used_at)
    unseen.update(last_used_at=now, last_used_ip=ip)


def _name(name: str) -> str:
    if not name or len(name) > 255:
        raise InvalidInput("name must have 1 to 255 characters", field="name")
    return name


def _scopes(scopes: list[str]) -> list[str]:
    unknown = [scope for scope in scopes if scope not in SCOPES]
    if unknown or not scopes:
        offered = ", ".join(SCOPES)
        raise InvalidInput(f"scopes must be one or more of {offered}; got {scopes}", field="scopes")
    return sorted(set(scopes))


def _expiry(wanted: date | None) -> date:
    today = timezone.now().date()
    latest = today + timedelta(days=settings.TOKEN_MAX_DAYS)
    if wanted is None:
        return latest
    if not today < wanted <= latest:
        message = f"expires_at must be after {today} and at most {latest} ({settings.TOKEN_MAX_DAYS} days)"
        raise InvalidInput(message, field="expires_at")
    return wanted
