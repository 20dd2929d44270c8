"""Webhooks and what came of their deliveries, to look at. A secret is shown nowhere, and of an address its origin."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from lib.admin import ReadOnlyAdmin, time_of
from webhooks.models import Delivery, Webhook


@admin.register(Webhook)
class WebhookAdmin(ReadOnlyAdmin):
    list_display = ("__str__", "project", "origin", "status", "failures", "failing_since", "created")
    list_select_related = ("project__route",)
    list_filter = ("status", "speaks_gitlab")
    search_fields = ("name", "project__route__path")
    ordering = ("-id",)
    fields = (
        "project",
        "uuid",
        "name",
        "description",
        "origin",
        "events",
        "status",
        "disabled_because",
        "speaks_gitlab",
        "failures",
        "failing_since",
        "paused_until",
        "created",
        "updated",
    )
    readonly_fields = ("uuid", "origin", "failures", "failing_since", "paused_until", "created", "updated")

    @admin.display(ordering="created_ms")
    def created(self, webhook: Webhook) -> Any:
        return time_of(webhook.created_ms)

    @admin.display(ordering="updated_ms")
    def updated(self, webhook: Webhook) -> Any:
        return time_of(webhook.updated_ms)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    list_display = ("uuid", "webhook", "event", "status", "attempts", "response_status", "error", "created_at")
    list_select_related = ("webhook",)
    list_filter = ("status", "event", "created_at")
    search_fields = ("=uuid", "webhook__name", "webhook__project__route__path")
    ordering = ("-id",)
    fields = (
        "uuid",
        "webhook",
        "event",
        "status",
        "attempts",
        "next_attempt_at",
        "response_status",
        "error",
        "created_at",
        "finished_at",
    )
    readonly_fields = ("uuid", "created_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Delivery]:
        """Without the bodies, which a list does not show."""
        return super().get_queryset(request).defer("body", "response_body")
