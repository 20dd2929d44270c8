from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from lib.admin import CreatingAdmin, CreationForm, ReadOnlyAdmin, ReadOnlyInline
from projects.admin.members import MembersInline
from projects.models import Namespace, NamespaceKind, Project, Redirect, Route
from projects.services import namespaces


class NewGroupForm(CreationForm):
    class Meta:
        model = Namespace
        fields = ("path", "name", "parent", "description", "visibility")

    def create(self) -> Namespace:
        return namespaces.create_group(by=self.by, **self.cleaned_data)


class ProjectsInline(ReadOnlyInline):
    model = Project
    fields = ("path", "name", "visibility", "created_at", "deleted_at")
    readonly_fields = ("created_at", "deleted_at")


@admin.register(Namespace)
class NamespaceAdmin(CreatingAdmin):
    """A new one is a group; people's own come with them. Paths are part of URLs, and have to be moved as a whole."""

    add_form = NewGroupForm
    add_fields = ("path", "name", "parent", "description", "visibility")
    list_display = ("full_path", "name", "kind", "visibility", "created_at")
    list_select_related = ("route",)
    list_filter = ("kind", "visibility")
    search_fields = ("route__path", "name")
    ordering = ("route__path",)
    autocomplete_fields = ("parent",)
    fields = ("full_path", "kind", "owner", "name", "description", "visibility", "created_at")
    readonly_fields = ("full_path", "kind", "owner", "created_at")
    inlines = (MembersInline, ProjectsInline)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return () if obj is None else self.inlines

    def save_model(self, request: HttpRequest, obj: Namespace, form: Any, change: bool) -> None:
        """Changes go through the service, which tells of them; a new group has come from one."""
        if change:
            stored = Namespace.objects.get(pk=obj.pk)
            namespaces.update(stored, **{name: getattr(obj, name) for name in form.changed_data})

    @admin.display(ordering="route__path")
    def full_path(self, namespace: Namespace) -> str:
        return namespace.full_path

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "parent":
            kwargs["queryset"] = Namespace.objects.filter(kind=NamespaceKind.GROUP).select_related("route")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Route)
class RouteAdmin(ReadOnlyAdmin):
    list_display = ("path", "namespace", "project")
    list_select_related = ("namespace__route", "project__route")
    search_fields = ("path",)
    ordering = ("path",)


@admin.register(Redirect)
class RedirectAdmin(ReadOnlyAdmin):
    """Former paths, and what is found there still."""

    list_display = ("path", "namespace", "project", "created_at")
    list_select_related = ("namespace__route", "project__route")
    search_fields = ("path",)
    ordering = ("path",)
