"""Create, change, move, archive, delete and restore projects."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts import deeds
from accounts.models import User
from lib.errors import AlreadyExists, Conflict, InvalidInput
from projects import paths
from projects.models import Namespace, Project, Route
from projects.roles import Feature, Visibility
from projects.services import routes

CHANGEABLE = ("name", "path", "description", "visibility", *Feature, "job_token_scope_enabled")


def create(
    namespace: Namespace,
    *,
    by: User,
    name: str = "",
    path: str = "",
    description: str = "",
    visibility: int = Visibility.PRIVATE,
    **switches: int,
) -> Project:
    """A new project with everything the floors above put into each (`settings.ON_PROJECT_CREATED`).

    One of name and path is enough; the other follows from it. `switches` are the fields of `Feature`. InvalidInput for
    an impossible path, AlreadyExists for a taken path or name.
    """
    path = path or paths.from_name(name)
    if not path:
        raise InvalidInput("name or path is missing", field="path")
    _checked(name=name or path, path=path, description=description)
    fields = {"description": description, "visibility": visibility, "creator": by, **switches}
    with transaction.atomic():
        project = _insert(namespace, path=path, name=name or path, **fields)
        routes.take(f"{namespace.full_path}/{path}", project=project)
        for furnish in settings.ON_PROJECT_CREATED:
            import_string(furnish)(project)
        told = {"visibility": Visibility(visibility).label}
        deeds.tell("project_created", project=project, target=project, details=told, by=by)
    return project


def update(project: Project, **changes: Any) -> Project:
    """Changes some of `CHANGEABLE`. InvalidInput for an impossible name or path, AlreadyExists for a taken one."""
    changed = {field: value for field, value in changes.items() if getattr(project, field) != value}
    if not changed:
        return project
    _checked(**{field: changed[field] for field in ("name", "path", "description") if field in changed})
    told = {field: {"from": getattr(project, field), "to": value} for field, value in changed.items()}
    with transaction.atomic():
        _save(project, **changed)
        if "path" in changed:
            routes.move_project(project)
        deeds.tell("project_updated", project=project, target=project, details=told)
    return project


def transfer(project: Project, namespace: Namespace) -> Project:
    """The project moves to another namespace, and is found there alone. AlreadyExists for a taken name or path."""
    if namespace.pk == project.namespace_id:
        raise InvalidInput("Project is already in this namespace", field="namespace")
    before = project.full_path
    with transaction.atomic():
        _save(project, namespace=namespace)
        routes.move_project(project)
        told = {"path": {"from": before, "to": project.full_path}}
        deeds.tell("project_transferred", project=project, target=project, details=told)
    return project


def archive(project: Project) -> None:
    """Nothing can be written to it any more."""
    _set_archived(project, True, "project_archived")


def unarchive(project: Project) -> None:
    _set_archived(project, False, "project_unarchived")


def delete(project: Project) -> None:
    """The project is gone for everybody at once, and its path is free again; for some days it can be restored."""
    with transaction.atomic():
        if not Project.objects.live().filter(pk=project.pk).update(deleted_at=timezone.now()):
            return
        deeds.tell("project_deleted", project=project, target=project)
        Route.objects.filter(project=project).delete()


def restore(project: Project) -> Project:
    """As it was. Conflict when it is too late; AlreadyExists when its path or name belongs to another by now."""
    if project.deleted_at is None:
        raise Conflict("the project is not deleted")
    if timezone.now() > restorable_until(project):
        raise Conflict(f"a deleted project can be restored for {settings.RETENTION_DAYS} days")
    with transaction.atomic():
        _save(project, deleted_at=None)
        routes.take(f"{project.namespace.full_path}/{project.path}", project=project)
        project.refresh_from_db()
        deeds.tell("project_restored", project=project, target=project)
    return project


def restorable_until(project: Project) -> datetime:
    return (project.deleted_at or timezone.now()) + timedelta(days=settings.RETENTION_DAYS)


def _set_archived(project: Project, archived: bool, action: str) -> None:
    with transaction.atomic():
        if Project.objects.filter(pk=project.pk, archived=not archived).update(archived=archived):
            deeds.tell(action, project=project, target=project)
    project.archived = archived


def _checked(**named: str) -> None:
    if "path" in named:
        paths.segment(named["path"], reserved=paths.RESERVED_FOR_PROJECTS)
    paths.check_description(named.get("description", ""))
    if len(named.get("name", "")) > 255:
        raise InvalidInput("name is too long (maximum is 255 characters)", field="name")
    if "name" in named and not named["name"]:
        raise InvalidInput("name can't be blank", field="name")


def _insert(namespace: Namespace, **fields: object) -> Project:
    try:
        with transaction.atomic():
            return Project.objects.create(namespace=namespace, **fields)
    except IntegrityError:
        raise AlreadyExists("has already been taken", field="name") from None


def _save(project: Project, **changes: Any) -> None:
    for field, value in changes.items():
        setattr(project, field, value)
    try:
        with transaction.atomic():
            project.save(update_fields=list(changes))
    except IntegrityError:
        raise AlreadyExists("has already been taken", field="name") from None
