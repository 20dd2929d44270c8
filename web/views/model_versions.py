"""One version of a model: its pages, and the forms that make, describe, stage, publish and delete it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lib import notes
from lib.errors import NotFound, Refusal
from projects.models import Project
from projects.roles import Ability
from registry import lookup
from registry.models import ModelVersion, RegisteredModel, Stage
from registry.services import lineage, versions
from web import gate, model_page, posted, query, refusals, run_page, version_page

FORM = ["GET", "HEAD", "POST"]


@require_safe
@gate.project_page(Ability.READ_MODELS)
def show(request: HttpRequest, project: Project, model: str, version: str) -> HttpResponse:
    """A version by its number; anything else that means a version leads there."""
    if not lookup.is_number(version) or len(version) > lookup.LONGEST_NUMBER or str(int(version)) != version:
        found = lookup.first(model_page.find(project, model), version)
        if found is None:
            raise NotFound("No such version")
        return _to(project, found)
    numbered = version_page.numbered(project, model, int(version))
    context = {
        **version_page.of(project, numbered, "overview"),
        **version_page.overview(project, numbered),
        "lineage": lineage.of(numbered),
        "stages": Stage.values,
    }
    return render(request, "web/version.html", context)


@require_safe
@gate.project_page(Ability.READ_MODELS)
def performance(request: HttpRequest, project: Project, model: str, version: int) -> HttpResponse:
    """The params, metrics and charts of the run that backs a version."""
    found = version_page.numbered(project, model, version)
    context = version_page.of(project, found, "performance")
    if found.run is not None:
        context |= {"run": found.run, **run_page.charts(found.run, query.text(request, "q", longest=250))}
    return render(request, "web/version_performance.html", context)


@require_http_methods(FORM)
@gate.project_page(Ability.WRITE_MODELS)
def new(request: HttpRequest, project: Project, model: str) -> HttpResponse:
    """A version with a run and files of its own, and on to its page."""
    found = model_page.find(project, model)
    if found.is_prompt:
        raise NotFound("Versions of prompts are made with MLflow's client")
    if request.method != "POST" or "preview" in request.POST:
        return _form(request, project, found)
    semver, description = posted.line(request, "semver"), posted.prose(request, "description")
    try:
        version = versions.create(found, by=gate.caller(request), semver=semver, description=description)
    except Refusal as refusal:
        return _form(request, project, found, refusal=refusal)
    return _to(project, version)


@require_http_methods(FORM)
@gate.project_page(Ability.WRITE_MODELS)
def edit(request: HttpRequest, project: Project, model: str, version: int) -> HttpResponse:
    """Another card for a version."""
    found = version_page.numbered(project, model, version)
    if request.method != "POST" or "preview" in request.POST:
        return _form(request, project, found.model, version=found)
    try:
        versions.describe(found, posted.prose(request, "description"), by=gate.caller(request))
    except Refusal as refusal:
        return _form(request, project, found.model, version=found, refusal=refusal)
    return _to(project, found)


@require_POST
@gate.project_page(Ability.WRITE_MODELS)
def stage(request: HttpRequest, project: Project, model: str, version: int) -> HttpResponse:
    """To another of MLflow's stages; those that are there may be archived."""
    found = version_page.numbered(project, model, version)
    wanted = posted.line(request, "stage")
    archive = request.POST.get("archive") == "1"
    try:
        versions.transition(found, wanted, by=gate.caller(request), archive=archive)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"The stage of {found.semver} is {found.stage}.")
    return _to(project, found)


@require_http_methods(FORM)
@gate.project_page(Ability.WRITE_MODELS)
def publish(request: HttpRequest, project: Project, model: str, version: int) -> HttpResponse:
    """Says what will be frozen, and then publishes."""
    found = version_page.numbered(project, model, version)
    refused = None
    if request.method == "POST":
        try:
            versions.publish(found, by=gate.caller(request))
        except Refusal as refusal:
            refused = refusal
        else:
            messages.success(request, f"{found.model.name} {found.semver} is published: its files are frozen.")
            return _to(project, found)
    return _asked(request, "web/version_publish.html", version_page.of(project, found, "overview"), refused)


@require_http_methods(FORM)
@gate.project_page(Ability.WRITE_MODELS)
def delete(request: HttpRequest, project: Project, model: str, version: int) -> HttpResponse:
    """Asks, and then deletes a version. One that an alias points to only where that is said as well."""
    found = version_page.numbered(project, model, version)
    refused = None
    if request.method == "POST":
        force = request.POST.get("force") == "1"
        try:
            versions.delete(found, by=gate.caller(request), project=project, force=force)
        except Refusal as refusal:
            refused = refusal
        else:
            messages.success(request, f"Version {found.semver} is deleted.")
            return redirect("model-versions", project=project.full_path, model=found.model.name)
    return _asked(request, "web/version_delete.html", version_page.of(project, found, "overview"), refused)


def _asked(request: HttpRequest, template: str, context: dict[str, object], refused: Refusal | None) -> HttpResponse:
    status = refusals.status_of(refused) if refused else 200
    return render(request, template, {**context, "refusal": refused}, status=status)


def _to(project: Project, version: ModelVersion) -> HttpResponse:
    name, number = version.model.name, str(version.number)
    return redirect("model-version", project=project.full_path, model=name, version=number)


def _form(
    request: HttpRequest,
    project: Project,
    model: RegisteredModel,
    *,
    version: ModelVersion | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    said = request.POST if request.method == "POST" else request.GET
    semver = said.get("semver", "").replace("\x00", "")[:255].strip()
    is_sent = request.method == "POST"
    description = posted.prose(request, "description") if is_sent else (version.description if version else "")
    context = {
        **model_page.frame(project),
        "model": model,
        "version": version,
        "semver": semver,
        "hint": None if version else version_page.hint(model, semver),
        "description": description,
        "preview": notes.html(description),
        "previewed": "preview" in request.POST,
        "refusal": refusal,
    }
    return render(request, "web/version_form.html", context, status=refusals.status_of(refusal) if refusal else 200)
