"""The experiments of a project, and one of them with its runs."""

from django.contrib import messages
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from lib import notes
from lib.errors import InvalidInput, Refusal
from projects import policy
from projects.models import Project
from projects.roles import Ability
from tracking.models import Experiment, Run
from tracking.services import experiments
from web import gate, query, run_table

PAGE_SIZE = 30
NOTE = "mlflow.note.content"
ORDERS = {"newest": ["-iid"], "name": ["name", "iid"], "activity": ["-updated_ms", "-iid"]}


@require_safe
@gate.project_page(Ability.READ_EXPERIMENTS)
def index(request: HttpRequest, project: Project) -> HttpResponse:
    """The experiments of a project, active or deleted."""
    return _index(request, project)


@require_POST
@gate.project_page(Ability.WRITE_EXPERIMENTS)
def create(request: HttpRequest, project: Project) -> HttpResponse:
    """A new experiment, and on to its page."""
    try:
        experiment = experiments.create(project, _name(request), by=gate.require(request))
    except Refusal as refusal:
        typed = request.POST.get("name", "")
        return _index(request, project, name=typed, error=refusal.message, status=400)
    return redirect("experiment", project=project.full_path, iid=experiment.iid)


@require_safe
@gate.project_page(Ability.READ_EXPERIMENTS)
def show(request: HttpRequest, project: Project, iid: int) -> HttpResponse:
    """An experiment with its runs, filtered in MLflow's language."""
    experiment = _find(project, iid)
    tags = {tag.key: tag.value for tag in experiment.tags.order_by("key")}
    context = {
        **_frame(project),
        "experiment": experiment,
        "note": notes.html(tags.get(NOTE, "")),
        "tags": [pair for pair in tags.items() if pair[0] != NOTE],
        "table": run_table.read(request, project, experiment),
    }
    return render(request, "web/experiment.html", context)


@require_POST
@gate.project_page(Ability.WRITE_EXPERIMENTS)
def rename(request: HttpRequest, project: Project, iid: int) -> HttpResponse:
    """Another name for an experiment."""
    try:
        experiments.rename(_find(project, iid), _name(request))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("experiment", project=project.full_path, iid=iid)


@require_POST
@gate.project_page(Ability.WRITE_EXPERIMENTS)
def delete(request: HttpRequest, project: Project, iid: int) -> HttpResponse:
    """Hides an experiment with its runs."""
    experiment = _find(project, iid)
    experiments.delete(experiment)
    messages.success(request, f"Experiment “{experiment.name}” and its runs are deleted. They can be restored.")
    return redirect("experiments", project=project.full_path)


@require_POST
@gate.project_page(Ability.WRITE_EXPERIMENTS)
def restore(request: HttpRequest, project: Project, iid: int) -> HttpResponse:
    """Brings a deleted experiment back."""
    experiment = _find(project, iid)
    experiments.restore(experiment)
    messages.success(request, f"Experiment “{experiment.name}” is restored.")
    return redirect("experiment", project=project.full_path, iid=iid)


def _index(request: HttpRequest, project: Project, *, status: int = 200, **more: str) -> HttpResponse:
    words = query.text(request, "q", longest=500)
    view = query.choice(request, "view", ("active", "deleted"), default="active")
    order = query.choice(request, "order", ORDERS, default="newest")
    found = project.experiments.filter(name__icontains=words) if words else project.experiments.all()
    found = found.active() if view == "active" else found.exclude(deleted_at=None)
    page = query.numbered_page(request, _with_activity(found).order_by(*ORDERS[order]), PAGE_SIZE)
    context = {**_frame(project), "page": page, "q": words, "view": view, "order": order, **more}
    return render(request, "web/experiments.html", context, status=status)


def _frame(project: Project) -> dict[str, object]:
    may_write = policy.allows(project, Ability.WRITE_EXPERIMENTS)
    return {"project": project, "section": "experiments", "may_write": may_write}


def _with_activity(found: QuerySet[Experiment]) -> QuerySet[Experiment]:
    """A deleted experiment's runs are deleted with it, so all of its runs are counted."""
    runs = Run.objects.filter(experiment=OuterRef("pk")).order_by()
    listed = runs.filter(deleted_at=None) | runs.exclude(experiment__deleted_at=None)
    number = Subquery(listed.values("experiment").annotate(number=Count("pk")).values("number"))
    latest = Subquery(runs.order_by("-start_time", "uuid").values("start_time")[:1])
    return found.select_related("creator").annotate(
        run_count=Coalesce(number, 0, output_field=IntegerField()), latest_start=latest
    )


def _find(project: Project, iid: int) -> Experiment:
    return project.experiments.select_related("creator").find("No such experiment", iid=iid)


def _name(request: HttpRequest) -> str:
    name = request.POST.get("name", "").replace("\x00", "").strip()
    if not name:
        raise InvalidInput("An experiment needs a name.", field="name")
    return name
