"""Packages as a whole: those that people fill themselves, and the end of any."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import User
from ci.models import Job
from packages import names
from packages.models import Package, PackageFile, PackageKind, PackageStatus
from packages.services import files
from projects.models import Project

NOT_FOUND = "404 Package Not Found"
# Of files that are sent to be looked at as package files, GitLab shows these at once.
DIGESTS = ("md5", "sha1")


def upload(
    project: Project,
    name: str,
    version: str,
    path: str,
    chunks: Iterable[bytes],
    *,
    by: User,
    size: int | None = None,
    status: PackageStatus | None = None,
    job: Job | None = None,
) -> PackageFile:
    """Keeps a file of a generic package, which is made with its first one, whole or not at all.

    A file of the same path is replaced. (GitLab keeps both, finds only the newer, and lists both.) `status` is given
    to the package when the file has arrived. Refused as `files.put` does, and InvalidInput for names that may not be.
    """
    path = names.file(path)
    package, _ = Package.objects.get_or_create(
        project=project,
        kind=PackageKind.GENERIC,
        name=names.package(name),
        version=names.version(version),
        defaults={"creator": by},
    )
    file = files.put(package, path, chunks, by=by, size=size, job=job, also=DIGESTS)
    if status is not None and status != package.status:
        Package.objects.filter(pk=package.pk).update(status=status)
    return file


def find(project: Project, name: str, version: str) -> Package:
    """The generic package. NotFound when there is none; InvalidInput for names that no package has."""
    name, version = names.package(name), names.version(version)
    return project.packages.find(NOT_FOUND, kind=PackageKind.GENERIC, name=name, version=version)


def delete(package: Package) -> None:
    """The package with its files. A run or model that it was of lives on without, and gets a new one with its next
    file."""
    with transaction.atomic():
        files.delete(package, "")
        package.delete()
