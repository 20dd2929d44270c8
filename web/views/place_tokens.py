"""Tokens of a project or group, and tokens for deployments, which only read."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accounts.models import AccessToken, TokenKind
from accounts.scopes import SCOPES
from lib.errors import Refusal
from projects import bots, policy
from projects.roles import Ability, GroupAbility, Role
from projects.services import members
from web import gate, places, posted
from web.places import Place

DEFAULT_DAYS = 90
MOST_INACTIVE = 20
FIELDS = ("name", "role", "scopes", "expires_at")
_SHOWN = gate.place_page(Ability.ADMIN_PROJECT, GroupAbility.ADMIN_GROUP, *gate.READS_AND_FORM)
_MANAGED = gate.place_page(Ability.ADMIN_PROJECT, GroupAbility.ADMIN_GROUP)


@_SHOWN
@never_cache
def index(request: HttpRequest, place: Place) -> HttpResponse:
    """The access tokens of a project or group; POST makes a new one and shows its secret, once."""
    if request.method != "POST":
        return _tokens(request, place)
    try:
        role = posted.number(request, "role")
        policy.need_own_role(place, role)
        token, secret = members.issue_bot_token(
            place,
            name=posted.line(request, "name"),
            scopes=request.POST.getlist("scopes"),
            role=role,
            expires_at=posted.day(request, "expires_at"),
        )
    except Refusal as refusal:
        return _tokens(request, place, status=400, **places.refused(refusal, *FIELDS))
    return _tokens(request, place, issued=token, secret=secret)


@_MANAGED
@never_cache
def rotate(request: HttpRequest, place: Place, token: int) -> HttpResponse:
    """A new secret for an access token, shown once; the old one stops working at once."""
    found = bots.tokens(place).find("No such token", pk=token)
    try:
        policy.need_own_role(place, found.role or 0)  # type: ignore[attr-defined]
        rotated, secret = members.rotate_bot_token(found)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect(places.address(place, "access-tokens"))
    return _tokens(request, place, issued=rotated, secret=secret)


@_MANAGED
def revoke(request: HttpRequest, place: Place, token: int) -> HttpResponse:
    """Ends an access token."""
    return _revoke(request, place, bots.tokens(place).find("No such token", pk=token), "access-tokens")


@_SHOWN
@never_cache
def deploy(request: HttpRequest, place: Place) -> HttpResponse:
    """The deploy tokens of a project or group; POST makes a new one and shows its secret, once."""
    if request.method != "POST":
        return _deploy_tokens(request, place)
    try:
        token, secret = members.issue_deploy_token(
            place,
            name=posted.line(request, "name"),
            scopes=request.POST.getlist("scopes"),
            username=posted.line(request, "username")[:255],
            expires_at=posted.day(request, "expires_at"),
        )
    except Refusal as refusal:
        return _deploy_tokens(request, place, status=400, **places.refused(refusal, *FIELDS))
    return _deploy_tokens(request, place, issued=token, secret=secret)


@_MANAGED
def revoke_deploy(request: HttpRequest, place: Place, token: int) -> HttpResponse:
    """Ends a deploy token."""
    found = bots.tokens(place, TokenKind.DEPLOY).find("No such token", pk=token)
    return _revoke(request, place, found, "deploy-tokens")


def _revoke(request: HttpRequest, place: Place, token: AccessToken, back: str) -> HttpResponse:
    members.revoke_bot_token(token)
    messages.success(request, f"Token “{token.name}” is revoked.")
    return redirect(places.address(place, back))


def _tokens(request: HttpRequest, place: Place, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        **_listed(request, place, None, failed=status >= 400),
        **places.frame(place, "access-tokens"),
        "scopes": SCOPES,
        "roles": places.roles_up_to(min(place.role, Role.OWNER)),
        **more,
    }
    return render(request, "web/place_tokens.html", context, status=status)


def _deploy_tokens(request: HttpRequest, place: Place, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        **_listed(request, place, TokenKind.DEPLOY, failed=status >= 400),
        **places.frame(place, "deploy-tokens"),
        "scopes": {scope: SCOPES[scope] for scope in members.DEPLOY_SCOPES},
        **more,
    }
    return render(request, "web/deploy_tokens.html", context, status=status)


def _listed(request: HttpRequest, place: Place, kind: TokenKind | None, *, failed: bool) -> dict[str, Any]:
    own, today = bots.tokens(place, kind).order_by("-created_at", "-pk"), timezone.now().date()
    days = min(DEFAULT_DAYS, settings.TOKEN_MAX_DAYS)
    return {
        "active": own.active(),
        "inactive": own.exclude(pk__in=own.active().values("pk"))[:MOST_INACTIVE],
        "earliest": today + timedelta(days=1),
        "latest": today + timedelta(days=settings.TOKEN_MAX_DAYS),
        "expires": request.POST.get("expires_at") if failed else f"{today + timedelta(days=days)}",
        "typed": request.POST if failed else {},
        "chosen": request.POST.getlist("scopes") if failed else [],
    }
