"""Full paths: taken, left and moved. What has left one is found there still, until somebody else takes it."""

from collections.abc import Iterable

from django.db import DataError, IntegrityError, transaction
from django.db.models import Q, Value
from django.db.models.functions import Concat, Lower, Substr

from lib.errors import AlreadyExists, InvalidInput
from projects.models import Namespace, Project, Redirect, Route

LONGEST = 1024


def take(full_path: str, **leads_to: object) -> Route:
    """AlreadyExists when a namespace or project lives there. Who only used to live there is no longer found there."""
    if len(full_path) > LONGEST:
        raise InvalidInput(f"the full path may have at most {LONGEST} characters", field="path")
    try:
        with transaction.atomic():
            route = Route.objects.create(path=full_path, **leads_to)
            _forget([full_path])
            return route
    except IntegrityError:
        raise _taken() from None


def move_project(project: Project) -> None:
    """To the path that its namespace and its own segment make. Call it in the transaction of the change."""
    before = Route.objects.filter(project=project).values_list("path", flat=True).first()
    Route.objects.filter(project=project).delete()
    project.route = take(f"{project.namespace.full_path}/{project.path}", project=project)
    if before is not None:
        _remember([Redirect(path=before, project=project)], now=[project.route.path])


def move_group(group: Namespace, before: str) -> None:
    """From the full path `before`, with all that lies below. AlreadyExists when somebody lives where it goes."""
    after = f"{group.parent.full_path}/{group.path}" if group.parent else group.path
    if Route.objects.filter(path__iexact=after).exclude(namespace=group).exists():
        raise _taken()
    below = Q(namespace__links_up__ancestor=group) | Q(project__namespace__links_up__ancestor=group)
    moved = Route.objects.filter(pk__in=Route.objects.filter(below).values("pk"))
    left = [Redirect(**route) for route in moved.values("path", "namespace_id", "project_id")]
    try:
        with transaction.atomic():
            moved.update(path=Concat(Value(after), Substr("path", len(before) + 1)))
    except (IntegrityError, DataError):
        raise _taken() from None
    _remember(left, now=[after + redirect.path[len(before) :] for redirect in left])
    group.route.refresh_from_db()


def _remember(left: Iterable[Redirect], *, now: list[str]) -> None:
    """Where nothing but upper and lower case has changed, what was left is where it is."""
    taken = {path.lower() for path in now}
    kept = [redirect for redirect in left if redirect.path.lower() not in taken]
    _forget([*now, *(redirect.path for redirect in kept)])
    Redirect.objects.bulk_create(kept)


def _forget(paths: list[str]) -> None:
    at = Redirect.objects.alias(address=Lower("path"))
    for first in range(0, len(paths), 500):
        at.filter(address__in=[path.lower() for path in paths[first : first + 500]]).delete()


def _taken() -> AlreadyExists:
    return AlreadyExists("has already been taken", field="path")
