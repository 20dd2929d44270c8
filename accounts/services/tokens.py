"""Issue, resolve, rotate and revoke access tokens."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts import deeds, secrets, sql
from accounts.identity import Identity
from accounts.models import AccessToken, TokenKind, User
from accounts.scopes import SCOPES, beyond
from lib.errors import Forbidden, InvalidInput, Unauthenticated
from lib.statements import rows

USE_IS_NOTED_EVERY = timedelta(minutes=1)
# How long a rotated token lives when nothing is said; GitLab's.
LIFE_AFTER_ROTATION = timedelta(days=7)


def issue(
    user: User,
    *,
    name: str,
    scopes: list[str],
    kind: TokenKind = TokenKind.PERSONAL,
    expires_at: date | None = None,
    description: str = "",
    minted_with: AccessToken | None = None,
) -> tuple[AccessToken, str]:
    """A new token and its secret, which is not kept: show it once.

    `expires_at` defaults to, and may not be beyond, `TOKEN_MAX_DAYS` from today. InvalidInput for an unknown or
    missing scope, an empty name, or a date outside that range. What is `minted_with` a token may neither do more nor
    live longer than that one: Forbidden.
    """
    fields = {"name": _name(name), "description": description, "scopes": _scopes(scopes)}
    if minted_with is not None:
        expires_at = _within(minted_with, scopes, expires_at)
    with transaction.atomic():
        token, secret = _insert(user=user, kind=kind, expires_at=_expiry(expires_at), **fields)
        _tell("created", token, scopes=token.scopes, expires_at=token.expires_at)
    return token, secret


def resolve(secret: str, *, ip: str | None = None, to_rotate: bool = False) -> Identity:
    """Who holds this secret. Unauthenticated when it is unknown, expired, revoked, or its user is blocked.

    A revoked token that is used `to_rotate` is in two hands, so what it was rotated to is revoked as well.
    """
    found = _of_row(next(iter(rows(sql.HOLDER, [digest_of(secret)])), None))
    if to_rotate and found is not None and found.revoked and found.user.is_active:
        revoke_family(found)
    return identity_of(found, ip=ip)


def digest_of(secret: str) -> str:
    """What is kept of it. Unauthenticated when it cannot be one of ours."""
    if not secrets.well_formed(secret):
        raise Unauthenticated("401 Unauthorized")
    return secrets.digest(secret)


def identity_of(token: AccessToken | None, *, ip: str | None = None) -> Identity:
    """Who holds the token that was found with a secret, and is using it now. Unauthenticated as in `resolve`."""
    valid = _valid(token)
    _note_use(valid, ip)
    return Identity(valid.user, valid)


def _of_row(row: tuple[Any, ...] | None) -> AccessToken | None:
    return None if row is None else sql.token_of(row)


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


def rotate(
    token: AccessToken,
    *,
    expires_at: date | None = None,
    minted_with: AccessToken | None = None,
) -> tuple[AccessToken, str]:
    """A new token like it, and its secret; the old one is revoked at once. It lives a week unless said otherwise.

    InvalidInput when it no longer works, or another was faster. A token may rotate itself for as long as any token may
    live; another one only within the limits of `issue`.
    """
    wanted = expires_at or timezone.now().date() + min(LIFE_AFTER_ROTATION, timedelta(days=settings.TOKEN_MAX_DAYS))
    if minted_with is not None and minted_with.pk != token.pk:
        wanted = min(wanted, _within(minted_with, token.scopes, expires_at))
    alike = {field: getattr(token, field) for field in ("user", "kind", "name", "description", "scopes")}
    with transaction.atomic():
        if not AccessToken.objects.active().filter(pk=token.pk).update(revoked_at=timezone.now()):
            raise InvalidInput("token already revoked")
        rotated, secret = _insert(**alike, rotated_from=token, expires_at=_expiry(wanted))
        _tell("rotated", rotated, expires_at={"from": token.expires_at, "to": rotated.expires_at})
    return rotated, secret


def revoke(token: AccessToken) -> None:
    """The token stops working with the next request. Doing it twice changes nothing."""
    with transaction.atomic():
        if AccessToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
            _tell("revoked", token)


def revoke_all(user: User) -> None:
    with transaction.atomic():
        for token in user.access_tokens.filter(revoked_at=None):
            revoke(token)


def revoke_family(token: AccessToken) -> None:
    """Revokes the token that `token` has been rotated to, perhaps over several: the only one that can still work."""
    last = token
    while (following := AccessToken.objects.filter(rotated_from=last).select_related("user").first()) is not None:
        last = following
    with transaction.atomic():
        if AccessToken.objects.filter(pk=last.pk, revoked_at=None).update(revoked_at=timezone.now()):
            _tell("family_revoked", last, reused_token_id=token.pk, by=token.user)


def _insert(**fields: Any) -> tuple[AccessToken, str]:
    secret = secrets.generate(fields["kind"])
    token = AccessToken.objects.create(digest=secrets.digest(secret), hint=secret[-4:], **fields)
    return token, secret


def _tell(what: str, token: AccessToken, *, by: User | None = None, **details: Any) -> None:
    told = {"token_id": token.pk, **details}
    kind = "deploy_token" if token.kind == TokenKind.DEPLOY else f"{token.kind}_access_token"
    deeds.tell(f"{kind}_{what}", target=token, details=told, by=by)


def _within(minting: AccessToken, scopes: list[str], expires_at: date | None) -> date:
    """The expiry date, which is the minting token's own when none is wanted."""
    if wider := beyond(scopes, minting.scopes):
        raise Forbidden(f"a token cannot give what it has not: {', '.join(wider)}")
    latest = minting.expires_at or timezone.now().date() + timedelta(days=settings.TOKEN_MAX_DAYS)
    if expires_at is not None and expires_at > latest:
        raise Forbidden(f"a token cannot make one that lives longer than itself (until {latest})")
    return expires_at or latest


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
