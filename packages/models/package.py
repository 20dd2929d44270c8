from django.conf import settings
from django.db import models
from django.utils import timezone

from lib.errors import Conflict
from lib.querysets import FindQuerySet
from projects.models import Project


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
    pass


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

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "kind", "name", "version"], name="package_unique")]

    def __str__(self) -> str:
        return f"{self.name} {self.version}"

    def refuse_frozen(self, path: str) -> None:
        """Conflict for a path in a frozen folder, and for a folder ("" for the root) that such a one is in."""
        for folder in self.frozen_folders:
            if not folder or not path or f"{path}/".startswith(f"{folder}/") or folder.startswith(f"{path}/"):
                raise Conflict(f"'{path}' belongs to a published model version, whose files cannot change")
