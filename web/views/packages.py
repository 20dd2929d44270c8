"""The packages of a project, and one of them with its files."""

from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from packages import downloads
from packages.models import PackageKind, PackageStatus
from packages.services import files, packages, storage
from projects.models import Project
from projects.roles import Ability
from web import gate, package_page, query

PAGE_SIZE = 30
ORDERS = {"newest": ["-created_at", "-pk"], "name": ["name", "version", "pk"], "size": ["-size", "-pk"]}


@require_safe
@gate.project_page(Ability.READ_PACKAGES)
def index(request: HttpRequest, project: Project) -> HttpResponse:
    """The packages of a project, searched by name, version and type."""
    words = query.text(request, "q", longest=255)
    kind = query.choice(request, "type", PackageKind.values, default="")
    order = query.choice(request, "order", ORDERS, default="newest")
    found = project.packages.with_files().filter(status=PackageStatus.DEFAULT)
    if words:
        found = found.filter(Q(name__icontains=words) | Q(version__icontains=words))
    if kind:
        found = found.filter(kind=kind)
    rows = found.with_totals().select_related("creator").order_by(*ORDERS[order])
    context = {
        **_frame(project),
        "page": query.numbered_page(request, rows, PAGE_SIZE),
        "q": words,
        "type": kind,
        "types": PackageKind.choices,
        "order": order,
        "usage": storage.of_project(project),
        "example": package_page.generic(project, "my-package", "1.0.0", "data.csv"),
    }
    return render(request, "web/packages.html", context)


@require_safe
@gate.project_page(Ability.READ_PACKAGES)
def show(request: HttpRequest, project: Project, package: int) -> HttpResponse:
    """A package: its files by folder, and how to send and fetch them."""
    found = package_page.find(project, package)
    folder = package_page.folder(found, request.GET.get("path", "").removesuffix("/"))
    whose = package_page.owner(found)
    example = folder.files[0] if folder.files else found.files.order_by("path").first()
    context = {
        **_frame(project),
        "package": found,
        "folder": folder,
        "owner": whose,
        "snippets": package_page.snippets(found, whose, example.path if example else "data.csv"),
        "jobs": [file.job for file in found.files.exclude(job=None).select_related("job").order_by("-pk")[:1]],
    }
    return render(request, "web/package.html", context)


@require_safe
@gate.project_page(Ability.READ_PACKAGES)
def file(request: HttpRequest, project: Project, package: int, path: str) -> HttpResponseBase:
    """A file of a package, as a download."""
    found = package_page.find(project, package)
    if request.method == "HEAD":
        return downloads.described(files.find(found, path))
    return downloads.whole_or_part(files.opened(found, path, downloads.wanted_part(request)))


@require_POST
@gate.project_page(Ability.DELETE_PACKAGES)
def delete(request: HttpRequest, project: Project, package: int) -> HttpResponse:
    """Deletes a package with its files. A run or model that it was of stays."""
    found = package_page.find(project, package)
    packages.delete(found)
    messages.success(request, f"Package “{found}” is deleted.")
    return redirect("packages", project=project.full_path)


@require_POST
@gate.project_page(Ability.DELETE_PACKAGES)
def delete_file(request: HttpRequest, project: Project, package: int, file: int) -> HttpResponse:
    """Deletes one file of a package, and goes back to its folder while there is one."""
    found = package_page.find(project, package)
    path = found.files.find("No such file", pk=file).path
    files.delete(found, path)
    messages.success(request, f"File “{path}” is deleted.")
    if not found.files.exists():
        return redirect("packages", project=project.full_path)
    folder = path.rpartition("/")[0]
    back = reverse("package", kwargs={"project": project.full_path, "package": package})
    return redirect(f"{back}?{urlencode({'path': folder})}" if found.files.below(folder).exists() else back)


def _frame(project: Project) -> dict[str, object]:
    return {"project": project, "section": "packages"}
