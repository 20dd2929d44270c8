"""What maintainers decide about a project's model registry: protected aliases, and publishing at once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from lib.errors import AlreadyExists, Refusal
from projects.models import Project
from projects.roles import Ability
from registry.models import Alias
from registry.services import rules
from web import gate, posted


@require_safe
@gate.project_page(Ability.ADMIN_PROJECT)
def index(request: HttpRequest, project: Project) -> HttpResponse:
    """The protected aliases of a project and its rules."""
    used = Alias.objects.filter(model__project=project).order_by("name").values_list("name", flat=True).distinct()
    context = {
        "project": project,
        "section": "registry-settings",
        "protected": project.protected_aliases.order_by("name"),
        "used": used[:100],
        "rules": rules.of(project),
    }
    return render(request, "web/registry_settings.html", context)


@require_POST
@gate.project_page(Ability.ADMIN_PROJECT)
def protect(request: HttpRequest, project: Project) -> HttpResponse:
    """From now on only maintainers move the alias."""
    name = posted.line(request, "alias").removeprefix("@")
    try:
        rules.protect(project, name, by=gate.caller(request))
    except AlreadyExists:
        messages.info(request, f"The alias “{name}” is protected already.")
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"The alias “{name}” is protected in all models of the project.")
    return redirect("registry-settings", project=project.full_path)


@require_POST
@gate.project_page(Ability.ADMIN_PROJECT)
def unprotect(request: HttpRequest, project: Project) -> HttpResponse:
    """Developers may move the alias again."""
    name = posted.line(request, "alias")
    rules.unprotect(project, name, by=gate.caller(request))
    messages.success(request, f"The alias “{name}” is no longer protected.")
    return redirect("registry-settings", project=project.full_path)


@require_POST
@gate.project_page(Ability.ADMIN_PROJECT)
def decide(request: HttpRequest, project: Project) -> HttpResponse:
    """Whether versions are published at once."""
    at_once = request.POST.get("publish_at_once") == "1"
    rules.decide(project, by=gate.caller(request), publish_at_once=at_once)
    messages.success(request, "Saved.")
    return redirect("registry-settings", project=project.full_path)
