"""Metrics: every point ever logged, and beside it the latest of each key, which is all that lists and search read."""

import math
from typing import Any

from django.db import models

from projects.models import Project
from tracking.models.experiment import Experiment
from tracking.models.run import Run


class MetricKey(models.Model):
    """A metric's name, once per project: points carry a small number instead of up to 250 characters."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="metric_keys")
    name = models.CharField(max_length=250)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "name"], name="metrickey_unique")]

    def __str__(self) -> str:
        return self.name


class PointField(models.FloatField):  # type: ignore[type-arg]
    """A float that may be NaN. SQLite would store NaN as NULL; there it is the text 'NaN', which its dynamic typing
    allows in a real column, so that a NaN point is as unique as any other."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = super().get_db_prep_value(value, connection, prepared)
        if value is not None and math.isnan(value) and connection.vendor == "sqlite":
            return "NaN"
        return value

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> float | None:
        return None if value is None else float(value)


class Metric(models.Model):
    """One point. The primary key is the whole point, so a client that sends it twice has logged it once.

    The table is made by hand in the first migration: hash partitions on PostgreSQL, WITHOUT ROWID on SQLite, and no
    foreign key checks, which would cost more than the insert.
    """

    pk = models.CompositePrimaryKey("run", "key", "step", "timestamp", "value")
    run = models.ForeignKey(Run, models.DO_NOTHING, related_name="metrics", db_constraint=False, db_index=False)
    key = models.ForeignKey(MetricKey, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    step = models.BigIntegerField()
    timestamp = models.BigIntegerField(help_text="Milliseconds since 1970.")
    value = PointField()

    def __str__(self) -> str:
        return f"{self.key_id}={self.value} at step {self.step}"


class LatestMetric(models.Model):
    """The newest point of a key, by MLflow's rule: highest step, then timestamp, then value.

    NaN is kept as 0 with `is_nan`, as it must compare and sort alike on both databases.
    """

    pk = models.CompositePrimaryKey("run", "key")
    run = models.ForeignKey(Run, models.CASCADE, related_name="latest_metrics", db_index=False)
    experiment = models.ForeignKey(Experiment, models.CASCADE, related_name="+", db_index=False)
    key = models.ForeignKey(MetricKey, models.PROTECT, related_name="+", db_index=False)
    value = models.FloatField()
    is_nan = models.BooleanField(default=False)
    step = models.BigIntegerField()
    timestamp = models.BigIntegerField(help_text="Milliseconds since 1970.")

    class Meta:
        # It covers a comparison: `is_nan` is in it for those that 0 satisfies, as that is what a NaN is kept as.
        indexes = [models.Index(fields=["experiment", "key", "value", "run", "is_nan"], name="latestmetric_covering")]

    def __str__(self) -> str:
        return f"{self.key_id}={self.value}"
