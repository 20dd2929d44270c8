"""A model version: one release of a registered model, by `number` for MLflow and by `semver` for people."""

from typing import Any

from django.conf import settings
from django.db import models

from lib.clock import now_ms
from lib.querysets import FindQuerySet
from registry.models.registered_model import RegisteredModel
from tracking.models import LoggedModel, Run


class Stage(models.TextChoices):
    """MLflow's old stages; the API alone knows them."""

    NONE = "None"
    STAGING = "Staging"
    PRODUCTION = "Production"
    ARCHIVED = "Archived"


class PrecedenceField(models.CharField):  # type: ignore[type-arg]
    """A text that is compared byte by byte, whatever language the database sorts in."""

    def db_parameters(self, connection: Any) -> Any:
        collation = "C" if connection.vendor == "postgresql" else None
        return {**super().db_parameters(connection), "collation": collation}


class ModelVersionQuerySet(FindQuerySet["ModelVersion"]):
    def of_models(self) -> "ModelVersionQuerySet":
        """Without those of prompts."""
        return self.filter(model__is_prompt=False)

    def highest_first(self) -> "ModelVersionQuerySet":
        """By precedence; of versions that differ in build metadata alone, the newer first."""
        return self.order_by("-precedence", "-number")

    def latest_first(self) -> "ModelVersionQuerySet":
        """Releases before prereleases, each by precedence: the first one is `latest`."""
        return self.order_by("is_prerelease", "-precedence", "-number")

    def with_details(self) -> "ModelVersionQuerySet":
        """With what a version's JSON says besides its own columns: three queries, however many versions."""
        return self.select_related("model", "run__experiment", "logged_model__experiment").prefetch_related(
            models.Prefetch("tags", ModelVersionTag.objects.order_by("key")), "aliases"
        )


class ModelVersion(models.Model):
    model = models.ForeignKey(RegisteredModel, models.CASCADE, related_name="versions")
    number = models.BigIntegerField()
    semver = models.CharField(max_length=255)
    is_explicit = models.BooleanField(default=False, help_text="The semver was given, not counted.")
    precedence = PrecedenceField(max_length=1024, editable=False)
    is_prerelease = models.BooleanField(default=False)
    description = models.TextField(blank=True)
    stage = models.CharField(max_length=16, choices=Stage, default=Stage.NONE)
    # None for a prompt's version only.
    run = models.ForeignKey(Run, models.PROTECT, null=True, blank=True, related_name="model_versions")
    run_link = models.CharField(max_length=500, blank=True)
    source = models.TextField(blank=True, help_text="As the client said it; never opened.")
    # Whose artifacts its files are, and the folder in them: of the logged model if there is one, else of the run.
    logged_model = models.ForeignKey(LoggedModel, models.PROTECT, null=True, blank=True, related_name="model_versions")
    folder = models.CharField(max_length=1024, blank=True)
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_ms = models.BigIntegerField(default=now_ms, help_text="Milliseconds since 1970.")
    updated_ms = models.BigIntegerField(default=now_ms)
    published_ms = models.BigIntegerField(null=True, blank=True, help_text="Since then its files cannot change.")

    objects = ModelVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["model", "number"], name="modelversion_number_unique"),
            models.UniqueConstraint(fields=["model", "semver"], name="modelversion_semver_unique"),
        ]
        indexes = [
            models.Index(fields=["model", "-precedence", "-number"], name="modelversion_highest"),
            models.Index(fields=["model", "is_prerelease", "-precedence", "-number"], name="modelversion_latest"),
            models.Index(
                fields=["model", "stage", "is_prerelease", "-precedence", "-number"], name="modelversion_stage"
            ),
            models.Index(fields=["model", "-updated_ms", "-number"], name="modelversion_by_change"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.semver}"

    @property
    def owner(self) -> Run | LoggedModel | None:
        """Whose artifacts its files are; None for a prompt's version."""
        return self.logged_model or self.run

    @property
    def artifact_uri(self) -> str:
        """Where its files are; for a prompt's version, which has none, what its client said."""
        if self.owner is None:
            return self.source
        return f"{self.owner.artifact_uri}/{self.folder}" if self.folder else self.owner.artifact_uri


class ModelVersionTag(models.Model):
    version = models.ForeignKey(ModelVersion, models.CASCADE, related_name="tags")
    key = models.CharField(max_length=250)
    value = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="modelversiontag_unique")]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"
