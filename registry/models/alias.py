"""Aliases: movable names of versions, where each has been, and which of them only maintainers move."""

from django.conf import settings
from django.db import models

from lib.clock import now_ms
from projects.models import Project
from registry.models.model_version import ModelVersion
from registry.models.registered_model import RegisteredModel


class Alias(models.Model):
    model = models.ForeignKey(RegisteredModel, models.CASCADE, related_name="aliases")
    name = models.CharField(max_length=255)
    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name="aliases")
    moved_ms = models.BigIntegerField(default=now_ms, help_text="Milliseconds since 1970.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "name"], name="alias_unique")]

    def __str__(self) -> str:
        return self.name


class AliasMove(models.Model):
    """That an alias came to a version, or was taken away (`number` None). It outlives both."""

    model = models.ForeignKey(RegisteredModel, models.CASCADE, related_name="alias_moves")
    name = models.CharField(max_length=255)
    version = models.ForeignKey(ModelVersion, models.SET_NULL, null=True, blank=True, related_name="alias_moves")
    number = models.BigIntegerField(null=True, blank=True)
    semver = models.CharField(max_length=255, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    job = models.CharField(max_length=255, blank=True, help_text="The number of the CI job that moved it.")
    at_ms = models.BigIntegerField(default=now_ms, help_text="Milliseconds since 1970.")

    class Meta:
        indexes = [models.Index(fields=["model", "name", "-at_ms"], name="aliasmove_newest_first")]

    def __str__(self) -> str:
        return f"{self.name} → {self.semver or '-'}"


class ProtectedAlias(models.Model):
    """An alias, in all models of a project, that only maintainers move."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="protected_aliases")
    name = models.CharField(max_length=255)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="protectedalias_unique")]

    def __str__(self) -> str:
        return self.name
