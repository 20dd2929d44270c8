"""The aliases of a model: where each points, where it has pointed, and forms that move them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from lib.errors import Refusal
from projects import policy
from projects.models import Project
from projects.roles import Ability
from registry import lookup
from registry.services import aliases
from web import gate, model_page, posted

MOST_MOVES = 50
MOST_OFFERED = 100


@require_safe
@gate.project_page(Ability.READ_MODELS)
def index(request: HttpRequest, project: Project, model: str) -> HttpResponse:
    """The aliases of a model, and their latest moves."""
    found = model_page.find(project, model)
    moves = found.alias_moves.select_related("version", "by").order_by("-at_ms", "-pk")
    may_admin = policy.allows(project, Ability.ADMIN_PROJECT)
    protected = set(project.protected_aliases.values_list("name", flat=True))
    context = {
        **model_page.of(project, found, "aliases"),
        "aliases": found.aliases.select_related("version").order_by("name"),
        "moves": moves[:MOST_MOVES],
        "offered": found.versions.highest_first()[:MOST_OFFERED],
        "protected": protected,
        "beyond": set() if may_admin else protected,
    }
    return render(request, "web/model_aliases.html", context)


@require_POST
@gate.project_page(Ability.WRITE_MODELS)
def point(request: HttpRequest, project: Project, model: str) -> HttpResponse:
    """Gives an alias to a version, which any lookup names."""
    found = model_page.find(project, model)
    name, where = posted.line(request, "alias").removeprefix("@"), posted.line(request, "version")
    try:
        version = lookup.version(found, where)
        aliases.point(version, name, by=gate.caller(request), project=project)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"The alias “{name}” points to {version.semver} (number {version.number}).")
    return redirect("model-aliases", project=project.full_path, model=found.name)


@require_POST
@gate.project_page(Ability.WRITE_MODELS)
def remove(request: HttpRequest, project: Project, model: str) -> HttpResponse:
    """Takes an alias away. What it pointed to stays."""
    found = model_page.find(project, model)
    name = posted.line(request, "alias")
    try:
        aliases.remove(found, name, by=gate.caller(request), project=project)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"The alias “{name}” is removed.")
    return redirect("model-aliases", project=project.full_path, model=found.name)
