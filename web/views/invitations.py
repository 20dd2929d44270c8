"""Where the link of an invitation leads: sign in, or make an account, and become a member."""

from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from lib.errors import Refusal
from projects.services import invitations
from web import gate, places, posted
from web.sign_in import throttle

FIELDS = ("username", "name", "password")


@require_safe
@never_cache
def show(request: HttpRequest, secret: str) -> HttpResponse:
    """Who invites to what, and how to answer."""
    return _page(request, secret)


@require_POST
@never_cache
def accept(request: HttpRequest, secret: str) -> HttpResponse:
    """Whoever is signed in becomes a member."""
    member = invitations.accept(secret, gate.require(request))
    place: places.Place = member.project or member.namespace  # type: ignore[assignment]
    messages.success(request, f"You are a member of {place.name} now.")
    return redirect(places.home(place))


@require_POST
@never_cache
@sensitive_post_parameters()
def join(request: HttpRequest, secret: str) -> HttpResponse:
    """A new account, which is signed in and a member."""
    if not ratelimit.consume(request, action="signup"):
        return throttle.refused(request)
    place = invitations.find(secret).place
    typed = {name: posted.line(request, name) for name in ("username", "name")}
    try:
        user = invitations.join(secret, password=request.POST.get("password", ""), **typed)
    except Refusal as refusal:
        return _page(request, secret, status=400, typed=typed, **places.refused(refusal, *FIELDS))
    messages.success(request, f"Welcome. You are a member of {place.name} now.")
    answer: HttpResponse = perform_password_login(request, {}, Login(user=user, redirect_url=places.home(place)))
    return answer


@require_POST
@never_cache
def decline(request: HttpRequest, secret: str) -> HttpResponse:
    """The invitation is over."""
    invitations.decline(secret)
    messages.success(request, "The invitation is declined.")
    return redirect("explore")


def _page(request: HttpRequest, secret: str, *, status: int = 200, **more: Any) -> HttpResponse:
    invitation = invitations.find(secret)
    context = {
        "invitation": invitation,
        "kind": "project" if invitation.project else "group",
        "secret": secret,
        "makes_accounts": invitations.make_accounts(),
        **more,
    }
    return render(request, "web/invitation.html", context, status=status)
