"""How much a project keeps, and how much it and its topmost namespace may."""

from django.db import models

from projects.models import Namespace, Project


class ProjectStorage(models.Model):
    """`used` counts every blob once, however many files have it; it changes in the transactions that make and delete
    blobs."""

    project = models.OneToOneField(Project, models.CASCADE, related_name="storage")
    used = models.BigIntegerField(default=0, help_text="In bytes.")
    limit = models.BigIntegerField(
        null=True, blank=True, help_text="The most it may keep, in bytes; empty: as the installation says; 0: no limit."
    )
    file_size_limit = models.BigIntegerField(
        null=True, blank=True, help_text="The largest file, in bytes; empty: as the installation says."
    )

    def __str__(self) -> str:
        return f"storage of {self.project}"


class NamespaceStorage(models.Model):
    """Of a topmost namespace: the limit of all projects below it together."""

    namespace = models.OneToOneField(Namespace, models.CASCADE, related_name="storage")
    limit = models.BigIntegerField(
        null=True, blank=True, help_text="The most it may keep, in bytes; empty: as the installation says; 0: no limit."
    )

    def __str__(self) -> str:
        return f"storage of {self.namespace}"
