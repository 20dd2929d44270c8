"""A registered model: a named line of versions. MLflow keeps prompts as registered models too."""

from django.conf import settings
from django.db import models

from lib.clock import now_ms
from lib.querysets import FindQuerySet
from projects.models import Project
from tracking.models import Experiment

PROMPT_TAG = "mlflow.prompt.is_prompt"


class RegisteredModelQuerySet(FindQuerySet["RegisteredModel"]):
    def models(self) -> "RegisteredModelQuerySet":
        return self.filter(is_prompt=False)

    def prompts(self) -> "RegisteredModelQuerySet":
        return self.filter(is_prompt=True)

    def named(self, name: str) -> "RegisteredModel":
        """NotFound in MLflow's words when the project has no model or prompt of this name."""
        return self.find(f"Registered Model with name={name[:300]} not found", name=name)


class RegisteredModel(models.Model):
    project = models.ForeignKey(Project, models.PROTECT, related_name="registered_models")
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    is_prompt = models.BooleanField(default=False, help_text="As its tag `mlflow.prompt.is_prompt` says.")
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_ms = models.BigIntegerField(default=now_ms, help_text="Milliseconds since 1970.")
    updated_ms = models.BigIntegerField(default=now_ms)
    last_number = models.BigIntegerField(default=0, help_text="Of its versions, deleted ones included.")
    last_counted = models.CharField(max_length=255, blank=True, help_text="The semver that was last counted on.")
    # `[model]NAME`: where versions without a run of their own get one. It is made when it is first needed.
    experiment = models.OneToOneField(
        Experiment, models.PROTECT, null=True, blank=True, related_name="registered_model"
    )

    objects = RegisteredModelQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="registeredmodel_name_unique")]
        indexes = [models.Index(fields=["project", "is_prompt", "-updated_ms"], name="registeredmodel_by_change")]

    def __str__(self) -> str:
        return self.name


class RegisteredModelTag(models.Model):
    model = models.ForeignKey(RegisteredModel, models.CASCADE, related_name="tags")
    key = models.CharField(max_length=250)
    value = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "key"], name="registeredmodeltag_unique")]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"
