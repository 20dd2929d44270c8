"""Files of packages, up and down: generic packages, and those of machine learning, which have other names.

https://docs.gitlab.com/user/packages/generic_packages/ and https://docs.gitlab.com/api/model_registry/
"""

import re
from collections.abc import Iterator
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from msgspec import Struct

from api import bodies, parsing
from api.rest.endpoint import TOO_MUCH, File, Nothing, RestEndpoint, response
from api.rest.entities import packages as entities
from api.rest.entities.messages import CREATED, Message
from lib.errors import InvalidInput, NotFound
from packages import downloads
from packages.models import Package, PackageFile, PackageStatus
from packages.services import arrivals, files, packages
from projects.models import Project
from projects.roles import Ability
from registry.models import ModelVersion
from tracking.models import LoggedModel, Run
from tracking.services import artifacts

_VERSION = re.compile(r"candidate:(?:(?P<number>[0-9]{1,18})|(?P<uuid>[0-9a-f]{32}))|(?P<model_version>[0-9]{1,18})")


class Upload(RestEndpoint):
    """The body is the file, whatever its content type."""

    method = "PUT"
    ability = Ability.WRITE_PACKAGES
    answers = {200: entities.PackageFileEntity, 201: Message}
    refuses = TOO_MUCH
    takes = "*/*"

    class Params(Struct):
        status: Literal["default", "hidden"] | None = None
        select: Literal["package_file"] | None = None

    def parse(self) -> Any:
        """The query alone: the body is read where it is kept."""
        return parsing.from_query(self.request, self.Params)

    def body(self) -> tuple[Iterator[bytes], int | None]:
        return bodies.chunks(self.request), bodies.length(self.request)


class UploadGenericFile(Upload):
    """A file of a generic package. The body is the file; one of the same name is replaced."""

    def handle(self, p: Upload.Params, name: str, version: str, path: str) -> HttpResponse:
        body, size = self.body()
        status = PackageStatus(p.status) if p.status else None
        by = self.identity.user
        file = packages.upload(self.project, name, version, path, body, by=by, size=size, status=status)
        return _kept(file, p)


class GetGenericFile(RestEndpoint):
    """A file of a generic package; `Range` and `HEAD` are understood."""

    method = "GET"
    ability = Ability.READ_PACKAGES
    anonymous = True

    def handle(self, p: Nothing, name: str, version: str, path: str) -> File:
        return _sent(self.request, packages.find(self.project, name, version), path)


class UploadModelFile(Upload):
    """A file of a model version (its `id`) or of a run (`candidate:` and its number or id): the same as its artifact in
    MLflow."""

    def handle(self, p: Upload.Params, model_version: str, path: str) -> HttpResponse:
        body, size = self.body()
        owner, folder = place_of(self.project, model_version)
        by = self.identity.user
        return _kept(artifacts.upload_to(owner, f"{folder}{path}", body, by=by, size=size, also=packages.DIGESTS), p)


class GetModelFile(RestEndpoint):
    """A file of a model version or run, as `UploadModelFile` has it."""

    method = "GET"
    ability = Ability.READ_PACKAGES
    anonymous = True

    def handle(self, p: Nothing, model_version: str, path: str) -> File:
        owner, folder = place_of(self.project, model_version)
        if owner.package is None:
            raise NotFound(packages.NOT_FOUND)
        arrivals.settle(owner.package, f"{folder}{path}")
        return _sent(self.request, owner.package, f"{folder}{path}")


def place_of(project: Project, version: str) -> tuple[Run | LoggedModel, str]:
    """Whose package a `:version` means, whether it has one by now or not, and what stands before the paths in it.
    NotFound when there is nobody."""
    asked = _VERSION.fullmatch(version)
    if asked is None:
        raise InvalidInput("is neither a number nor candidate: and a run's number or id", field="model_version_id")
    if asked["model_version"]:
        return _place_of_version(project, int(asked["model_version"]))
    where = {"uuid": asked["uuid"]} if asked["uuid"] else {"iid": int(asked["number"])}
    related = ("project", "experiment", "package", "job")
    return project.runs.select_related(*related).find(packages.NOT_FOUND, **where), ""


def _place_of_version(project: Project, number: int) -> tuple[Run | LoggedModel, str]:
    """A number alone is what the version's JSON calls `id`. Prompts have no files."""
    related = ("run__project", "run__experiment", "run__package", "run__job", "logged_model__project")
    rows = ModelVersion.objects.of_models().filter(model__project=project)
    rows = rows.select_related(*related, "logged_model__experiment", "logged_model__package")
    found = rows.filter(pk=number).first()
    if found is None or found.owner is None:
        raise NotFound(packages.NOT_FOUND)
    return found.owner, f"{found.folder}/" if found.folder else ""


def _kept(file: PackageFile, p: Upload.Params) -> HttpResponse:
    if p.select:
        return response(entities.package_file(file))
    return response(CREATED, status=201)


def _sent(request: HttpRequest, package: Package, path: str) -> HttpResponseBase:
    if request.method == "HEAD":
        return downloads.described(files.find(package, path))
    return downloads.whole_or_part(files.opened(package, path, downloads.wanted_part(request)))
