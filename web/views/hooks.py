"""A project's webhooks, in GitLab's place: its addresses, what they are told, and what came of it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from lib.errors import Refusal
from projects.models import Project
from projects.roles import Ability
from web import gate, query
from webhooks import payloads
from webhooks.models import Webhook, WebhookStatus
from webhooks.services import deliveries, hooks

PAGE_SIZE = 20
MOST_DELIVERIES = 30
_READS_AND_FORM = ["GET", "HEAD", "POST"]


@require_http_methods(_READS_AND_FORM)
@gate.project_page(Ability.ADMIN_PROJECT)
def index(request: HttpRequest, project: Project) -> HttpResponse:
    """The webhooks of a project; POST adds one."""
    if request.method != "POST":
        return _index(request, project, _nothing_typed())
    typed = _typed(request)
    try:
        made = hooks.create(project, by=gate.require(request), **{**typed, "secret": typed["secret"] or ""})
    except Refusal as refusal:
        return _index(request, project, typed, error=refusal.message, status=400)
    messages.success(request, f"Webhook “{made}” is added.")
    return redirect("hook", project=project.full_path, hook=made.pk)


@require_http_methods(_READS_AND_FORM)
@gate.project_page(Ability.ADMIN_PROJECT)
def edit(request: HttpRequest, project: Project, hook: int) -> HttpResponse:
    """A webhook and its latest deliveries; POST changes it."""
    found = _find(project, hook)
    if request.method != "POST":
        return _edit(request, project, found, _kept(found))
    typed = _typed(request)
    secret = "" if request.POST.get("no_secret") else typed["secret"]
    try:
        hooks.update(found, by=gate.require(request), **{**typed, "secret": secret})
    except Refusal as refusal:
        return _edit(request, project, found, typed, error=refusal.message, status=400)
    messages.success(request, "The webhook is saved.")
    return redirect("hook", project=project.full_path, hook=hook)


@require_POST
@gate.project_page(Ability.ADMIN_PROJECT)
def delete(request: HttpRequest, project: Project, hook: int) -> HttpResponse:
    """Removes a webhook and its deliveries."""
    found = _find(project, hook)
    hooks.delete(found, by=gate.require(request))
    messages.success(request, f"Webhook “{found}” is deleted.")
    return redirect("hooks", project=project.full_path)


@require_POST
@gate.project_page(Ability.ADMIN_PROJECT)
def test(request: HttpRequest, project: Project, hook: int) -> HttpResponse:
    """Sends an example to a webhook, and says what came back."""
    outcome = hooks.send_example(_find(project, hook))
    if outcome.ok:
        messages.success(request, f"The receiver took an example: HTTP {outcome.status}.")
    else:
        messages.error(request, outcome.error or f"The receiver refused an example: HTTP {outcome.status}.")
    return redirect("hook", project=project.full_path, hook=hook)


@require_POST
@gate.project_page(Ability.ADMIN_PROJECT)
def retry(request: HttpRequest, project: Project, hook: int, delivery: int) -> HttpResponse:
    """Sends a delivery again."""
    found = _find(project, hook).deliveries.find("No such delivery", pk=delivery)
    try:
        deliveries.retry(found)
        messages.success(request, "It is sent again.")
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("hook", project=project.full_path, hook=hook)


def _index(
    request: HttpRequest, project: Project, form: dict[str, Any], *, status: int = 200, error: str = ""
) -> HttpResponse:
    page = query.numbered_page(request, project.webhooks.order_by("-pk"), PAGE_SIZE)
    context = {**_frame(project, form), "page": page, "error": error}
    return render(request, "web/hooks.html", context, status=status)


def _edit(
    request: HttpRequest, project: Project, hook: Webhook, form: dict[str, Any], *, status: int = 200, error: str = ""
) -> HttpResponse:
    latest = hook.deliveries.defer("body").order_by("-pk")[:MOST_DELIVERIES]
    context = {**_frame(project, form), "hook": hook, "latest": latest, "error": error}
    return render(request, "web/hook.html", context, status=status)


def _frame(project: Project, form: dict[str, Any]) -> dict[str, Any]:
    # One that never happens here may have been chosen through MLflow's API, and must not get lost with the form.
    offered = [event for event in payloads.ALL if event in payloads.HAPPENING_HERE or event in form["events"]]
    return {"project": project, "section": "hooks", "form": form, "offered": offered}


def _nothing_typed() -> dict[str, Any]:
    return {"events": payloads.HAPPENING_HERE, "status": WebhookStatus.ACTIVE}


def _kept(hook: Webhook) -> dict[str, Any]:
    return {name: getattr(hook, name) for name in ("name", "url", "description", "events", "status")}


def _typed(request: HttpRequest) -> dict[str, Any]:
    """An empty secret is one that is not said: what is kept is never shown, so the field is always empty."""

    def field(name: str) -> str:
        return request.POST.get(name, "").replace("\x00", "").strip()

    return {
        "name": field("name"),
        "url": field("url"),
        "description": field("description"),
        "events": [event.replace("\x00", "") for event in request.POST.getlist("events")],
        "secret": field("secret") or None,
        "status": WebhookStatus.ACTIVE if request.POST.get("active") else WebhookStatus.DISABLED,
    }


def _find(project: Project, hook: int) -> Webhook:
    return project.webhooks.find("No such webhook", pk=hook)
