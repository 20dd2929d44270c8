"""One file of a package: a relative path, and the bytes it has now."""

from django.conf import settings
from django.db import models
from django.db.models import Value
from django.db.models.functions import Left, StrIndex, Substr
from django.utils import timezone

from ci.models import Job
from lib.querysets import FindQuerySet
from packages.models.blob import Blob
from packages.models.package import Package


class PackageFileQuerySet(FindQuerySet["PackageFile"]):
    def below(self, folder: str) -> "PackageFileQuerySet":
        """Everything in the folder and its subfolders; the whole package for ""."""
        if not folder:
            return self.all()
        # Not `startswith`: SQLite's LIKE takes `A/` and `a/` for the same.
        return self.alias(head=Left("path", len(folder) + 1)).filter(head=f"{folder}/")

    def directly_in(self, folder: str) -> "PackageFileQuerySet":
        """The folder's own files, without its subfolders'."""
        rest = Substr("path", len(folder) + 2 if folder else 1)
        return self.below(folder).alias(slash=StrIndex(rest, Value("/"))).filter(slash=0)


class PackageFile(models.Model):
    package = models.ForeignKey(Package, models.CASCADE, related_name="files")
    path = models.CharField(max_length=1024, help_text="Relative, with `/` between folders.")
    blob = models.ForeignKey(Blob, models.PROTECT, related_name="files")
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    job = models.ForeignKey(
        Job, models.SET_NULL, null=True, blank=True, related_name="package_files", help_text="The CI job that sent it."
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = PackageFileQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["package", "path"], name="packagefile_path_unique")]

    def __str__(self) -> str:
        return self.path
