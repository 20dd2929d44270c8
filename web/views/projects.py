"""My projects, all that I may see, and one of them."""

from django.conf import settings
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from projects.models import Project
from projects.roles import Ability, Role
from tracking.models import Experiment
from web import gate, query

PAGE_SIZE = 30
LATEST_RUNS = 5


@require_safe
@gate.own_page
def mine(request: HttpRequest, user: User) -> HttpResponse:
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
    latest = project.runs.active().select_related("experiment").newest_first()[:LATEST_RUNS]
    context = {
        "project": project,
        "section": "overview",
        "role": _role(project),
        "latest": latest,
        "experiments": project.experiments.active().count(),
        "tracking_uri": f"{settings.EXTERNAL_URL}/api/v4/projects/{project.pk}/ml/mlflow",
    }
    return render(request, "web/project.html", context)


def _list(request: HttpRequest, projects: QuerySet[Project], *, section: str) -> HttpResponse:
    words = query.text(request, "q", longest=255)
    found = projects.filter(Q(name__icontains=words) | Q(route__path__icontains=words)) if words else projects
    page = query.numbered_page(request, _shown(found), PAGE_SIZE)
    listed = [(project, _role(project)) for project in page]
    return render(request, "web/projects.html", {"page": page, "listed": listed, "q": words, "section": section})


def _shown(projects: QuerySet[Project]) -> QuerySet[Project]:
    counted = Experiment.objects.filter(project=OuterRef("pk"), deleted_at=None).order_by()
    number = counted.values("project").annotate(number=Count("pk")).values("number")
    projects = projects.select_related("route", "namespace").annotate(experiment_count=Coalesce(Subquery(number), 0))
    return projects.order_by("-last_activity_at", "-pk")


def _role(project: Project) -> str:
    return Role(project.role).label
