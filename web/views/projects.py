"""My projects, all that I may see, and one of them."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from lib.clock import from_ms
from packages.services import storage
from projects import policy
from projects.models import Project
from projects.roles import Ability, Role
from registry import listing
from tracking.models import Experiment, Run
from web import gate, query, registry_snippets

PAGE_SIZE = 30
LATEST_RUNS = 5
LATEST_MODELS = 5


@require_safe
@gate.own_page
def mine(request: HttpRequest, user: User) -> HttpResponse:
    """The projects that the user is a member of."""
    projects = Project.objects.visible_to(user).with_membership_of(user)
    return _list(request, projects, section="mine")


@require_safe
def explore(request: HttpRequest) -> HttpResponse:
    """Every project that the visitor may see, for an anonymous one the public ones."""
    caller = gate.identity(request)
    return _list(request, Project.objects.visible_to(caller.user if caller else None), section="explore")


@require_safe
@gate.project_page(Ability.READ_PROJECT)
def overview(request: HttpRequest, project: Project) -> HttpResponse:
    """A project: its latest runs, and the lines that connect an MLflow client to it."""
    # By number, for which there is an index whatever the number of runs.
    latest = list(project.runs.active().select_related("experiment").order_by("-iid")[:LATEST_RUNS])
    context = {
        "project": project,
        "section": "overview",
        "role": _role(project),
        "latest": latest,
        "active_at": _later(project.last_activity_at, latest[0].start_time if latest else None),
        "usages": storage.usages_of(project) if project.role >= Role.DEVELOPER else [],
        "experiments": project.experiments.active().count(),
        "tracking_uri": registry_snippets.tracking_uri(project),
        **_registry(project),
    }
    return render(request, "web/project.html", context)


def _registry(project: Project) -> dict[str, object]:
    if not policy.allows(project, Ability.READ_MODELS):
        return {}
    found = project.registered_models.models()
    changed = listing.with_details(found).order_by("-updated_ms", "-pk")[:LATEST_MODELS]
    return {"models": found.count(), "changed": changed}


def _list(request: HttpRequest, projects: QuerySet[Project], *, section: str) -> HttpResponse:
    words = query.text(request, "q", longest=255)
    found = projects.filter(Q(name__icontains=words) | Q(route__path__icontains=words)) if words else projects
    page = query.numbered_page(request, shown(found), PAGE_SIZE)
    return render(request, "web/projects.html", {"page": page, "listed": listed(page), "q": words, "section": section})


def shown(projects: QuerySet[Project]) -> QuerySet[Project]:
    """With all that a list of projects says of each."""
    counted = Experiment.objects.filter(project=OuterRef("pk"), deleted_at=None).order_by()
    number = counted.values("project").annotate(number=Count("pk")).values("number")
    latest = Run.objects.filter(project=OuterRef("pk"), deleted_at=None).order_by("-iid").values("start_time")[:1]
    projects = projects.select_related("route", "namespace").order_by("route__path")
    return projects.annotate(experiment_count=Coalesce(Subquery(number), 0), latest_start=Subquery(latest))


def listed(page: Iterable[Project]) -> list[tuple[Project, str, datetime]]:
    """Each with the visitor's role and the time of its last activity."""
    return [(project, _role(project), _later(project.last_activity_at, latest)) for project, latest in _latest(page)]


def _latest(page: Iterable[Project]) -> Iterator[tuple[Project, int | None]]:
    """With the start of its latest run, which `shown` has found."""
    return ((project, project.latest_start) for project in page)  # type: ignore[attr-defined]


def _later(at: datetime, milliseconds: int | None) -> datetime:
    return max(at, from_ms(milliseconds) or at)


def _role(project: Project) -> str:
    return Role(project.role).label
