"""The files of a run: the tree, one file, many as a zip, and what changes them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lib.errors import InvalidInput, Refusal
from packages import downloads, paths
from packages.services import storage
from projects import policy
from projects.models import Project
from projects.roles import Ability, Feature
from tracking.services import artifacts
from web import files, gate, refusals, run_page, uploads


@require_safe
@gate.project_page(Ability.READ_PACKAGES, Feature.EXPERIMENTS)
def tree(request: HttpRequest, project: Project, run: int | str) -> HttpResponse:
    """The files of a run as a tree, and a look into one of them."""
    found = run_page.find(project, run)
    path = request.GET.get("path", "").removesuffix("/")
    context = {
        **run_page.frame(project, found, "artifacts"),
        "tree": files.tree(files.Logged(project, found), path),
        "total": artifacts.total(found),
        # Where files lie elsewhere, they are not changed by this service.
        "may_write": not found.experiment.location and policy.allows(project, Ability.WRITE_EXPERIMENTS),
        "largest": storage.room(project).file_size_limit,
    }
    return render(request, "web/run_artifacts.html", context)


@require_safe
@gate.project_page(Ability.READ_PACKAGES, Feature.EXPERIMENTS)
def raw(request: HttpRequest, project: Project, run: int | str, path: str) -> HttpResponseBase:
    """A file of a run, as a download; what the project does not keep itself, from the bucket that does."""
    return files.download(request, project, run_page.find(project, run), path)


@require_safe
@gate.project_page(Ability.READ_PACKAGES, Feature.EXPERIMENTS)
def archive(request: HttpRequest, project: Project, run: int | str) -> HttpResponseBase:
    """A folder of a run, or all of it, as a zip."""
    folder = request.GET.get("path", "")
    return downloads.zipped(request, artifacts.archive(run_page.find(project, run), folder))


@require_http_methods(["PUT"])
@gate.project_page(Ability.WRITE_EXPERIMENTS)
def upload(request: HttpRequest, project: Project, run: int | str, path: str) -> HttpResponse:
    """Keeps the body as a file of a run. For a script, which is told in JSON why not."""
    address = files.address(run_page.find(project, run), path)
    try:
        size = uploads.length(request)
        file = artifacts.upload(project, address, uploads.chunks(request), by=gate.require(request), size=size)
    except Refusal as refusal:
        status = refusal.status or refusals.STATUSES[type(refusal)]
        return JsonResponse({"message": refusal.message}, status=status)
    return JsonResponse({"path": file.path, "size": size}, status=201)


@require_POST
@gate.project_page(Ability.WRITE_EXPERIMENTS)
def delete(request: HttpRequest, project: Project, run: int | str) -> HttpResponse:
    """Deletes a file of a run, or a folder with all that is in it."""
    found = run_page.find(project, run)
    path = request.POST.get("path", "")
    if not path:
        raise InvalidInput("Say which file or folder is to be deleted", field="path")
    artifacts.delete(project, files.address(found, path))
    messages.success(request, f"“{path}” is deleted.")
    back = reverse("run-artifacts", kwargs={"project": project.full_path, "run": found.iid})
    above = path.removesuffix(paths.name(path)).removesuffix("/")
    still = above if artifacts.of(found, above) else ""
    return HttpResponseRedirect(f"{back}?{urlencode({'path': still})}" if still else back)
