"""Datasets by name and digest, and their use in runs."""

from django.db import models

from tracking.models.experiment import Experiment
from tracking.models.run import Run


class Dataset(models.Model):
    experiment = models.ForeignKey(Experiment, models.CASCADE, related_name="datasets")
    name = models.CharField(max_length=500)
    digest = models.CharField(max_length=36)
    source_type = models.TextField()
    source = models.TextField()
    schema = models.TextField(blank=True)
    profile = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["experiment", "name", "digest"], name="dataset_unique")]

    def __str__(self) -> str:
        return f"{self.name} ({self.digest})"


class DatasetInput(models.Model):
    """A run's use of a dataset; `tags` say in which context (`mlflow.data.context`)."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="dataset_inputs")
    dataset = models.ForeignKey(Dataset, models.CASCADE, related_name="inputs")
    tags = models.JSONField(default=dict)
    context = models.CharField(max_length=500, blank=True, help_text="The tag `mlflow.data.context`, for search.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "dataset"], name="datasetinput_unique")]

    def __str__(self) -> str:
        return f"{self.dataset_id} in {self.run_id}"
