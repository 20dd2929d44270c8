"""The form that makes a run a version of a model."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from lib import notes
from lib.errors import NotFound, Refusal
from projects import policy
from projects.models import Project
from projects.roles import Ability
from registry.services import promotions
from tracking.models import Run
from web import gate, model_page, promotion, refusals, run_page


@require_http_methods(["GET", "HEAD", "POST"])
@gate.project_page(Ability.WRITE_MODELS)
def promote(request: HttpRequest, project: Project, run: int | str) -> HttpResponse:
    """Which model, which files, which semver; then on to the version. `check` and `preview` change nothing."""
    if not policy.allows(project, Ability.READ_EXPERIMENTS):
        raise NotFound("Experiments are switched off")
    found = run_page.find(project, run)
    form = promotion.read(request, project, found)
    refused = None
    if request.method == "POST" and not {"preview", "check"} & set(request.POST):
        try:
            version = promotions.promote(
                project,
                found,
                form.model,
                by=gate.caller(request),
                origin=promotion.origin(form, found),
                semver=form.semver,
                description=form.description,
            )
        except Refusal as refusal:
            refused = refusal
        else:
            name, number = version.model.name, str(version.number)
            return redirect("model-version", project=project.full_path, model=name, version=number)
    return _page(request, project, found, form, refused)


@require_safe
@gate.project_page(Ability.WRITE_MODELS)
def candidate(request: HttpRequest, project: Project, run: int | str) -> HttpResponse:
    """GitLab's address of the same."""
    return redirect("promote-run", project=project.full_path, run=run_page.find(project, run).iid, permanent=True)


def _page(
    request: HttpRequest, project: Project, found: Run, form: promotion.Form, refused: Refusal | None
) -> HttpResponse:
    context = {
        **model_page.frame(project),
        "section": "experiments",
        "run": found,
        "form": form,
        "description": form.description,
        "preview": notes.html(form.description),
        "previewed": "preview" in request.POST,
        "refusal": refused,
    }
    return render(request, "web/promote.html", context, status=refusals.status_of(refused) if refused else 200)
