"""One's own access tokens. Without this page nobody with a browser alone could start to work."""

from datetime import date, timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import TokenKind, User
from accounts.scopes import SCOPES
from accounts.services import tokens
from lib.errors import InvalidInput, Refusal
from web import gate

DEFAULT_DAYS = 90


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@gate.own_page
def index(request: HttpRequest, user: User) -> HttpResponse:
    """One's own access tokens; POST makes a new one and shows its secret, once."""
    if request.method != "POST":
        return _page(request, user)
    try:
        token, secret = tokens.issue(user, name=_name(request), scopes=_scopes(request), expires_at=_expiry(request))
    except Refusal as refusal:
        return _page(request, user, error=refusal, status=400)
    # Shown by this answer itself: a redirect would have to keep the secret somewhere until it arrives.
    return _page(request, user, issued=token, secret=secret)


@require_POST
@gate.own_page
def revoke(request: HttpRequest, user: User, token: int) -> HttpResponse:
    """Ends one of one's own access tokens."""
    found = user.access_tokens.find("No such token", pk=token, kind=TokenKind.PERSONAL)
    tokens.revoke(found)
    messages.success(request, f"Token “{found.name}” is revoked.")
    return redirect("tokens")


def _page(request: HttpRequest, user: User, *, status: int = 200, **more: object) -> HttpResponse:
    own = user.access_tokens.filter(kind=TokenKind.PERSONAL).order_by("-created_at", "-pk")
    today = timezone.now().date()
    context = {
        "active": own.active(),
        "inactive": own.exclude(pk__in=own.active().values("pk"))[:20],
        "scopes": SCOPES,
        "chosen": _scopes(request) or ["api"],
        "name": _name(request),
        "earliest": today + timedelta(days=1),
        "latest": today + timedelta(days=settings.TOKEN_MAX_DAYS),
        "expires": request.POST.get("expires_at") or today + timedelta(days=min(DEFAULT_DAYS, settings.TOKEN_MAX_DAYS)),
        "section": "tokens",
        **more,
    }
    return render(request, "web/tokens.html", context, status=status)


def _name(request: HttpRequest) -> str:
    return request.POST.get("name", "").replace("\x00", "").strip()


def _scopes(request: HttpRequest) -> list[str]:
    return request.POST.getlist("scopes")


def _expiry(request: HttpRequest) -> date | None:
    given = request.POST.get("expires_at", "")
    try:
        return date.fromisoformat(given) if given else None
    except ValueError:
        raise InvalidInput("The expiry date must look like 2030-12-31", field="expires_at") from None
