"""A param: a write-once key and value of a run."""

from django.db import models

from tracking.models.experiment import Experiment
from tracking.models.run import Run
from tracking.models.text import KeyedText


class Param(KeyedText):
    pk = models.CompositePrimaryKey("run", "key")
    run = models.ForeignKey(Run, models.CASCADE, related_name="params", db_index=False)
    experiment = models.ForeignKey(Experiment, models.CASCADE, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["experiment", "key", "head", "run"], name="param_search")]
