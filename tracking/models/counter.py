"""Numbers counted per project: an experiment's and a run's `iid`."""

from django.db import models

from projects.models import Project


class Counted(models.TextChoices):
    EXPERIMENT = "experiment"
    RUN = "run"


class Counter(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, related_name="+")
    counted = models.CharField(max_length=16, choices=Counted)
    last = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "counted"], name="counter_unique")]

    def __str__(self) -> str:
        return f"{self.counted} {self.last}"
