"""A file that is on its way, until it is there or given up: in parts, each in a request of its own; or as one object
that its client puts into the bucket."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from ci.models import Job
from lib.querysets import FindQuerySet
from packages.models.package import Package


class UploadQuerySet(FindQuerySet["Upload"]):
    pass


class Upload(models.Model):
    package = models.ForeignKey(Package, models.CASCADE, related_name="uploads")
    path = models.CharField(max_length=1024, help_text="Of the file that it will become.")
    key = models.UUIDField(default=uuid.uuid4, help_text="The name of its bytes in the store.")
    store_id = models.CharField(max_length=1024, blank=True, help_text="What the store calls it, where it has a name.")
    size = models.BigIntegerField(
        null=True,
        blank=True,
        help_text="In bytes, of what comes as one object past the service; empty for parts.",
    )
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = UploadQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key"], name="upload_key_unique")]
        indexes = [models.Index(fields=["created_at"], name="upload_by_age")]

    def __str__(self) -> str:
        return f"{self.path} ({self.key})"

    @property
    def storage_key(self) -> str:
        """As a blob's: made of ids only."""
        return f"{self.package.project_id}/{self.key.hex[:2]}/{self.key.hex}"


class UploadPart(models.Model):
    """A part that is in the store, whole. Sent again, it takes the place of the older one."""

    upload = models.ForeignKey(Upload, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField(help_text="From 1.")
    size = models.BigIntegerField(help_text="In bytes.")
    etag = models.CharField(max_length=128)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upload", "number"], name="uploadpart_number_unique")]

    def __str__(self) -> str:
        return f"part {self.number} ({self.size} bytes)"
