"""Create and delete projects."""

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import User
from lib.errors import AlreadyExists, InvalidInput
from projects import paths
from projects.models import Namespace, Project, Route
from projects.roles import Visibility
from projects.services import namespaces


def create(
    namespace: Namespace,
    *,
    by: User,
    name: str = "",
    path: str = "",
    description: str = "",
    visibility: int = Visibility.PRIVATE,
) -> Project:
    """A new project with everything the floors above put into each (`settings.ON_PROJECT_CREATED`).

    One of name and path is enough; the other follows from it. InvalidInput for an impossible path, AlreadyExists
    for a taken path or name.
    """
    path = path or paths.from_name(name)
    if not path:
        raise InvalidInput("name or path is missing", field="path")
    if len(name) > 255:
        raise InvalidInput("name is too long (maximum is 255 characters)", field="name")
    paths.segment(path, reserved=paths.RESERVED_FOR_PROJECTS)
    fields = {"description": description, "visibility": visibility, "creator": by}
    with transaction.atomic():
        project = _insert(namespace, path=path, name=name or path, **fields)
        namespaces.take_route(f"{namespace.full_path}/{path}", project=project)
        for furnish in settings.ON_PROJECT_CREATED:
            import_string(furnish)(project)
    return project


def _insert(namespace: Namespace, **fields: object) -> Project:
    try:
        with transaction.atomic():
            return Project.objects.create(namespace=namespace, **fields)
    except IntegrityError:
        raise AlreadyExists("has already been taken", field="name") from None


def delete(project: Project) -> None:
    """The project is gone for everybody at once, and its path is free again; its data is removed by a task."""
    with transaction.atomic():
        Project.objects.filter(pk=project.pk, deleted_at=None).update(deleted_at=timezone.now())
        Route.objects.filter(project=project).delete()
