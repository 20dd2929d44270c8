"""Tokens. Users are administrated in `projects.admin`, as each needs a namespace."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import AccessToken, User
from accounts.scopes import SCOPES
from accounts.services import tokens
from lib.admin import CreatingAdmin, CreationForm


class NewTokenForm(CreationForm):
    scopes = forms.MultipleChoiceField(
        choices=[(scope, f"{scope}: {what}") for scope, what in SCOPES.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    secret: str

    class Meta:
        model = AccessToken
        fields = ("user", "name", "description", "scopes", "expires_at")

    def create(self) -> AccessToken:
        told = dict(self.cleaned_data)
        token, self.secret = tokens.issue(told.pop("user"), **told)
        return token


@admin.register(AccessToken)
class AccessTokenAdmin(CreatingAdmin):
    """A secret is shown once, when it is issued, and kept nowhere; its digest is nobody's business."""

    add_form = NewTokenForm
    add_fields = ("user", "name", "description", "scopes", "expires_at")
    list_display = ("name", "user", "kind", "hint", "in_force", "scopes", "expires_at", "last_used_at")
    list_select_related = ("user",)
    list_filter = ("kind", ("revoked_at", admin.EmptyFieldListFilter), "expires_at", "last_used_at")
    search_fields = ("name", "user__username", "=hint")
    ordering = ("-created_at",)
    autocomplete_fields = ("user",)
    fields = (
        "user",
        "kind",
        "name",
        "description",
        "hint",
        "scopes",
        "created_at",
        "expires_at",
        "revoked_at",
        "last_used_at",
        "last_used_ip",
        "expiry_told_at",
        "rotated_from",
    )
    readonly_fields = tuple(field for field in fields if field not in ("name", "description"))
    actions = ("revoke",)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(is_bot=False)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        token = super().save_form(request, form, change)
        if not change:
            self.message_user(request, f"Copy the secret now, it is not shown again: {form.secret}", messages.WARNING)
        return token

    @admin.display(boolean=True)
    def in_force(self, token: AccessToken) -> bool:
        return token.active and token.user.is_active

    @admin.action(description="Revoke the selected tokens")
    def revoke(self, request: HttpRequest, selected: QuerySet[AccessToken]) -> None:
        for token in selected:
            tokens.revoke(token)
        self.message_user(request, "Revoked.")
