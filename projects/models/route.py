"""The full path of every namespace and project, in one table, so that no two can ever share one."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from projects.models.namespace import Namespace
from projects.models.project import Project


class Route(models.Model):
    path = models.CharField(max_length=1024)
    namespace = models.OneToOneField(Namespace, models.CASCADE, null=True, blank=True, related_name="route")
    project = models.OneToOneField(Project, models.CASCADE, null=True, blank=True, related_name="route")

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("path"), name="route_path_unique"),
            models.CheckConstraint(
                condition=Q(namespace=None, project__isnull=False) | Q(namespace__isnull=False, project=None),
                name="route_leads_to_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.path
