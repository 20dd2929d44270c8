"""New projects and groups, and projects that come back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from lib.errors import InvalidInput, Refusal
from projects import policy
from projects.roles import GroupAbility, Visibility
from projects.services import namespaces, projects
from web import gate, places, posted, query

PAGE_SIZE = 30
_READS_AND_FORM = ["GET", "HEAD", "POST"]


@require_http_methods(_READS_AND_FORM)
@gate.own_page
def project(request: HttpRequest, user: User) -> HttpResponse:
    """A new project, among one's own or in a group."""
    if request.method != "POST":
        return _project(request, user)
    try:
        namespace = policy.authorize_creation(gate.caller(request), posted.number(request, "namespace"))
        made = projects.create(namespace, by=user, **_typed(request))
    except Refusal as refusal:
        wrong = places.refused(refusal, "name", "path", "namespace", "description", "visibility")
        return _project(request, user, status=400, **wrong)
    messages.success(request, f"Project “{made.name}” is created.")
    return redirect("project", project=made.full_path)


@require_http_methods(_READS_AND_FORM)
@gate.own_page
def group(request: HttpRequest, user: User) -> HttpResponse:
    """A new group, on top or below another."""
    if request.method != "POST":
        return _group(request, user)
    try:
        typed = _typed(request)
        if not typed["path"]:
            raise InvalidInput("can't be blank", field="path")
        parent = None
        if posted.line(request, "parent"):
            wanted = posted.number(request, "parent")
            parent = policy.authorize_group(gate.caller(request), GroupAbility.CREATE_SUBGROUPS, wanted)
        made = namespaces.create_group(by=user, parent=parent, **typed)
    except Refusal as refusal:
        wrong = places.refused(refusal, "name", "path", "parent", "description", "visibility")
        return _group(request, user, status=400, **wrong)
    messages.success(request, f"Group “{made.name}” is created.")
    return redirect("group", group=made.full_path)


@require_safe
@gate.own_page
def deleted(request: HttpRequest, user: User) -> HttpResponse:
    """Deleted projects that one may restore, the last deleted first."""
    page = query.numbered_page(request, policy.restorable(user).order_by("-deleted_at", "-pk"), PAGE_SIZE)
    rows = [(project, projects.restorable_until(project)) for project in page]
    return render(request, "web/deleted_projects.html", {"page": page, "rows": rows, "section": "mine"})


@require_POST
@gate.own_page
def restore(request: HttpRequest, user: User, number: int) -> HttpResponse:
    """A deleted project comes back."""
    try:
        restored = projects.restore(policy.authorize_deleted(gate.caller(request), number))
    except Refusal as refusal:
        messages.error(request, f"It cannot be restored: {refusal.message}.")
        return redirect("deleted-projects")
    messages.success(request, f"{restored.name} is restored.")
    return redirect("project", project=restored.full_path)


def _typed(request: HttpRequest) -> dict[str, Any]:
    return {
        "name": posted.line(request, "name"),
        "path": posted.line(request, "path"),
        "description": posted.prose(request, "description"),
        "visibility": posted.choice(request, "visibility", Visibility.values),
    }


def _project(request: HttpRequest, user: User, *, status: int = 200, **more: Any) -> HttpResponse:
    offered = policy.creatable_namespaces(user).select_related("route").order_by("kind", "route__path")
    context = {
        **_form(request, failed=status >= 400),
        "namespaces": offered,
        "chosen": _chosen(request, "namespace", "namespace_id") or (user.namespace.pk if _has_own(user) else None),
        "visibilities": places.visibilities("project"),
        **more,
    }
    return render(request, "web/new_project.html", context, status=status)


def _group(request: HttpRequest, user: User, *, status: int = 200, **more: Any) -> HttpResponse:
    above = policy.groups_with(GroupAbility.CREATE_SUBGROUPS, user)
    context = {
        **_form(request, failed=status >= 400),
        "parents": above.select_related("route").order_by("route__path"),
        "chosen": _chosen(request, "parent", "parent_id"),
        "visibilities": places.visibilities("group"),
        **more,
    }
    return render(request, "web/new_group.html", context, status=status)


def _form(request: HttpRequest, *, failed: bool) -> dict[str, Any]:
    return {"typed": request.POST if failed else {"visibility": str(int(Visibility.PRIVATE))}, "section": "new"}


def _chosen(request: HttpRequest, field: str, asked: str) -> int | None:
    given = request.POST.get(field) or request.GET.get(asked, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None


def _has_own(user: User) -> bool:
    return hasattr(user, "namespace")
