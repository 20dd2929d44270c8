"""The files of a model version: the tree, one file, all as a zip, and what changes them while it is open."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lib.errors import InvalidInput, NotFound, Refusal
from packages import downloads
from packages.services import storage
from projects import policy
from projects.models import Project
from projects.roles import Ability, Feature
from registry.models import ModelVersion
from registry.services import files as version_files
from web import files, gate, refusals, uploads, version_page


@require_safe
@gate.project_page(Ability.READ_PACKAGES, Feature.REGISTRY)
def tree(request: HttpRequest, project: Project, model: str, version: int) -> HttpResponse:
    """The files of a version as a tree, and a look into one of them."""
    found = _with_files(project, model, version)
    path = request.GET.get("path", "").removesuffix("/")
    context = {
        **version_page.of(project, found, "files"),
        "tree": files.tree(files.OfVersion(found), path),
        "total": version_files.total(found),
        "may_write": policy.allows(project, Ability.WRITE_MODELS),
        "may_change_files": policy.allows(project, Ability.WRITE_MODELS) and found.published_ms is None,
        "largest": storage.room(project).file_size_limit,
    }
    return render(request, "web/version_files.html", context)


@require_safe
@gate.project_page(Ability.READ_PACKAGES, Feature.REGISTRY)
def raw(request: HttpRequest, project: Project, model: str, version: int, path: str) -> HttpResponseBase:
    """A file of a version, as a download."""
    found = _with_files(project, model, version)
    if request.method == "HEAD":
        return downloads.described(version_files.find(found, path))
    return downloads.whole_or_part(version_files.opened(found, path, downloads.wanted_part(request)))


@require_safe
@gate.project_page(Ability.READ_PACKAGES, Feature.REGISTRY)
def archive(request: HttpRequest, project: Project, model: str, version: int) -> HttpResponseBase:
    """A folder of a version, or all of it, as a zip."""
    found = _with_files(project, model, version)
    return downloads.zipped(request, version_files.archive(found, request.GET.get("path", "")))


@require_http_methods(["PUT"])
@gate.project_page(Ability.WRITE_MODELS)
def upload(request: HttpRequest, project: Project, model: str, version: int, path: str) -> HttpResponse:
    """Keeps the body as a file of a version. For a script, which is told in JSON why not."""
    try:
        found = _with_files(project, model, version)
        size = uploads.length(request)
        version_files.upload(found, path, uploads.chunks(request), by=gate.require(request), size=size)
    except Refusal as refusal:
        return JsonResponse({"message": refusal.message}, status=refusals.status_of(refusal))
    return JsonResponse({"path": path, "size": size}, status=201)


@require_POST
@gate.project_page(Ability.WRITE_MODELS)
def delete(request: HttpRequest, project: Project, model: str, version: int) -> HttpResponse:
    """Deletes a file of a version, or a folder with all that is in it."""
    found = _with_files(project, model, version)
    path = request.POST.get("path", "")
    if not path:
        raise InvalidInput("Say which file or folder is to be deleted", field="path")
    version_files.delete(found, path)
    messages.success(request, f"“{path}” is deleted.")
    where = {"project": project.full_path, "model": found.model.name, "version": version}
    back, above = reverse("version-files", kwargs=where), path.rpartition("/")[0]
    still = above if above and version_files.entries(found, above) else ""
    return HttpResponseRedirect(f"{back}?{urlencode({'path': still})}" if still else back)


def _with_files(project: Project, model: str, number: int) -> ModelVersion:
    found = version_page.numbered(project, model, number)
    if found.owner is None:
        raise NotFound("A prompt's version has no files")
    return found
