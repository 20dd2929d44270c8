"""Bytes in the store. Equal bytes are kept once per project, and never shared between projects."""

import uuid

from django.db import models
from django.utils import timezone

from lib.querysets import FindQuerySet
from projects.models import Project


class Verdict(models.TextChoices):
    """What the scanner made of the content."""

    PENDING = "pending", "Not scanned yet"
    CLEAN = "clean", "Nothing found"
    SUSPICIOUS = "suspicious", "Suspicious"
    DANGEROUS = "dangerous", "Dangerous"
    UNREADABLE = "unreadable", "Could not be scanned"
    IRRELEVANT = "irrelevant", "Holds nothing that runs"


class BlobQuerySet(FindQuerySet["Blob"]):
    def unused(self) -> "BlobQuerySet":
        return self.filter(files=None)


class Blob(models.Model):
    project = models.ForeignKey(Project, models.PROTECT, related_name="blobs")
    key = models.UUIDField(default=uuid.uuid4, help_text="Its name in the store, below the project's id.")
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField(help_text="In bytes.")
    md5 = models.CharField(max_length=32, blank=True, help_text="Empty until the content has been inspected.")
    sha1 = models.CharField(max_length=40, blank=True, help_text="Empty until the content has been inspected.")
    verdict = models.CharField(max_length=16, choices=Verdict, default=Verdict.PENDING)
    findings = models.JSONField(default=list, blank=True, help_text="What the scanner found: name and severity.")
    inspected_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = BlobQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "sha256"], name="blob_once_a_project"),
            models.UniqueConstraint(fields=["key"], name="blob_key_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.sha256[:12]} ({self.size} bytes)"

    @property
    def storage_key(self) -> str:
        """Made of ids only: no text of a user's ever becomes a storage path."""
        return f"{self.project_id}/{self.key.hex[:2]}/{self.key.hex}"
