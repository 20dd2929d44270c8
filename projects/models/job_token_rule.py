"""Which other projects' CI jobs a project lets in: an entry names a project, or a group with all below it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from projects.models.namespace import Namespace
from projects.models.project import Project


class JobTokenRule(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, related_name="job_token_rules")
    allowed_project = models.ForeignKey(Project, models.CASCADE, null=True, blank=True, related_name="+")
    allowed_group = models.ForeignKey(Namespace, models.CASCADE, null=True, blank=True, related_name="+")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(allowed_project=None, allowed_group__isnull=False)
                | Q(allowed_project__isnull=False, allowed_group=None),
                name="jobtokenrule_allows_one_thing",
            ),
            models.UniqueConstraint(fields=["project", "allowed_project"], name="jobtokenrule_project_once"),
            models.UniqueConstraint(fields=["project", "allowed_group"], name="jobtokenrule_group_once"),
        ]

    def __str__(self) -> str:
        return str(self.allowed_project or self.allowed_group)
