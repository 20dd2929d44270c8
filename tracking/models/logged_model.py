"""Logged models (MLflow 3): what a run produced, with params, tags and metrics of its own.

`uuid` is what MLflow calls `model_id`: `m-` and 32 hex digits.
"""

from uuid import uuid4

from django.conf import settings
from django.db import models

from lib.clock import now_ms
from lib.querysets import FindQuerySet
from packages.models import Package
from projects.models import Project
from tracking.models.dataset import Dataset
from tracking.models.experiment import Experiment
from tracking.models.metric import MetricKey
from tracking.models.run import Run


class LoggedModelStatus(models.IntegerChoices):
    """By the numbers of MLflow's protocol."""

    PENDING = 1, "LOGGED_MODEL_PENDING"
    READY = 2, "LOGGED_MODEL_READY"
    UPLOAD_FAILED = 3, "LOGGED_MODEL_UPLOAD_FAILED"


def new_uuid() -> str:
    return f"m-{uuid4().hex}"


class LoggedModelQuerySet(FindQuerySet["LoggedModel"]):
    def active(self) -> "LoggedModelQuerySet":
        return self.filter(deleted_at=None)

    def with_details(self) -> "LoggedModelQuerySet":
        """With what the model's JSON says besides its own columns: four queries, however many models."""
        points = LoggedModelMetric.objects.select_related("key", "run")
        points = points.only(
            "model", "key__name", "run__uuid", "value", "is_nan", "timestamp", "step", "dataset_name", "dataset_digest"
        )
        return self.select_related("experiment").prefetch_related(
            models.Prefetch("params", LoggedModelParam.objects.order_by("key")),
            models.Prefetch("tags", LoggedModelTag.objects.order_by("key")),
            models.Prefetch("metrics", points.order_by("key__name", "timestamp", "step", "pk")),
        )

    def with_id(self, model_id: str) -> "LoggedModel":
        missing = f"Logged model with ID '{model_id[:100]}' not found."
        return self.select_related("experiment").find(missing, uuid=model_id.replace("\x00", " "))


class LoggedModel(models.Model):
    uuid = models.CharField(max_length=34, default=new_uuid, editable=False)
    project = models.ForeignKey(Project, models.PROTECT, related_name="logged_models")
    experiment = models.ForeignKey(Experiment, models.PROTECT, related_name="logged_models")
    # No foreign key: MLflow keeps and returns whatever run id the client named, even one that is gone.
    source_run_uuid = models.CharField(max_length=32, blank=True, db_index=True)
    name = models.CharField(max_length=500)
    model_type = models.CharField(max_length=500, blank=True)
    status = models.PositiveSmallIntegerField(choices=LoggedModelStatus, default=LoggedModelStatus.PENDING)
    status_message = models.CharField(max_length=1000, blank=True)
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_ms = models.BigIntegerField(default=now_ms, help_text="Milliseconds since 1970.")
    updated_ms = models.BigIntegerField(default=now_ms)
    deleted_at = models.BigIntegerField(null=True, blank=True, help_text="Milliseconds since 1970; empty if active.")
    package = models.OneToOneField(Package, models.SET_NULL, null=True, blank=True, related_name="logged_model")

    objects = LoggedModelQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["uuid"], name="loggedmodel_uuid_unique")]
        indexes = [models.Index(fields=["experiment", "-created_ms"], name="loggedmodel_newest_first")]

    def __str__(self) -> str:
        return self.name

    @property
    def artifact_uri(self) -> str:
        return f"{self.experiment.artifact_location}/models/{self.uuid}/artifacts"


class LoggedModelParam(models.Model):
    model = models.ForeignKey(LoggedModel, models.CASCADE, related_name="params")
    key = models.CharField(max_length=255)
    value = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "key"], name="loggedmodelparam_unique")]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


class LoggedModelTag(models.Model):
    model = models.ForeignKey(LoggedModel, models.CASCADE, related_name="tags")
    key = models.CharField(max_length=255)
    value = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["model", "key"], name="loggedmodeltag_unique")]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"


class LoggedModelMetric(models.Model):
    """A point that a run logged about a model, perhaps on a dataset. The whole point is unique, so a client that sends
    it twice has logged it once, and two datasets measured in the same millisecond are two points.

    `value` is 0 where `is_nan`, as in `LatestMetric`.
    """

    model = models.ForeignKey(LoggedModel, models.CASCADE, related_name="metrics")
    run = models.ForeignKey(Run, models.CASCADE, related_name="model_metrics")
    key = models.ForeignKey(MetricKey, models.PROTECT, related_name="+")
    dataset = models.ForeignKey(Dataset, models.SET_NULL, null=True, blank=True, related_name="+")
    dataset_name = models.CharField(max_length=500, blank=True)
    dataset_digest = models.CharField(max_length=36, blank=True)
    step = models.BigIntegerField()
    timestamp = models.BigIntegerField(help_text="Milliseconds since 1970.")
    value = models.FloatField()
    is_nan = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "model",
                    "key",
                    "run",
                    "step",
                    "timestamp",
                    "value",
                    "is_nan",
                    "dataset_name",
                    "dataset_digest",
                ],
                name="loggedmodelmetric_unique",
            )
        ]

    def __str__(self) -> str:
        return f"{self.key_id}={self.value}"


class ModelInput(models.Model):
    """A logged model that a run started from."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="model_inputs")
    model = models.ForeignKey(LoggedModel, models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "model"], name="modelinput_unique")]

    def __str__(self) -> str:
        return f"{self.model_id} into {self.run_id}"


class ModelOutput(models.Model):
    """A logged model that a run produced, at a step (a checkpoint)."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="model_outputs")
    model = models.ForeignKey(LoggedModel, models.CASCADE, related_name="outputs")
    step = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "model"], name="modeloutput_unique")]

    def __str__(self) -> str:
        return f"{self.model_id} out of {self.run_id}"
