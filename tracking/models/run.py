"""A run: one execution that logs.

`uuid` is what MLflow calls `run_id` (32 hex digits); `iid` is its number in the project.
"""

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import F

from ci.models import Job
from lib.querysets import FindQuerySet
from packages.models import Package
from projects.models import Project
from tracking.models.experiment import Experiment

# The `deleted_at` of what is being removed for good, and can no longer be restored.
CLAIMED = 0


class RunStatus(models.IntegerChoices):
    """MLflow's run states, by the numbers of its protocol."""

    RUNNING = 1
    SCHEDULED = 2
    FINISHED = 3
    FAILED = 4
    KILLED = 5


def new_uuid() -> str:
    return uuid4().hex


def missing(run_id: str) -> str:
    """MLflow's words for a run that is not there."""
    return f"Run with id={run_id[:100]} not found"


class RunQuerySet(FindQuerySet["Run"]):
    def active(self) -> "RunQuerySet":
        return self.filter(deleted_at=None)

    def deleted(self) -> "RunQuerySet":
        return self.exclude(deleted_at=None)

    def newest_first(self) -> "RunQuerySet":
        return self.order_by("-start_time", "uuid")

    def with_id(self, run_id: str) -> "Run":
        """The run with this id. NotFound in MLflow's words when there is none in this project."""
        return self.select_related("experiment").find(missing(run_id), uuid=run_id.replace("\x00", " "))


class Run(models.Model):
    uuid = models.CharField(max_length=32, default=new_uuid, editable=False)
    # Both are said, so that one index look-up proves that a run is of a project.
    project = models.ForeignKey(Project, models.PROTECT, related_name="runs", db_index=False)
    experiment = models.ForeignKey(Experiment, models.PROTECT, related_name="runs", db_index=False)
    iid = models.BigIntegerField()
    name = models.CharField(max_length=250)
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    user_name = models.CharField(max_length=256, blank=True, help_text="What the client says its user is.")
    status = models.PositiveSmallIntegerField(choices=RunStatus, default=RunStatus.RUNNING)
    start_time = models.BigIntegerField(default=0, help_text="Milliseconds since 1970; 0 when never said.")
    end_time = models.BigIntegerField(null=True, blank=True, help_text="Milliseconds since 1970.")
    deleted_at = models.BigIntegerField(null=True, blank=True, help_text="Milliseconds since 1970; empty if active.")
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="runs")
    package = models.OneToOneField(Package, models.SET_NULL, null=True, blank=True, related_name="run")

    objects = RunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["uuid"], name="run_uuid_unique"),
            models.UniqueConstraint(fields=["project", "iid"], name="run_iid_unique"),
        ]
        indexes = [
            # The order in which an experiment's runs are listed unless the caller says otherwise.
            models.Index("experiment", F("start_time").desc(), "uuid", name="run_newest_first"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def lifecycle_stage(self) -> str:
        return "active" if self.deleted_at is None else "deleted"

    @property
    def artifact_uri(self) -> str:
        return f"{self.experiment.artifact_location}/{self.uuid}/artifacts"
