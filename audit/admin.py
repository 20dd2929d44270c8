"""Audit events, to look at: nobody changes them, an administrator neither."""

from django.contrib import admin

from audit.models import AuditEvent
from lib.admin import ReadOnlyAdmin


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ("created_at", "action", "author_name", "entity_type", "entity_path", "target", "token_name", "ip")
    list_filter = ("entity_type", "action", "created_at")
    search_fields = ("entity_path", "author_name", "target", "action", "token_name", "=ip", "=job")
    ordering = ("-id",)
    fields = (
        "created_at",
        "action",
        "author",
        "author_name",
        "token_number",
        "token_name",
        "job",
        "ip",
        "entity_type",
        "entity_number",
        "entity_path",
        "target_type",
        "target_number",
        "target",
        "details",
    )
