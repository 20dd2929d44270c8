"""Registered models, versions and aliases, to look at; and what a project has decided about them."""

from typing import Any

from django.contrib import admin

from lib.admin import CarefulAdmin, ReadOnlyAdmin, ReadOnlyInline, time_of
from registry.models import (
    Alias,
    AliasMove,
    ModelVersion,
    ModelVersionTag,
    ProtectedAlias,
    RegisteredModel,
    RegisteredModelTag,
    RegistryRules,
)


class RegisteredModelTagsInline(ReadOnlyInline):
    model = RegisteredModelTag
    show_change_link = False


class AliasesInline(ReadOnlyInline):
    model = Alias
    fields = ("name", "version")
    show_change_link = False


@admin.register(RegisteredModel)
class RegisteredModelAdmin(ReadOnlyAdmin):
    list_display = ("name", "project", "is_prompt", "last_number", "creator", "created", "updated")
    list_select_related = ("project__route", "creator")
    list_filter = ("is_prompt",)
    search_fields = ("name", "project__route__path")
    ordering = ("-updated_ms",)
    fields = (
        "project",
        "name",
        "description",
        "is_prompt",
        "experiment",
        "creator",
        "created",
        "updated",
        "last_number",
    )
    readonly_fields = ("created", "updated")
    inlines = (RegisteredModelTagsInline, AliasesInline)

    @admin.display(ordering="created_ms")
    def created(self, model: RegisteredModel) -> Any:
        return time_of(model.created_ms)

    @admin.display(ordering="updated_ms")
    def updated(self, model: RegisteredModel) -> Any:
        return time_of(model.updated_ms)


class ModelVersionTagsInline(ReadOnlyInline):
    model = ModelVersionTag
    show_change_link = False


@admin.register(ModelVersion)
class ModelVersionAdmin(ReadOnlyAdmin):
    list_display = ("semver", "number", "model", "project", "stage", "run", "created", "published")
    list_select_related = ("model__project__route", "run")
    list_filter = ("stage", "is_prerelease", ("published_ms", admin.EmptyFieldListFilter))
    search_fields = ("=semver", "model__name", "=run__uuid", "model__project__route__path")
    ordering = ("-id",)
    fields = (
        ("model", "number", "semver", "is_explicit"),
        ("stage", "created", "updated", "published"),
        ("run", "run_link", "logged_model"),
        ("source", "folder"),
        ("creator", "description"),
    )
    readonly_fields = ("created", "updated", "published")
    inlines = (ModelVersionTagsInline,)

    @admin.display(ordering="model__project")
    def project(self, version: ModelVersion) -> Any:
        return version.model.project

    @admin.display(ordering="created_ms")
    def created(self, version: ModelVersion) -> Any:
        return time_of(version.created_ms)

    @admin.display(ordering="updated_ms")
    def updated(self, version: ModelVersion) -> Any:
        return time_of(version.updated_ms)

    @admin.display(ordering="published_ms")
    def published(self, version: ModelVersion) -> Any:
        return time_of(version.published_ms)


@admin.register(AliasMove)
class AliasMoveAdmin(ReadOnlyAdmin):
    list_display = ("name", "model", "semver", "number", "by", "at")
    list_select_related = ("model", "by")
    search_fields = ("name", "model__name", "model__project__route__path")
    ordering = ("-id",)

    @admin.display(ordering="at_ms")
    def at(self, move: AliasMove) -> Any:
        return time_of(move.at_ms)


@admin.register(ProtectedAlias)
class ProtectedAliasAdmin(CarefulAdmin):
    list_display = ("name", "project")
    list_select_related = ("project__route",)
    search_fields = ("name", "project__route__path")
    ordering = ("name", "id")
    raw_id_fields = ("project",)


@admin.register(RegistryRules)
class RegistryRulesAdmin(CarefulAdmin):
    list_display = ("project", "publish_at_once")
    list_select_related = ("project__route",)
    search_fields = ("project__route__path",)
    ordering = ("id",)
    raw_id_fields = ("project",)
