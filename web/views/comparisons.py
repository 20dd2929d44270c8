"""Two versions of a model, side by side."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from projects.models import Project
from projects.roles import Ability
from web import gate, model_page, query, version_diff


@require_safe
@gate.project_page(Ability.READ_MODELS)
def versions(request: HttpRequest, project: Project, model: str) -> HttpResponse:
    """`from` and `to` are any lookups; `all` shows what is the same as well."""
    found = model_page.find(project, model)
    context = {
        **model_page.frame(project),
        "model": found,
        "diff": version_diff.read(request, project, found),
        "all": query.choice(request, "all", ("1",), default=""),
    }
    return render(request, "web/compare.html", context)
