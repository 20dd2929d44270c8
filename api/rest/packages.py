"""Packages and their files: list, look, delete. https://docs.gitlab.com/api/packages/"""

from datetime import datetime
from typing import Literal

from api.rest import pages
from api.rest.endpoint import Nothing, RestEndpoint
from api.rest.entities import packages as entities
from ci.models import Job
from lib.errors import NotFound
from packages.models import Package, PackageStatus
from packages.models.package import PackageQuerySet
from packages.services import arrivals, files, packages
from projects import policy
from projects.roles import Ability

# Ours, and GitLab's others, of which there are none here: who asks for one gets an empty list.
PackageType = Literal[
    "generic", "ml_model", "ml_run", "ml_logged_model",
    "cargo", "composer", "conan", "debian", "golang", "helm", "maven", "npm", "nuget", "pypi", "rpm", "rubygems",
    "terraform_module",
]  # fmt: skip
ORDERS = {"created_at": "created_at", "name": "name", "version": "version", "type": "kind"}
# Of the other versions and of the jobs of one package that its entity can name.
MOST_VERSIONS, MOST_JOBS = 100, 1000


class ListPackages(RestEndpoint):
    """The packages that have files; hidden ones when `status=hidden` asks for them."""

    method = "GET"
    ability = Ability.READ_PACKAGES
    anonymous = True

    class Params(pages.Paged):
        package_type: PackageType | None = None
        package_name: str = ""
        package_version: str = ""
        include_versionless: bool = False  # there are none
        status: Literal["default", "hidden", "processing", "error", "pending_destruction", "deprecated"] = "default"
        order_by: Literal["created_at", "name", "version", "type"] = "created_at"
        sort: Literal["asc", "desc"] = "asc"

    def handle(self, p: Params) -> pages.Page[entities.PackageEntity]:
        sign = "-" if p.sort == "desc" else ""
        found = _matching(self.project.packages.with_files(), p)
        found = found.with_latest_job().order_by(f"{sign}{ORDERS[p.order_by]}", f"{sign}id")
        path, may_delete = _shown_with(self)
        return pages.answer(self.request, p, found, lambda one: entities.package(one, path, may_delete=may_delete))


def _matching(found: PackageQuerySet, p: ListPackages.Params) -> PackageQuerySet:
    found = found.filter(status=p.status)
    if p.package_type:
        found = found.filter(kind=p.package_type)
    if p.package_name:
        found = found.filter(name__icontains=p.package_name)
    if p.package_version:
        found = found.filter(version=p.package_version)
    return found


class OfPackage(RestEndpoint):
    """The part that all endpoints below `packages/:package_id` share."""

    method = "GET"
    ability = Ability.READ_PACKAGES
    anonymous = True

    def package(self, number: str) -> Package:
        arrivals.settle_package(self.project, _number(number, packages.NOT_FOUND))
        found = self.project.packages.with_files().with_latest_job()
        return found.find(packages.NOT_FOUND, pk=_number(number, packages.NOT_FOUND))


class GetPackage(OfPackage):
    """A package, and the other versions of it."""

    def handle(self, p: Nothing, package_id: str) -> entities.PackageWithVersions:
        package = self.package(package_id)
        others = self.project.packages.with_files().with_latest_job()
        others = others.filter(kind=package.kind, name=package.name, status=PackageStatus.DEFAULT)
        others = others.exclude(pk=package.pk).order_by("-pk")[:MOST_VERSIONS]
        path, may_delete = _shown_with(self)
        shown = entities.package(package, path, may_delete=may_delete)
        return {**shown, "versions": entities.versions(others)}


class DeletePackage(OfPackage):
    """A package with its files. A run or model that it was of lives on."""

    method = "DELETE"
    ability = Ability.DELETE_PACKAGES
    anonymous = False

    def changed_at(self, **captured: str) -> datetime:
        package = self.package(captured["package_id"])
        latest = package.files.order_by("-created_at").values_list("created_at", flat=True).first()
        return max(latest or package.created_at, package.created_at)

    def handle(self, p: Nothing, package_id: str) -> None:
        packages.delete(self.package(package_id))


class ListPackageFiles(OfPackage):
    """The files of a package, in all its folders."""

    class Params(pages.Paged):
        order_by: Literal["id", "created_at", "file_name"] = "id"
        sort: Literal["asc", "desc"] = "asc"

    def handle(self, p: Params, package_id: str) -> pages.Page[entities.PackageFileEntity]:
        sign = "-" if p.sort == "desc" else ""
        order = {"id": "id", "created_at": "created_at", "file_name": "path"}[p.order_by]
        found = self.package(package_id).files.select_related("blob", "job").order_by(f"{sign}{order}", f"{sign}id")
        return pages.answer(self.request, p, found, entities.package_file)


class DeletePackageFile(OfPackage):
    """One file of a package."""

    method = "DELETE"
    ability = Ability.DELETE_PACKAGES
    anonymous = False

    def handle(self, p: Nothing, package_id: str, package_file_id: str) -> None:
        package = self.package(package_id)
        file = package.files.find("404 Not Found", pk=_number(package_file_id, "404 Not Found"))
        files.delete(package, file.path)


class ListPipelines(OfPackage):
    """The pipelines whose jobs sent files of a package, the newest first."""

    class Params(pages.Paged):
        pass

    def handle(self, p: Params, package_id: str) -> pages.Page[entities.PipelineEntity]:
        sent = self.package(package_id).files.exclude(job=None).values("job")
        jobs = Job.objects.filter(pk__in=sent).order_by("-pk")[:MOST_JOBS]
        told = [found for job in jobs if (found := entities.pipeline(job.facts, job.project_id))]
        newest = {pipeline["id"]: pipeline for pipeline in reversed(told)}
        ordered = [newest[number] for number in sorted(newest, reverse=True)]
        return pages.answer(self.request, p, ordered, lambda pipeline: pipeline)


def _number(text: str, missing: str) -> int:
    """An id as it stands in an address. What cannot be one is nobody's."""
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise NotFound(missing)
    return int(text)


def _shown_with(endpoint: RestEndpoint) -> tuple[str, bool]:
    may_delete = policy.allows(endpoint.project, Ability.DELETE_PACKAGES)
    return endpoint.project.full_path, may_delete and policy.covers(endpoint.visitor, Ability.DELETE_PACKAGES)
