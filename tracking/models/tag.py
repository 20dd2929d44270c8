"""A tag of a run: a key whose value may be overwritten."""

from django.db import models

from tracking.models.experiment import Experiment
from tracking.models.run import Run
from tracking.models.text import KeyedText


class Tag(KeyedText):
    pk = models.CompositePrimaryKey("run", "key")
    run = models.ForeignKey(Run, models.CASCADE, related_name="tags", db_index=False)
    experiment = models.ForeignKey(Experiment, models.CASCADE, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["experiment", "key", "head", "run"], name="tag_search")]
