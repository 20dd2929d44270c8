"""One event on its way to one webhook: a row of the outbox, and later the memory of what came of it."""

from datetime import datetime
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils import timezone

from lib.querysets import FindQuerySet
from webhooks.models.webhook import Webhook, WebhookStatus


class DeliveryStatus(models.TextChoices):
    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead", "given up"


class DeliveryQuerySet(FindQuerySet["Delivery"]):
    def pending(self) -> "DeliveryQuerySet":
        return self.filter(status=DeliveryStatus.PENDING)

    def due(self, now: datetime) -> "DeliveryQuerySet":
        """To be sent now. What a disabled webhook has not been told waits until it is active again."""
        ready = Q(webhook__paused_until=None) | Q(webhook__paused_until__lte=now)
        live = Q(webhook__status=WebhookStatus.ACTIVE, webhook__project__deleted_at=None)
        return self.pending().filter(live & ready, next_attempt_at__lte=now)

    def forgotten(self, before: datetime) -> "DeliveryQuerySet":
        """Older than that, and not still to be sent."""
        waiting = Q(status=DeliveryStatus.PENDING, webhook__status=WebhookStatus.ACTIVE)
        return self.filter(~waiting, created_at__lt=before)


class Delivery(models.Model):
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    uuid = models.UUIDField(unique=True, default=uuid4, editable=False, help_text="The same for every attempt.")
    event = models.CharField(max_length=64)
    body = models.TextField(help_text="The JSON that is sent.")
    status = models.CharField(max_length=9, choices=DeliveryStatus, default=DeliveryStatus.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(default=timezone.now)
    response_status = models.PositiveSmallIntegerField(null=True, blank=True)
    response_body = models.CharField(max_length=1000, blank=True, help_text="How it begins.")
    error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(fields=["next_attempt_at"], condition=Q(status="pending"), name="delivery_pending"),
            models.Index(fields=["webhook", "-id"], name="delivery_of_webhook"),
            models.Index(fields=["created_at"], name="delivery_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.uuid}"
