"""What the pages of projects and of groups have alike: their addresses and their frame."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from lib.errors import Refusal
from projects.models import Namespace, Project
from projects.roles import MEMBER_ROLES, Role, Visibility

Place = Project | Namespace
# What services call otherwise than forms do.
FIELD_OF = {"email": "who", "user_id": "who", "access_level": "role"}


def address(place: Place, name: str, **captured: Any) -> str:
    """Of a page that both have: `members` of a project, `group-members` of a group."""
    if isinstance(place, Project):
        return reverse(name, kwargs={"project": place.full_path, **captured})
    return reverse(f"group-{name}", kwargs={"group": place.full_path, **captured})


def saved(request: HttpRequest, place: Place, said: str) -> HttpResponse:
    """Back to its settings, with word of what has been changed."""
    messages.success(request, said)
    return redirect(address(place, "settings"))


def home(place: Place) -> str:
    if isinstance(place, Project):
        return reverse("project", kwargs={"project": place.full_path})
    return reverse("group", kwargs={"group": place.full_path})


def frame(place: Place, section: str) -> dict[str, Any]:
    """The side navigation knows the place as `project` or `group`, everything else as `place`."""
    kind = "project" if isinstance(place, Project) else "group"
    return {kind: place, "place": place, "kind": kind, "section": section}


def visibilities(kind: str) -> list[tuple[int, str, str]]:
    """Number, word and meaning of each, for a form."""
    return [
        (Visibility.PRIVATE, "Private", f"The members of the {kind} alone see it."),
        (Visibility.INTERNAL, "Internal", "Everybody who is signed in sees it."),
        (Visibility.PUBLIC, "Public", "Everybody sees it, signed in or not."),
    ]


def filled(place: Place, typed: Mapping[str, str]) -> dict[str, str]:
    """What the form of a place's settings holds: what was typed, else what is kept."""
    kept = {"name": place.name, "path": place.path, "description": place.description}
    return {**kept, "visibility": str(int(place.visibility)), **{name: typed[name] for name in typed}}


def roles_up_to(highest: int) -> list[Role]:
    """Those that somebody with this role can give."""
    return [role for role in MEMBER_ROLES if role <= highest]


def refused(refusal: Refusal, *fields: str) -> dict[str, Any]:
    """For a form with these fields: what is said beside one of them, or above them all."""
    if refusal.field in FIELD_OF:
        refusal.message = refusal.message.removeprefix(f"{refusal.field} ")
        refusal.field = FIELD_OF[refusal.field]
    return {"wrong": refusal} if refusal.field in fields else {"refusal": refusal}
