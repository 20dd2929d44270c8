"""One logged model: what it is, where it came from, its files."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from packages import downloads
from projects import policy
from projects.models import Project
from projects.roles import Ability, Feature
from tracking.services import artifacts
from web import files, gate, logged_model_page


@require_safe
@gate.project_page(Ability.READ_EXPERIMENTS)
def show(request: HttpRequest, project: Project, model: str) -> HttpResponse:
    """A logged model: metrics, params, tags, versions made of it, and its files for those who may read them."""
    found = logged_model_page.find(project, model)
    context = logged_model_page.of(project, found)
    if policy.allows(project, Ability.READ_PACKAGES, feature=Feature.EXPERIMENTS):
        path = request.GET.get("path", "").removesuffix("/")
        context |= {"tree": files.tree(files.Logged(project, found), path), "total": artifacts.total(found)}
    return render(request, "web/logged_model.html", context)


@require_safe
@gate.project_page(Ability.READ_PACKAGES, Feature.EXPERIMENTS)
def raw(request: HttpRequest, project: Project, model: str, path: str) -> HttpResponseBase:
    """A file of a logged model, as a download."""
    return files.download(request, project, logged_model_page.find(project, model), path)


@require_safe
@gate.project_page(Ability.READ_PACKAGES, Feature.EXPERIMENTS)
def archive(request: HttpRequest, project: Project, model: str) -> HttpResponseBase:
    """A folder of a logged model, or all of it, as a zip."""
    found = logged_model_page.find(project, model)
    return downloads.zipped(request, artifacts.archive(found, request.GET.get("path", "")))
