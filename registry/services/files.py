"""The files of a version: artifacts of its run or logged model, below its folder. Paths are relative to that folder.

A published version's files are frozen where they lie: nothing below the folder can be written or deleted any more,
whether it is addressed through the version, the run or the logged model; nor can a folder above it be deleted. The
rest of the run's artifacts can.
"""

from collections.abc import Iterable
from dataclasses import replace

from django.db import transaction
from django.db.models import F

from accounts.identity import Identity
from accounts.models import User
from lib.errors import NotFound
from packages import paths
from packages.models import Package, PackageFile
from packages.models.package_file import PackageFileQuerySet
from packages.services import archives, arrivals, files
from packages.services.archives import Archive, Total
from packages.services.files import Entry, Opened, Part
from registry.models import ModelVersion
from tracking.models import LoggedModel, Run
from tracking.search import text
from tracking.services import artifacts


def entries(version: ModelVersion, folder: str = "") -> list[Entry]:
    """What lies directly in a folder of the version ("" for its root); nothing for one that does not exist."""
    folder = paths.relative(folder.removesuffix("/"))
    package = _package(version)
    if package is None:
        return []
    inside = f"{version.folder}/" if version.folder else ""
    found = files.entries(package, f"{inside}{folder}".removesuffix("/"))
    return [replace(entry, path=entry.path.removeprefix(inside)) for entry in found]


def below(version: ModelVersion, folder: str = "") -> PackageFileQuerySet:
    """All files in a folder of the version and in its subfolders. Their paths are those in the package: `shown`."""
    package = _package(version)
    rows = PackageFile.objects.filter(package=package) if package is not None else PackageFile.objects.none()
    return rows.below(_inside(version, folder.removesuffix("/")))


def all_below(version: ModelVersion, folder: str = "") -> PackageFileQuerySet:
    """The same with their blobs, by path."""
    return below(version, folder).select_related("blob").order_by(text.sortable(F("path")))


def by_path(version: ModelVersion, wanted: Iterable[str]) -> dict[str, PackageFile]:
    """Those of the files that are there, by their paths in the version, with their blobs."""
    package = _package(version)
    inside = [_inside(version, path) for path in wanted]
    if package is None or not inside:
        return {}
    rows = PackageFile.objects.filter(package=package, path__in=inside).select_related("blob")
    return {shown(version, file): file for file in rows}


def shown(version: ModelVersion, file: PackageFile) -> str:
    """A file's path in the version."""
    return file.path.removeprefix(f"{version.folder}/") if version.folder else file.path


def find(version: ModelVersion, path: str) -> PackageFile:
    """NotFound when there is no such file; InvalidInput for a folder."""
    return files.find(*_kept(version, path))


def opened(version: ModelVersion, path: str, part: Part | None = None) -> Opened:
    """A file ready to be read; only `part` of it, when that is given."""
    return files.opened(*_kept(version, path), part)


def total(version: ModelVersion) -> Total:
    """How many files the version has, and their bytes."""
    package = _package(version)
    return archives.total(package, version.folder) if package is not None else Total(0, 0)


def archive(version: ModelVersion, folder: str = "") -> Archive:
    """All files, or those in a folder, as a zip; its name is the model's and the semver, or the folder's. NotFound when
    there are none."""
    package = _package(version)
    if package is None:
        raise NotFound("There are no files")
    name = f"{version.model.name}-{version.semver}"
    made = archives.of(package, _inside(version, folder.removesuffix("/")), name=name)
    return made if folder else replace(made, name=f"{name}.zip")


def upload(
    version: ModelVersion, path: str, chunks: Iterable[bytes], *, by: User, size: int | None = None
) -> PackageFile:
    """Keeps a file, whole or not at all. Conflict when the version is published; NotFound for a prompt's version."""
    return artifacts.upload_to(_owner(version), _inside(version, path), chunks, by=by, size=size)


def delete(version: ModelVersion, path: str) -> None:
    """A file, or a folder with all that is in it. Conflict when the version is published."""
    package = _package(version)
    if package is not None:
        files.delete(package, _inside(version, path))


def freeze(version: ModelVersion, *, by: Identity) -> None:
    """In the caller's transaction. What has arrived by then belongs to it."""
    _package(version)
    package = Package.objects.select_for_update(no_key=True).get(pk=_own_package(version, by=by.user).pk)
    package.frozen_folders = sorted({*package.frozen_folders, version.folder})
    package.save(update_fields=["frozen_folders"])


def thaw(version: ModelVersion) -> None:
    """Before a version goes, in the caller's transaction: its folder, unless another published version has it too."""
    package = _package(version)
    if version.published_ms is None or package is None:
        return
    twins = ModelVersion.objects.filter(folder=version.folder, logged_model=version.logged_model)
    if version.logged_model is None:
        twins = twins.filter(run=version.run)
    if twins.exclude(pk=version.pk).exclude(published_ms=None).exists():
        return
    with transaction.atomic():
        locked = Package.objects.select_for_update(no_key=True).get(pk=package.pk)
        locked.frozen_folders = [folder for folder in locked.frozen_folders if folder != version.folder]
        locked.save(update_fields=["frozen_folders"])


def _kept(version: ModelVersion, path: str) -> tuple[Package, str]:
    package, inside = _package(version), _inside(version, path)
    if package is None:
        raise NotFound(f"No such artifact: '{path}'")
    return package, inside


def _inside(version: ModelVersion, path: str) -> str:
    path = paths.relative(path)
    return f"{version.folder}/{path}".removesuffix("/") if version.folder else path


def _package(version: ModelVersion) -> Package | None:
    """With what its clients have put into the bucket by now."""
    package = version.owner.package if version.owner is not None else None
    if package is not None:
        arrivals.settle(package, version.folder)
    return package


def _owner(version: ModelVersion) -> Run | LoggedModel:
    if version.owner is None:
        raise NotFound("A prompt's version has no files")
    return version.owner


def _own_package(version: ModelVersion, *, by: User) -> Package:
    return artifacts.own_package(_owner(version), by=by)
