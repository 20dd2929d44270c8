from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from lib.admin import CarefulAdmin, ReadOnlyAdmin, ReadOnlyInline
from projects.models import Invitation, Member
from projects.services import invitations, members


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

    def save_model(self, request: HttpRequest, obj: Member, form: Any, change: bool) -> None:
        place = obj.project or obj.namespace
        if place is not None:
            obj.pk = members.set_role(obj.user, place, obj.role, expires_at=obj.expires_at).pk

    def delete_model(self, request: HttpRequest, obj: Member) -> None:
        place = obj.project or obj.namespace
        if place is not None:
            members.remove(obj.user, place)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Member]) -> None:
        for member in queryset.select_related("user", "project", "namespace"):
            self.delete_model(request, member)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_admin", False))


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    """The link is nowhere to be seen: only its digest is kept."""

    list_display = ("email", "role", "namespace", "project", "created_by", "created_at", "mailed_at", "valid_until")
    list_select_related = ("created_by", "namespace__route", "project__route")
    list_filter = ("role", "created_at", "valid_until")
    search_fields = ("email", "namespace__route__path", "project__route__path")
    ordering = ("-created_at",)
    fields = list_display
    actions = ("revoke",)

    @admin.action(description="Revoke the selected invitations")
    def revoke(self, request: HttpRequest, selected: QuerySet[Invitation]) -> None:
        for invitation in selected.select_related("project", "namespace"):
            invitations.revoke(invitation)
        self.message_user(request, "Revoked.", messages.SUCCESS)
