"""A project's settings, in GitLab's place: what it is called, who sees what, and how it moves or ends."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from lib.errors import Refusal
from packages.services import storage
from projects import policy
from projects.models import Project
from projects.roles import Ability, Access, Feature, Role, Visibility
from projects.services import projects
from web import gate, places, posted

GENERAL = ("name", "description", "visibility", *Feature)
FEATURES = {Feature.EXPERIMENTS: "Experiments", Feature.REGISTRY: "Model registry", Feature.PACKAGES: "Packages"}


@require_http_methods(["GET", "HEAD", "POST"])
@gate.project_page(Ability.ADMIN_PROJECT)
def general(request: HttpRequest, project: Project) -> HttpResponse:
    """Name, description, visibility and features of a project; POST changes them."""
    if request.method != "POST":
        return _page(request, project)
    try:
        changes = _general(request)
        policy.need_for_changes(project, **changes)
        projects.update(project, **changes)
    except Refusal as refusal:
        return _page(request, project, status=400, **places.refused(refusal, *GENERAL))
    return places.saved(request, project, "Saved.")


@require_POST
@gate.project_page(Ability.ADMIN_PROJECT)
def move(request: HttpRequest, project: Project) -> HttpResponse:
    """Another path for a project."""
    try:
        projects.update(project, path=posted.line(request, "path"))
    except Refusal as refusal:
        return _page(request, project, status=400, **places.refused(refusal, "path"))
    return places.saved(request, project, f"The project lives at {project.full_path} now.")


@require_POST
@gate.project_page(Ability.DELETE_PROJECT)
def transfer(request: HttpRequest, project: Project) -> HttpResponse:
    """Another namespace for a project."""
    try:
        posted.confirmed(request, "confirm_transfer", project.full_path)
        namespace = policy.authorize_creation(gate.caller(request), posted.number(request, "namespace"))
        projects.transfer(project, namespace)
    except Refusal as refusal:
        return _page(request, project, status=400, **places.refused(refusal, "namespace", "confirm_transfer"))
    return places.saved(request, project, f"The project lives at {project.full_path} now.")


@require_POST
@gate.project_page(Ability.DELETE_PROJECT)
def archive(request: HttpRequest, project: Project) -> HttpResponse:
    """From now on the project is only looked at."""
    projects.archive(project)
    return places.saved(request, project, "The project is archived: nothing can be written to it.")


@require_POST
@gate.project_page(Ability.DELETE_PROJECT)
def unarchive(request: HttpRequest, project: Project) -> HttpResponse:
    """The project can be written to again."""
    projects.unarchive(project)
    return places.saved(request, project, "The project can be written to again.")


@require_POST
@gate.project_page(Ability.DELETE_PROJECT)
def delete(request: HttpRequest, project: Project) -> HttpResponse:
    """The project is gone for everybody; for some days it can be restored."""
    try:
        posted.confirmed(request, "confirm_deletion", project.full_path)
    except Refusal as refusal:
        return _page(request, project, status=400, **places.refused(refusal, "confirm_deletion"))
    projects.delete(project)
    messages.success(request, f"{project.name} is deleted. It can be restored until {_until(project)}.")
    return redirect("deleted-projects")


def _general(request: HttpRequest) -> dict[str, Any]:
    changes: dict[str, Any] = {"name": posted.line(request, "name")}
    changes["description"] = posted.prose(request, "description")
    # A choice that is not open to the visitor is not sent by their browser.
    if "visibility" in request.POST:
        changes["visibility"] = posted.choice(request, "visibility", Visibility.values)
    for feature in map(str, FEATURES):
        if feature in request.POST:
            changes[feature] = posted.choice(request, feature, Access.values)
    return changes


def _until(project: Project) -> str:
    return f"{projects.restorable_until(project):%Y-%m-%d}"


def _page(request: HttpRequest, project: Project, *, status: int = 200, **more: Any) -> HttpResponse:
    found = Project.objects.select_related("route", "namespace__route").get(pk=project.pk)
    found.role, found.member_role = project.role, project.member_role
    typed = request.POST if status >= 400 else {}
    owner = project.role >= Role.OWNER
    context = {
        **places.frame(found, "settings"),
        "typed": typed,
        "features": [(str(field), label, typed.get(field, getattr(found, field))) for field, label in FEATURES.items()],
        "accesses": {Access.DISABLED: "Nobody", Access.PRIVATE: "Members", Access.ENABLED: "Everybody with access"},
        "visibilities": places.visibilities("project"),
        "namespaces": _others(request, found) if owner else [],
        "usages": storage.usages_of(found),
        "until": _until(found),
        "owner": owner,
        "fixed": not owner,
        "form": places.filled(found, typed),
        **more,
    }
    return render(request, "web/project_settings.html", context, status=status)


def _others(request: HttpRequest, project: Project) -> Any:
    creatable = policy.creatable_namespaces(gate.require(request)).exclude(pk=project.namespace_id)
    return creatable.select_related("route").order_by("route__path")
