"""An experiment: a named collection of runs. `iid` is its number in the project, and its id on MLflow's wire."""

from django.conf import settings
from django.db import models

from lib.clock import now_ms
from lib.errors import InvalidInput
from lib.querysets import FindQuerySet
from projects.models import Project

DEFAULT_IID = 0
DEFAULT_NAME = "Default"


class ExperimentQuerySet(FindQuerySet["Experiment"]):
    def active(self) -> "ExperimentQuerySet":
        return self.filter(deleted_at=None)

    def with_id(self, experiment_id: str) -> "Experiment":
        """The experiment that MLflow calls `experiment_id`. InvalidInput unless it is a number, NotFound when there
        is none with it."""
        missing = f"No Experiment with id={experiment_id} exists"
        return self.find(missing, iid=parse_iid(experiment_id))


def parse_iid(experiment_id: str) -> int:
    """MLflow's experiment ids are numbers in a string."""
    try:
        number = int(experiment_id)
    except ValueError:
        message = f"Invalid experiment ID '{experiment_id[:100]}'. Experiment ID must be a valid integer."
        raise InvalidInput(message, field="experiment_id") from None
    # Beyond what a database can hold nothing exists; -1 is as absent, and safe to ask for.
    return number if 0 <= number < 2**63 else -1


class Experiment(models.Model):
    project = models.ForeignKey(Project, models.PROTECT, related_name="experiments")
    iid = models.BigIntegerField()
    name = models.CharField(max_length=500)
    location = models.CharField(
        max_length=1000, blank=True, help_text="Where its files lie, as s3://…; empty: the project keeps them."
    )
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_ms = models.BigIntegerField(default=now_ms, help_text="Milliseconds since 1970.")
    updated_ms = models.BigIntegerField(default=now_ms)
    deleted_at = models.BigIntegerField(null=True, blank=True, help_text="Milliseconds since 1970; empty if active.")

    objects = ExperimentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "iid"], name="experiment_iid_unique"),
            # MLflow's rule: a deleted experiment keeps its name until it is gone for good.
            models.UniqueConstraint(fields=["project", "name"], name="experiment_name_unique"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def lifecycle_stage(self) -> str:
        return "active" if self.deleted_at is None else "deleted"

    @property
    def artifact_location(self) -> str:
        return self.location or f"mlflow-artifacts:/{self.iid}"


class ExperimentTag(models.Model):
    experiment = models.ForeignKey(Experiment, models.CASCADE, related_name="tags")
    key = models.CharField(max_length=250)
    value = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["experiment", "key"], name="experimenttag_unique")]

    def __str__(self) -> str:
        return f"{self.key}={self.value}"
