"""The registered models of a project, and one of them."""

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from lib import notes
from lib.errors import Refusal
from projects.models import Project
from projects.roles import Ability
from registry.models import ModelVersion, RegisteredModel
from registry.services import models
from web import gate, model_page, posted, query, refusals, registry_snippets

FORM = ["GET", "HEAD", "POST"]


@require_safe
@gate.project_page(Ability.READ_MODELS)
def index(request: HttpRequest, project: Project) -> HttpResponse:
    """The models of a project, or its prompts: searched by name."""
    words = query.text(request, "q", longest=255)
    kind = query.choice(request, "view", ("models", "prompts"), default="models")
    order = query.choice(request, "order", model_page.ORDERS, default="changed")
    rows = model_page.listed(project, words=words, kind=kind).order_by(*model_page.ORDERS[order])
    context = {
        **model_page.frame(project),
        "page": query.numbered_page(request, rows, model_page.PAGE_SIZE),
        "q": words,
        "view": kind,
        "order": order,
        "snippets": registry_snippets.register(project, "my-model"),
    }
    return render(request, "web/models.html", context)


@require_http_methods(FORM)
@gate.project_page(Ability.WRITE_MODELS)
def new(request: HttpRequest, project: Project) -> HttpResponse:
    """A new model, and on to its page."""
    if request.method != "POST" or "preview" in request.POST:
        return _form(request, project)
    name, description = posted.line(request, "name"), posted.prose(request, "description")
    try:
        model = models.create(project, name, by=gate.caller(request), description=description)
    except Refusal as refusal:
        return _form(request, project, refusal=refusal)
    return redirect("model", project=project.full_path, model=model.name)


@require_safe
@gate.project_page(Ability.READ_MODELS)
def show(request: HttpRequest, project: Project, model: str) -> HttpResponse:
    """A model: its card, and its latest version."""
    found = model_page.find(project, model)
    latest = model_page.latest(found)
    context = {
        **model_page.of(project, found, "card"),
        "card": notes.html(found.description),
        "latest": latest,
        "latest_card": notes.html(latest.description) if latest else "",
        "snippets": registry_snippets.register(project, found.name),
        "tracking_uri": registry_snippets.tracking_uri(project),
    }
    return render(request, "web/model.html", context)


@require_safe
@gate.project_page(Ability.READ_MODELS)
def versions(request: HttpRequest, project: Project, model: str) -> HttpResponse:
    """The versions of a model, the highest first."""
    found = model_page.find(project, model)
    context = {**model_page.of(project, found, "versions"), **model_page.versions(request, found)}
    return render(request, "web/model_versions.html", context)


@require_safe
@gate.project_page(Ability.READ_MODELS)
def runs(request: HttpRequest, project: Project, model: str) -> HttpResponse:
    """The runs of a model's experiment, each with the versions it backs."""
    found = model_page.find(project, model)
    backed = Prefetch("model_versions", ModelVersion.objects.select_related("model").order_by("-number"))
    rows = model_page.runs(project, found).select_related("creator", "job").prefetch_related(backed)
    page = query.numbered_page(request, rows.newest_first(), model_page.PAGE_SIZE)
    return render(request, "web/model_runs.html", {**model_page.of(project, found, "runs"), "page": page})


@require_http_methods(FORM)
@gate.project_page(Ability.WRITE_MODELS)
def edit(request: HttpRequest, project: Project, model: str) -> HttpResponse:
    """Another name or card for a model."""
    found = model_page.find(project, model)
    if request.method != "POST" or "preview" in request.POST:
        return _form(request, project, model=found)
    name, description = posted.line(request, "name"), posted.prose(request, "description")
    try:
        models.change(found, by=gate.caller(request), name=name, description=description)
    except Refusal as refusal:
        return _form(request, project, model=model_page.find(project, model), refusal=refusal)
    return redirect("model", project=project.full_path, model=found.name)


@require_http_methods(FORM)
@gate.project_page(Ability.WRITE_MODELS)
def delete(request: HttpRequest, project: Project, model: str) -> HttpResponse:
    """Asks, and then deletes a model with all of its versions."""
    found = model_page.find(project, model)
    refused = None
    if request.method == "POST":
        try:
            models.delete(found, by=gate.caller(request), project=project)
        except Refusal as refusal:
            refused = refusal
        else:
            messages.success(request, f"Model “{found.name}” and its versions are deleted.")
            return redirect("models", project=project.full_path)
    context = {**model_page.of(project, found, "card"), "refusal": refused, "aliases": found.aliases.order_by("name")}
    status = refusals.status_of(refused) if refused else 200
    return render(request, "web/model_delete.html", context, status=status)


def _form(
    request: HttpRequest, project: Project, *, model: RegisteredModel | None = None, refusal: Refusal | None = None
) -> HttpResponse:
    if request.method == "POST":
        name, description = posted.line(request, "name"), posted.prose(request, "description")
    else:
        name, description = (model.name, model.description) if model else ("", "")
    here = {"project": project.full_path}
    context = {
        **model_page.frame(project),
        "model": model,
        "name": name,
        "description": description,
        "preview": notes.html(description) if "preview" in request.POST else "",
        "previewed": "preview" in request.POST,
        "refusal": refusal,
        "back": reverse("model", kwargs={**here, "model": model.name}) if model else reverse("models", kwargs=here),
    }
    return render(request, "web/model_form.html", context, status=refusals.status_of(refusal) if refusal else 200)
