"""What a project has decided about its registry. One without a row has decided nothing."""

from django.db import models

from projects.models import Project


class RegistryRules(models.Model):
    project = models.OneToOneField(Project, models.CASCADE, related_name="registry_rules")
    publish_at_once = models.BooleanField(
        default=False, help_text="A version that is created from a source is published with it."
    )

    class Meta:
        verbose_name_plural = "registry rules"

    def __str__(self) -> str:
        return f"rules of {self.project_id}"
