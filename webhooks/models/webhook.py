"""An address that is told what happens in a project. One row for MLflow's API, GitLab's API and the page alike."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.db import models

from lib import vault
from lib.clock import now_ms
from lib.errors import NotFound
from lib.querysets import FindQuerySet
from projects.models import Project


class WebhookStatus(models.TextChoices):
    """MLflow's words."""

    ACTIVE = "ACTIVE"
    DISABLED = "DISABLED"


class WebhookQuerySet(FindQuerySet["Webhook"]):
    def active(self) -> "WebhookQuerySet":
        return self.filter(status=WebhookStatus.ACTIVE)

    def with_uuid(self, uuid: str) -> "Webhook":
        """The one with this id on MLflow's wire, or NotFound in MLflow's words."""
        missing = f"Webhook with ID {uuid[:100]} not found."
        try:
            return self.find(missing, uuid=UUID(uuid))
        except ValueError:
            raise NotFound(missing) from None


class Webhook(models.Model):
    project = models.ForeignKey(Project, models.CASCADE, related_name="webhooks")
    uuid = models.UUIDField(unique=True, default=uuid4, editable=False)
    name = models.CharField(max_length=255, blank=True)
    description = models.TextField(blank=True)
    url = models.CharField(max_length=2048)
    events = models.JSONField(default=list, help_text="What it is told of: `entity.action`.")
    secret = vault.SealedField(blank=True, editable=False)
    status = models.CharField(max_length=8, choices=WebhookStatus, default=WebhookStatus.ACTIVE)
    speaks_gitlab = models.BooleanField(default=False, help_text="GitLab's headers are sent along with MLflow's.")
    disabled_because = models.CharField(max_length=255, blank=True)
    # Since the last delivery that was taken.
    failures = models.PositiveIntegerField(default=0, editable=False)
    failing_since = models.DateTimeField(null=True, blank=True, editable=False)
    paused_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_ms = models.BigIntegerField(default=now_ms, editable=False)
    updated_ms = models.BigIntegerField(default=now_ms, editable=False)

    objects = WebhookQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name or self.origin

    def __repr__(self) -> str:
        return f"<Webhook {self.pk}>"

    @property
    def origin(self) -> str:
        """Its address without path and query, which are secrets at many receivers."""
        try:
            split = urlsplit(self.url)
        except ValueError:
            return ""
        return f"{split.scheme}://{split.netloc.rpartition('@')[2]}"

    @property
    def is_active(self) -> bool:
        return self.status == WebhookStatus.ACTIVE

    def clear_failures(self) -> None:
        self.failures, self.failing_since, self.paused_until, self.disabled_because = 0, None, None, ""

    def masked(self, text: str) -> str:
        """Without its secret, which a receiver may send back."""
        secret = vault.opened(self.secret)
        return text.replace(secret, "[masked]") if secret else text

    def listens_to(self, event: str) -> bool:
        listened: list[Any] = self.events
        return event in listened
