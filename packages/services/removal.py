"""Packages that go for good, with all that is in them."""

from collections.abc import Collection

from django.db import transaction

from packages.models import Blob, Package, PackageFile, Upload
from packages.services import blobs, files
from projects.models import Project

# Packages, files or blobs of one transaction.
BATCH = 100
FILES = 1000


def remove(packages: Collection[int]) -> None:
    """Deletes these packages and their files; the bytes go after commit. Doing it twice changes nothing.

    For few packages it may be part of the caller's transaction; most files are deleted in transactions before it.
    """
    with transaction.atomic():
        locked = Package.objects.select_for_update().filter(pk__in=packages).order_by("pk")
        here = list(locked.values_list("pk", flat=True))
        used = set(PackageFile.objects.filter(package__in=here).values_list("blob_id", flat=True))
        Upload.objects.filter(package__in=here).delete()
        PackageFile.objects.filter(package__in=here).delete()
        Package.objects.filter(pk__in=here).delete()
        files.delete_unused_later(used)


def thin_out(packages: Collection[int]) -> None:
    """Deletes files of packages that are about to be removed, in transactions of bounded size, until few are left."""
    while True:
        with transaction.atomic():
            found = PackageFile.objects.filter(package__in=packages).order_by("pk")[: FILES + 1]
            some = dict(found.values_list("pk", "blob_id"))
            if len(some) <= FILES:
                return
            PackageFile.objects.filter(pk__in=some).delete()
            files.delete_unused_later(set(some.values()))


def empty_project(project: Project) -> None:
    """Removes all packages and bytes of a deleted project (`settings.ON_PROJECT_PURGED`)."""
    while batch := list(project.packages.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        thin_out(batch)
        remove(batch)
    # What a lost task has left.
    for pk in Blob.objects.filter(project=project).order_by("pk").values_list("pk", flat=True).iterator(FILES):
        blobs.delete_unused([pk])
