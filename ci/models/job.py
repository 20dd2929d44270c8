"""A CI job that runs refer to. What a pipeline only claims is kept as `facts`; `known` says it was confirmed."""

from django.db import models
from django.utils import timezone

from lib.querysets import FindQuerySet
from projects.models import Project


class JobQuerySet(FindQuerySet["Job"]):
    pass


class Job(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, related_name="jobs")
    number = models.CharField(max_length=255, help_text="The job's id in the CI system (CI_JOB_ID).")
    known = models.BooleanField(
        default=False, help_text="The CI system itself has told of it; otherwise only a run's tag has."
    )
    name = models.CharField(max_length=255, blank=True)
    status = models.CharField(max_length=32, blank=True)
    web_url = models.URLField(max_length=1024, blank=True)
    facts = models.JSONField(default=dict, blank=True, help_text="The CI_* variables sent with the runs.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="job_number_unique")]

    def __str__(self) -> str:
        return f"#{self.number}"
