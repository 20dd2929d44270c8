"""The tags of models and of their versions, and the forms that change them."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from lib.errors import Refusal
from projects.models import Project
from projects.roles import Ability
from registry.services import models, versions
from web import gate, model_page, posted, version_page


@require_safe
@gate.project_page(Ability.READ_MODELS)
def index(request: HttpRequest, project: Project, model: str) -> HttpResponse:
    """The tags of a model."""
    found = model_page.find(project, model)
    context = {**model_page.of(project, found, "tags"), "tags": found.tags.order_by("key").values_list("key", "value")}
    return render(request, "web/model_tags.html", context)


@require_POST
@gate.project_page(Ability.WRITE_MODELS)
def put(request: HttpRequest, project: Project, model: str) -> HttpResponse:
    """Sets a tag of a model."""
    found = model_page.find(project, model)
    _put(request, models.set_tag, found)
    return redirect("model-tags", project=project.full_path, model=found.name)


@require_POST
@gate.project_page(Ability.WRITE_MODELS)
def delete(request: HttpRequest, project: Project, model: str) -> HttpResponse:
    """Deletes a tag of a model."""
    found = model_page.find(project, model)
    _delete(request, models.delete_tag, found)
    return redirect("model-tags", project=project.full_path, model=found.name)


@require_POST
@gate.project_page(Ability.WRITE_MODELS)
def put_of_version(request: HttpRequest, project: Project, model: str, version: int) -> HttpResponse:
    """Sets a tag of a version."""
    found = version_page.numbered(project, model, version)
    _put(request, versions.set_tag, found)
    return redirect("model-version", project=project.full_path, model=found.model.name, version=str(version))


@require_POST
@gate.project_page(Ability.WRITE_MODELS)
def delete_of_version(request: HttpRequest, project: Project, model: str, version: int) -> HttpResponse:
    """Deletes a tag of a version."""
    found = version_page.numbered(project, model, version)
    _delete(request, versions.delete_tag, found)
    return redirect("model-version", project=project.full_path, model=found.model.name, version=str(version))


def _put(request: HttpRequest, change: Callable[..., None], subject: Any) -> None:
    key, value = posted.line(request, "key"), posted.prose(request, "value").strip()
    try:
        change(subject, key, value, by=gate.caller(request))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"Tag “{key}” is set.")


def _delete(request: HttpRequest, change: Callable[..., None], subject: Any) -> None:
    # Not stripped: a key may begin or end in a space.
    key = request.POST.get("key", "").replace("\x00", "")
    try:
        change(subject, key, by=gate.caller(request))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"Tag “{key}” is deleted.")
