"""Who is a member of a project or group, directly or from above, and who is invited."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accounts.services import users
from lib.errors import InvalidInput, Refusal
from projects import policy
from projects.models import Member
from projects.roles import Ability, GroupAbility, Role
from projects.services import invitations, members
from web import gate, places, posted, query
from web.places import Place

PAGE_SIZE = 50
FIELDS = ("who", "role", "expires_at")
_SEEN = gate.place_page(Ability.READ_MEMBERS, GroupAbility.READ_GROUP, "GET", "HEAD")
_MANAGED = gate.place_page(Ability.ADMIN_MEMBERS, GroupAbility.ADMIN_GROUP)
_LEFT = gate.place_page(Ability.LEAVE_PROJECT, GroupAbility.LEAVE_GROUP)


@_SEEN
def index(request: HttpRequest, place: Place) -> HttpResponse:
    """The members of a place, those from groups above included, and pending invitations."""
    gate.require(request)
    return _page(request, place)


@_MANAGED
@never_cache
def add(request: HttpRequest, place: Place) -> HttpResponse:
    """Adds somebody by user name, or invites an e-mail address; a link that is not mailed is shown, once."""
    who = posted.line(request, "who")
    try:
        role, expires_at = posted.number(request, "role"), posted.day(request, "expires_at")
        policy.need_own_role(place, role)
        if "@" in who.removeprefix("@"):
            made = invitations.invite(who, place, role, by=gate.require(request), expires_at=expires_at)
            return _invited(request, place, made)
        person = users.of_username(who.removeprefix("@"))
        if person is None:
            raise InvalidInput("Nobody has this user name.", field="who")
        members.add(person, place, role, expires_at=expires_at)
    except Refusal as refusal:
        return _page(request, place, status=400, **places.refused(refusal, *FIELDS))
    messages.success(request, f"{person.name} is a member now.")
    return redirect(places.address(place, "members"))


@_MANAGED
def change(request: HttpRequest, place: Place, member: int) -> HttpResponse:
    """Another role or expiry date for a member."""
    found = _direct(place, member)
    try:
        role, expires_at = posted.number(request, "role"), posted.day(request, "expires_at")
        policy.need_own_role(place, max(role, found.role))
        members.set_role(found.user, place, role, expires_at=expires_at)
        messages.success(request, f"{found.user.name} is {Role(role).label} now.")
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect(places.address(place, "members"))


@_MANAGED
def remove(request: HttpRequest, place: Place, member: int) -> HttpResponse:
    """Takes a member out."""
    found = _direct(place, member)
    try:
        policy.need_own_role(place, found.role)
        members.remove(found.user, place)
        messages.success(request, f"{found.user.name} is no longer a member.")
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect(places.address(place, "members"))


@_LEFT
def leave(request: HttpRequest, place: Place) -> HttpResponse:
    """Takes oneself out, if one is a member of the place itself."""
    own = place.members.select_related("user").find("Not a member of just this place", user=gate.require(request))
    try:
        members.remove(own.user, place)
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect(places.address(place, "members"))
    messages.success(request, f"You have left {place.full_path}.")
    return redirect("home")


@_MANAGED
@never_cache
def renew(request: HttpRequest, place: Place, invitation: int) -> HttpResponse:
    """Sends an invitation again, with another link."""
    found = place.invitations.find("No such invitation", pk=invitation)
    policy.need_own_role(place, found.role)
    return _invited(request, place, invitations.renew(found))


@_MANAGED
def revoke(request: HttpRequest, place: Place, invitation: int) -> HttpResponse:
    """Withdraws an invitation."""
    found = place.invitations.find("No such invitation", pk=invitation)
    policy.need_own_role(place, found.role)
    invitations.revoke(found)
    messages.success(request, f"{found.email} is no longer invited.")
    return redirect(places.address(place, "members"))


def _invited(request: HttpRequest, place: Place, made: invitations.Invited) -> HttpResponse:
    if made.link:
        # Shown by this answer itself: it is kept nowhere, and so cannot be shown again.
        return _page(request, place, invited=made.invitation, link=made.link)
    if made.member:
        messages.success(request, f"{made.member.user.name} is a member now.")
    else:
        messages.success(request, f"An invitation is on its way to {made.invitation.email}.")  # type: ignore[union-attr]
    return redirect(places.address(place, "members"))


def _direct(place: Place, member: int) -> Member:
    """Tokens' bots come and go with their tokens."""
    return place.members.select_related("user").find("No such member", pk=member, user__is_bot=False)


def _page(request: HttpRequest, place: Place, *, status: int = 200, **more: Any) -> HttpResponse:
    words = query.text(request, "q", longest=255)
    manages = policy.manages_members(place)
    found = _members(place)
    if words:
        found = found.filter(Q(user__username__icontains=words) | Q(user__name__icontains=words))
    context = {
        **places.frame(place, "members"),
        "page": query.numbered_page(request, found, PAGE_SIZE),
        "q": words,
        "manages": manages,
        "belongs": place.members.current().filter(user=gate.require(request)).exists(),
        "invitations": place.invitations.select_related("created_by").order_by("-pk") if manages else [],
        "roles": places.roles_up_to(place.role),
        "today": timezone.now().date(),
        "typed": request.POST if status >= 400 else {},
        **more,
    }
    return render(request, "web/members.html", context, status=status)


def _members(place: Place) -> Any:
    here, above = Member.objects.in_place(place), Member.objects.current().above(place)
    found = Member.objects.current().people().filter(Q(pk__in=here.values("pk")) | Q(pk__in=above.values("pk")))
    return found.select_related("user", "namespace__route").order_by("user__name", "user__username", "-role", "pk")
