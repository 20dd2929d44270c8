from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from lib.errors import Conflict
from lib.querysets import FindQuerySet
from projects.models import Project

if TYPE_CHECKING:
    from packages.models.package_file import PackageFile


class PackageKind(models.TextChoices):
    ML_RUN = "ml_run", "Run"
    ML_LOGGED_MODEL = "ml_logged_model", "Logged model"
    ML_MODEL = "ml_model", "Model version"
    GENERIC = "generic", "Generic"


class PackageStatus(models.TextChoices):
    """GitLab's, as far as they occur here."""

    DEFAULT = "default", "Default"
    HIDDEN = "hidden", "Hidden"
    PENDING_DESTRUCTION = "pending_destruction", "Pending destruction"


class PackageQuerySet(FindQuerySet["Package"]):
    def with_files(self) -> "PackageQuerySet":
        """Without those that are empty: nobody made them, a first upload failed or all files were deleted."""
        return self.filter(Exists(_files()))

    def with_totals(self) -> "PackageQuerySet":
        """Annotates `file_count` and `size` (in bytes, equal files counted each time)."""
        of_all = _files().order_by().values("package")
        return self.annotate(  # type: ignore[no-redef]
            file_count=Coalesce(Subquery(of_all.annotate(number=Count("pk")).values("number")), 0),
            size=Coalesce(
                Subquery(of_all.annotate(sum=Sum("blob__size")).values("sum"), output_field=models.BigIntegerField()), 0
            ),
        )

    def with_latest_job(self) -> "PackageQuerySet":
        """Annotates `job_facts`: what is known of the CI job that sent the latest file that any sent, or None."""
        sent = _files().exclude(job=None).order_by("-created_at", "-pk")
        return self.annotate(  # type: ignore[no-redef]
            job_facts=Subquery(sent.values("job__facts")[:1])
        )


def _files() -> models.QuerySet["PackageFile"]:
    from packages.models.package_file import PackageFile

    return PackageFile.objects.filter(package=OuterRef("pk"))


class Package(models.Model):
    project = models.ForeignKey(Project, models.PROTECT, related_name="packages")
    kind = models.CharField(max_length=16, choices=PackageKind)
    name = models.CharField(max_length=255)
    version = models.CharField(max_length=255)
    status = models.CharField(max_length=24, choices=PackageStatus, default=PackageStatus.DEFAULT)
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_downloaded_at = models.DateTimeField(null=True, blank=True, editable=False)
    frozen_folders = models.JSONField(
        default=list, blank=True, help_text='Below these nothing can be written or deleted; "" is the whole package.'
    )

    objects = PackageQuerySet.as_manager()

    file_count: int  # both by `with_totals`
    size: int
    job_facts: dict[str, Any] | None  # by `with_latest_job`

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "kind", "name", "version"], name="package_unique")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    def refuse_frozen(self, path: str) -> None:
        """Conflict for a path in a frozen folder, and for a folder ("" for the root) that such a one is in."""
        for folder in self.frozen_folders:
            if not folder or not path or f"{path}/".startswith(f"{folder}/") or folder.startswith(f"{path}/"):
                raise Conflict(f"'{path}' belongs to a published model version, whose files cannot change")
