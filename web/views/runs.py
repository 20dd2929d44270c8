"""One run: overview and charts."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from projects.models import Project
from projects.roles import Ability
from web import curves, gate, query, run_page

BY = {"step": "step", "time": "timestamp", "relative": "timestamp"}


@require_safe
@gate.project_page(Ability.READ_EXPERIMENTS)
def show(request: HttpRequest, project: Project, run: int | str) -> HttpResponse:
    """A run: metrics, params, tags, inputs, models, children, CI job."""
    found = run_page.find(project, run)
    if found.iid != run:
        return redirect("run", project=project.full_path, run=found.iid)
    context = {**run_page.frame(project, found, "overview"), "about": run_page.overview(project, found)}
    return render(request, "web/run.html", context)


@require_safe
@gate.project_page(Ability.READ_EXPERIMENTS)
def charts(request: HttpRequest, project: Project, run: int | str) -> HttpResponse:
    """A chart for each metric of a run."""
    found = run_page.find(project, run)
    context = {
        **run_page.frame(project, found, "charts"),
        **run_page.charts(found, query.text(request, "q", longest=250)),
    }
    return render(request, "web/run_charts.html", context)


@require_safe
@gate.project_page(Ability.READ_EXPERIMENTS)
def curve(request: HttpRequest, project: Project, run: int | str) -> HttpResponse:
    """The points of one metric for the charts. Numbers as in `web.curves`."""
    by = BY[query.choice(request, "x", BY, default="step")]
    # Not stripped: a key may end in a space.
    key = request.GET.get("key", "").replace("\x00", "")
    drawn = curves.curve(run_page.find(project, run), key, by=by)
    return JsonResponse({"points": drawn.points, "total": drawn.total, "drawable": drawn.drawable})


@require_safe
@gate.project_page(Ability.READ_EXPERIMENTS)
def candidate(request: HttpRequest, project: Project, run: int | str) -> HttpResponse:
    """GitLab's word for a run, and its address."""
    return redirect("run", project=project.full_path, run=run_page.find(project, run).iid, permanent=True)
