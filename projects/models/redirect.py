"""Where something used to be: a former full path of a namespace or project, until another takes it."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from projects.models.namespace import Namespace
from projects.models.project import Project


class Redirect(models.Model):
    """It names what lived there, not a path, so whatever moves again is still found."""

    path = models.CharField(max_length=1024)
    namespace = models.ForeignKey(Namespace, models.CASCADE, null=True, blank=True, related_name="redirects")
    project = models.ForeignKey(Project, models.CASCADE, null=True, blank=True, related_name="redirects")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("path"), name="redirect_path_unique"),
            models.CheckConstraint(
                condition=Q(namespace=None, project__isnull=False) | Q(namespace__isnull=False, project=None),
                name="redirect_leads_to_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return self.path
