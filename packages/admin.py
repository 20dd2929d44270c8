"""Packages and files, to look at, and how much may be kept, to change.

Bytes and rows belong together, so that only the services change either; limits are the administrator's.
"""

from typing import Any

from django.contrib import admin
from django.db.models import BigIntegerField
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat

from lib import sizes
from lib.admin import CarefulAdmin, ReadOnlyAdmin, ReadOnlyInline
from packages.models import Blob, NamespaceStorage, Package, PackageFile, ProjectStorage
from packages.services import storage
from projects.models import Namespace


class FilesInline(ReadOnlyInline):
    model = PackageFile
    fields = ("path", "blob", "creator", "created_at")
    readonly_fields = ("created_at",)
    max_num = 0


@admin.register(Package)
class PackageAdmin(ReadOnlyAdmin):
    list_display = ("name", "version", "kind", "project", "creator", "created_at")
    list_select_related = ("project__route", "creator")
    list_filter = ("kind", "created_at")
    search_fields = ("name", "version", "project__route__path")
    ordering = ("-created_at",)
    inlines = (FilesInline,)


@admin.register(PackageFile)
class PackageFileAdmin(ReadOnlyAdmin):
    list_display = ("path", "package", "size", "sha256", "creator", "created_at")
    list_select_related = ("package", "blob", "creator")
    list_filter = ("package__kind", "created_at")
    search_fields = ("path", "package__name", "package__project__route__path", "=blob__sha256")
    ordering = ("-created_at",)

    @admin.display(ordering="blob__size")
    def size(self, file: PackageFile) -> str:
        return filesizeformat(file.blob.size)

    def sha256(self, file: PackageFile) -> str:
        return file.blob.sha256[:12]


@admin.register(Blob)
class BlobAdmin(ReadOnlyAdmin):
    list_display = ("sha256", "readable_size", "verdict", "project", "created_at")
    list_select_related = ("project__route",)
    list_filter = ("verdict", "created_at")
    search_fields = ("=sha256", "=key", "project__route__path")
    ordering = ("-created_at",)
    fields = (
        *("project", "sha256", "sha1", "md5", "readable_size", "size", "storage_key", "created_at"),
        *("verdict", "findings", "inspected_at"),
    )
    readonly_fields = ("readable_size", "storage_key")

    @admin.display(description="size", ordering="size")
    def readable_size(self, blob: Blob) -> str:
        return filesizeformat(blob.size)


class LimitAdmin(CarefulAdmin):
    """Limits can be changed, and nothing else. They are in bytes, as the settings are."""

    formfield_overrides = {BigIntegerField: {"min_value": 0}}
    list_per_page = 25

    @admin.display(description="used")
    def readable_used(self, row: ProjectStorage | NamespaceStorage) -> str:
        return sizes.exact(_usage(row).used)

    @admin.display(description="limit in force")
    def limit_in_force(self, row: ProjectStorage | NamespaceStorage) -> str:
        limit = _usage(row).limit
        return sizes.exact(limit) if limit else "none"


def _usage(row: ProjectStorage | NamespaceStorage) -> storage.Usage:
    if isinstance(row, ProjectStorage):
        return storage.of_row(row)
    return storage.of_namespace(row.namespace)


@admin.register(ProjectStorage)
class ProjectStorageAdmin(LimitAdmin):
    list_display = ("project", "readable_used", "limit_in_force", "file_size_limit")
    list_select_related = ("project__route",)
    search_fields = ("project__route__path", "=project__id")
    ordering = ("-used",)
    fields = ("project", "readable_used", "limit_in_force", "limit", "file_size_limit")
    readonly_fields = ("project", "readable_used", "limit_in_force")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(NamespaceStorage)
class NamespaceStorageAdmin(LimitAdmin):
    """Added for the namespaces whose limit is not the installation's."""

    list_display = ("namespace", "limit_in_force")
    list_select_related = ("namespace__route",)
    search_fields = ("namespace__route__path",)
    ordering = ("namespace__route__path",)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = ("readable_used", "limit_in_force") if obj is not None else ()
        return ("namespace", *shown, "limit")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("namespace", "readable_used", "limit_in_force") if obj is not None else ()

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "namespace":
            kwargs["queryset"] = Namespace.objects.filter(parent=None).select_related("route").order_by("route__path")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
