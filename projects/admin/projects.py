from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from lib.admin import CreatingAdmin, CreationForm
from lib.errors import Refusal
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
        "experiments_access",
        "registry_access",
        "packages_access",
        "job_token_scope_enabled",
        "archived",
        "creator",
        "created_at",
        "last_activity_at",
        "deleted_at",
    )
    # Paths are part of URLs, and have to be moved as a whole.
    readonly_fields = ("full_path", "namespace", "creator", "created_at", "last_activity_at", "deleted_at")
    inlines = (MembersInline,)
    actions = ("delete_projects", "restore_projects")

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return () if obj is None else self.inlines

    def save_model(self, request: HttpRequest, obj: Project, form: Any, change: bool) -> None:
        """Changes go through the services, which tell of them; a new project has come from one."""
        if change:
            archived = obj.archived
            stored = Project.objects.get(pk=obj.pk)
            projects.update(stored, **{name: getattr(obj, name) for name in form.changed_data if name != "archived"})
            (projects.archive if archived else projects.unarchive)(stored)

    @admin.display(ordering="route__path")
    def full_path(self, project: Project) -> str:
        return project.full_path

    @admin.action(description="Delete the selected projects: gone for everybody, their paths free again")
    def delete_projects(self, request: HttpRequest, selected: QuerySet[Project]) -> None:
        for project in selected.filter(deleted_at=None):
            projects.delete(project)
        self.message_user(request, "Deleted.")

    @admin.action(description="Restore the selected projects, as long as they can be")
    def restore_projects(self, request: HttpRequest, selected: QuerySet[Project]) -> None:
        for project in selected.exclude(deleted_at=None):
            try:
                projects.restore(project)
            except Refusal as refusal:
                self.message_user(request, f"{project.name}: {refusal.message}", messages.ERROR)
            else:
                self.message_user(request, f"{project.full_path} is restored.")
