from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from lib.admin import CarefulAdmin, ReadOnlyInline
from projects.models import Member


class MembersInline(ReadOnlyInline):
    """On the page of a group or project."""

    model = Member
    fields = ("user", "role", "expires_at", "created_at")
    readonly_fields = ("created_at",)


@admin.register(Member)
class MemberAdmin(CarefulAdmin):
    list_display = ("user", "role", "namespace", "project", "expires_at", "created_at")
    list_select_related = ("user", "namespace__route", "project__route")
    list_filter = ("role", "expires_at")
    search_fields = ("user__username", "namespace__route__path", "project__route__path")
    ordering = ("-created_at",)
    autocomplete_fields = ("user", "namespace", "project")
    fields = ("user", "namespace", "project", "role", "expires_at", "created_at")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Who and where make the membership; another is a new one."""
        return ("created_at",) if obj is None else ("user", "namespace", "project", "created_at")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_admin", False))
