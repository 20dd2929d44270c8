from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from lib.admin import CreatingAdmin, CreationForm
from projects.admin.members import MembersInline
from projects.models import Project
from projects.services import projects


class NewProjectForm(CreationForm):
    class Meta:
        model = Project
        fields = ("namespace", "path", "name", "description", "visibility")

    def create(self) -> Project:
        return projects.create(self.cleaned_data["namespace"], by=self.by, **self._told())

    def _told(self) -> dict[str, Any]:
        return {field: self.cleaned_data[field] for field in ("path", "name", "description", "visibility")}


@admin.register(Project)
class ProjectAdmin(CreatingAdmin):
    add_form = NewProjectForm
    add_fields = ("namespace", "path", "name", "description", "visibility")
    list_display = ("full_path", "id", "name", "visibility", "archived", "created_at", "last_activity_at", "deleted_at")
    list_select_related = ("route",)
    list_filter = ("visibility", "archived", ("deleted_at", admin.EmptyFieldListFilter), "created_at")
    search_fields = ("=id", "route__path", "name", "path")
    ordering = ("-created_at",)
    autocomplete_fields = ("namespace",)
    fields = (
        "full_path",
        "namespace",
        "name",
        "description",
        "visibility",
        "archived",
        "creator",
        "created_at",
        "last_activity_at",
        "deleted_at",
    )
    # Paths are part of URLs, and have to be moved as a whole.
    readonly_fields = ("full_path", "namespace", "creator", "created_at", "last_activity_at", "deleted_at")
    inlines = (MembersInline,)
    actions = ("delete_projects",)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return () if obj is None else self.inlines

    @admin.display(ordering="route__path")
    def full_path(self, project: Project) -> str:
        return project.full_path

    @admin.action(description="Delete the selected projects: gone for everybody, their paths free again")
    def delete_projects(self, request: HttpRequest, selected: QuerySet[Project]) -> None:
        for project in selected.filter(deleted_at=None):
            projects.delete(project)
        self.message_user(request, "Deleted.")
