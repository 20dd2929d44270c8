"""One thing that was done. A row is never changed and never removed; triggers hold that against raw SQL as well.

It outlives everything it names, so its foreign keys are numbers without a constraint, beside the names of the day.
"""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone

from projects.models import Namespace, Project

KEPT = "audit events are never changed or removed"


class AuditEventQuerySet(models.QuerySet["AuditEvent"]):
    def update(self, **changes: Any) -> NoReturn:
        raise TypeError(KEPT)

    def delete(self) -> NoReturn:
        raise TypeError(KEPT)


class AuditEvent(models.Model):
    project = models.ForeignKey(
        Project, models.DO_NOTHING, null=True, blank=True, db_constraint=False, related_name="audit_events"
    )
    namespace = models.ForeignKey(
        Namespace, models.DO_NOTHING, null=True, blank=True, db_constraint=False, related_name="audit_events"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, null=True, blank=True, db_constraint=False, related_name="+"
    )
    author_name = models.CharField(max_length=255, blank=True, help_text="Empty when the service itself did it.")
    token_number = models.BigIntegerField(
        null=True, blank=True, help_text="The id of the access token it was done with."
    )
    token_name = models.CharField(max_length=255, blank=True)
    job = models.CharField(max_length=255, blank=True, help_text="The number of the CI job that did it.")
    ip = models.GenericIPAddressField(null=True, blank=True)
    action = models.CharField(max_length=64)
    entity_type = models.CharField(max_length=16, help_text="Whose event it is: Project, Group, User or Instance.")
    entity_number = models.BigIntegerField(null=True, blank=True)
    entity_path = models.CharField(max_length=1024, blank=True)
    target_type = models.CharField(max_length=64, blank=True)
    target_number = models.BigIntegerField(null=True, blank=True)
    target = models.CharField(max_length=1024, blank=True, help_text="What it was done to.")
    details = models.JSONField(default=dict, blank=True, help_text="What else is to be known, as before and after.")
    created_at = models.DateTimeField(default=timezone.now)

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["project", "-id"], name="auditevent_of_project"),
            models.Index(fields=["namespace", "-id"], name="auditevent_of_namespace"),
            models.Index(fields=["author", "-id"], name="auditevent_by_author"),
            models.Index(fields=["created_at"], name="auditevent_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.action}: {self.target}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(KEPT)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError(KEPT)
