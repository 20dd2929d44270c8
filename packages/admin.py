"""Packages and files, to look at. Bytes and rows belong together, so that only the services change either."""

from django.contrib import admin
from django.template.defaultfilters import filesizeformat

from lib.admin import ReadOnlyAdmin, ReadOnlyInline
from packages.models import Blob, Package, PackageFile


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
    list_display = ("sha256", "readable_size", "project", "created_at")
    list_select_related = ("project__route",)
    list_filter = ("created_at",)
    search_fields = ("=sha256", "=key", "project__route__path")
    ordering = ("-created_at",)
    fields = ("project", "sha256", "readable_size", "size", "storage_key", "created_at")
    readonly_fields = ("readable_size", "storage_key")

    @admin.display(description="size", ordering="size")
    def readable_size(self, blob: Blob) -> str:
        return filesizeformat(blob.size)
