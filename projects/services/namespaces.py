"""Create namespaces and their routes."""

from django.db import IntegrityError, transaction

from accounts.models import User
from lib.errors import AlreadyExists, InvalidInput
from projects import paths
from projects.models import Member, Namespace, NamespaceKind, NamespaceLink, Route
from projects.roles import Role, Visibility


def create_group(
    path: str,
    *,
    by: User,
    name: str = "",
    parent: Namespace | None = None,
    description: str = "",
    visibility: int = Visibility.PRIVATE,
) -> Namespace:
    """A new group, owned by `by`. InvalidInput for an impossible path, AlreadyExists for a taken one."""
    reserved = paths.RESERVED_AT_TOP if parent is None else paths.RESERVED_FOR_PROJECTS
    paths.segment(path, reserved=reserved)
    if parent is not None and not parent.is_group:
        raise InvalidInput("parent must be a group", field="parent_id")
    fields = {"name": name or path, "description": description, "visibility": visibility}
    with transaction.atomic():
        group = Namespace.objects.create(kind=NamespaceKind.GROUP, path=path, parent=parent, **fields)
        _place(group)
        Member.objects.create(user=by, namespace=group, role=Role.OWNER)
    return group


def ensure(full_path: str, *, by: User) -> Namespace:
    """The namespace at this path; groups that are missing on the way are created, owned by `by`."""
    first, *rest = full_path.split("/")
    found = _at(first) or create_group(first, by=by)
    for path in rest:
        found = _at(f"{found.full_path}/{path}") or create_group(path, by=by, parent=found)
    return found


def _at(full_path: str) -> Namespace | None:
    return Namespace.objects.filter(route__path__iexact=full_path).first()


def create_personal(user: User) -> Namespace:
    """The namespace in which a user's own projects live; its path is the username."""
    paths.segment(user.username, reserved=paths.RESERVED_AT_TOP)
    with transaction.atomic():
        own = Namespace.objects.create(kind=NamespaceKind.USER, path=user.username, name=user.name, owner=user)
        _place(own)
        Member.objects.create(user=user, namespace=own, role=Role.OWNER)
    return own


def _place(namespace: Namespace) -> None:
    """Gives a new namespace its route and its links to all above it."""
    parent = namespace.parent
    above = list(parent.links_up.values_list("ancestor_id", flat=True)) if parent else []
    NamespaceLink.objects.bulk_create(
        NamespaceLink(ancestor_id=ancestor, descendant=namespace) for ancestor in [*above, namespace.pk]
    )
    full_path = f"{parent.full_path}/{namespace.path}" if parent else namespace.path
    take_route(full_path, namespace=namespace)


def take_route(full_path: str, **leads_to: object) -> None:
    """AlreadyExists when a namespace or project already lives there."""
    if len(full_path) > 1024:
        raise InvalidInput("the full path may have at most 1024 characters", field="path")
    try:
        with transaction.atomic():
            Route.objects.create(path=full_path, **leads_to)
    except IntegrityError:
        raise AlreadyExists("has already been taken", field="path") from None
