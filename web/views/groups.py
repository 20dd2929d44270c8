"""Groups: mine, one of them with what it holds, its settings."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from lib.errors import NotFound, Refusal
from packages.services import storage
from projects import policy
from projects.models import Namespace, Project
from projects.roles import Ability, GroupAbility, Role, Visibility
from projects.services import namespaces
from web import gate, places, posted, query
from web.views import projects

MOST_SUBGROUPS = 100
FIELDS = ("name", "description", "visibility")


@require_safe
@gate.own_page
def mine(request: HttpRequest, user: User) -> HttpResponse:
    """The groups that the user is a member of, directly or from above."""
    words = query.text(request, "q", longest=255)
    found = Namespace.objects.groups().live().with_membership_of(user).with_role_of(user)
    if words:
        found = found.filter(Q(name__icontains=words) | Q(route__path__icontains=words))
    page = query.numbered_page(request, found.select_related("route").order_by("route__path"), projects.PAGE_SIZE)
    return render(request, "web/groups.html", {"page": page, "q": words, "section": "groups"})


@require_safe
@gate.group_page(GroupAbility.READ_GROUP)
def show(request: HttpRequest, group: Namespace) -> HttpResponse:
    """A group: its subgroups and projects, as far as the visitor may see them."""
    user = gate.require(request)
    words = query.text(request, "q", longest=255)
    below = Project.objects.visible_to(user).filter(namespace=group)
    if words:
        below = below.filter(Q(name__icontains=words) | Q(path__icontains=words))
    page = query.numbered_page(request, projects.shown(below), projects.PAGE_SIZE)
    subgroups = Namespace.objects.groups().visible_to(user).filter(parent=group).select_related("route")
    context = {
        **places.frame(group, "overview"),
        "page": page,
        "listed": projects.listed(page),
        "q": words,
        "subgroups": subgroups.order_by("name", "pk")[:MOST_SUBGROUPS],
        "role": Role(group.role).label,
        "may_create": group.role >= policy.LEAST_ROLE_TO_CREATE,
    }
    return render(request, "web/group.html", context)


@require_safe
def elsewhere(request: HttpRequest, group: str) -> HttpResponse:
    """GitLab's short address of a group."""
    found = policy.authorize_group(gate.caller(request), GroupAbility.READ_GROUP, group)
    return redirect("group", group=found.full_path)


@require_safe
def project_or_group(request: HttpRequest, project: str) -> HttpResponseBase:
    """A project with its latest runs, and the lines that connect an MLflow client to it; or on to a group's page."""
    try:
        return projects.overview(request, project=project)
    except NotFound as missing:
        try:
            return elsewhere(request, group=project)
        except NotFound:
            raise missing from None


project_or_group.ability = Ability.READ_PROJECT  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
@gate.group_page(GroupAbility.ADMIN_GROUP)
def settings(request: HttpRequest, group: Namespace) -> HttpResponse:
    """Name, description and visibility of a group; POST changes them."""
    if request.method != "POST":
        return _page(request, group)
    try:
        description = posted.prose(request, "description")
        visibility = posted.choice(request, "visibility", Visibility.values)
        namespaces.update(group, name=posted.line(request, "name"), description=description, visibility=visibility)
    except Refusal as refusal:
        return _page(request, group, status=400, **places.refused(refusal, *FIELDS))
    return places.saved(request, group, "Saved.")


@require_POST
@gate.group_page(GroupAbility.ADMIN_GROUP)
def move(request: HttpRequest, group: Namespace) -> HttpResponse:
    """Another path for a group, and for all that lies below."""
    try:
        namespaces.update(group, path=posted.line(request, "path"))
    except Refusal as refusal:
        return _page(request, group, status=400, **places.refused(refusal, "path"))
    return places.saved(request, group, f"The group lives at {group.full_path} now.")


@require_POST
@gate.group_page(GroupAbility.ADMIN_GROUP)
def delete(request: HttpRequest, group: Namespace) -> HttpResponse:
    """The group is gone, with its subgroups and projects."""
    try:
        posted.confirmed(request, "confirm_deletion", group.full_path)
    except Refusal as refusal:
        return _page(request, group, status=400, **places.refused(refusal, "confirm_deletion"))
    namespaces.delete(group)
    messages.success(request, f"{group.name} is deleted, with its subgroups and projects.")
    return redirect("groups")


def _page(request: HttpRequest, group: Namespace, *, status: int = 200, **more: Any) -> HttpResponse:
    found = Namespace.objects.select_related("route").get(pk=group.pk)
    found.role = group.role
    below = Project.objects.live().in_groups_below(found)
    context = {
        **places.frame(found, "settings"),
        "form": places.filled(found, request.POST if status >= 400 else {}),
        "visibilities": places.visibilities("group"),
        "usage": storage.of_namespace(found),
        "subgroups": Namespace.objects.live().below(found).count(),
        "projects": below.count(),
        **more,
    }
    return render(request, "web/group_settings.html", context, status=status)
