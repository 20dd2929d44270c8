"""Create, change and delete namespaces and their routes."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import deeds
from accounts.models import User
from lib.errors import Conflict, InvalidInput
from projects import paths
from projects.models import Member, Namespace, NamespaceKind, NamespaceLink, Project, Route
from projects.roles import Role, Visibility
from projects.services import routes


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
    _checked(parent, name=name or path, path=path, description=description)
    if parent is not None and not parent.is_group:
        raise InvalidInput("parent must be a group", field="parent_id")
    fields = {"name": name or path, "description": description, "visibility": visibility}
    with transaction.atomic():
        group = Namespace.objects.create(kind=NamespaceKind.GROUP, path=path, parent=parent, **fields)
        _place(group)
        Member.objects.create(user=by, namespace=group, role=Role.OWNER)
        told = {"visibility": Visibility(visibility).label}
        deeds.tell("group_created", namespace=group, target=group, details=told, by=by)
    return group


def update(group: Namespace, **changes: Any) -> Namespace:
    """Changes name, path, description or visibility. What lies below moves along with the path."""
    changed = {field: value for field, value in changes.items() if getattr(group, field) != value}
    if not changed:
        return group
    _checked(group.parent, **{field: changed[field] for field in ("name", "path", "description") if field in changed})
    told = {field: {"from": getattr(group, field), "to": value} for field, value in changed.items()}
    before = group.full_path
    with transaction.atomic():
        for field, value in changed.items():
            setattr(group, field, value)
        group.save(update_fields=list(changed))
        if "path" in changed:
            routes.move_group(group, before)
        deeds.tell("group_updated", namespace=group, target=group, details=told)
    return group


def transfer(group: Namespace, parent: Namespace | None, *, by: User) -> Namespace:
    """The group moves with all that lies below it into another group, or to the top for None.

    Whoever had a role in it through the groups above has none any more, unless they are above the new place too; at the
    top it has an owner of its own, if need be `by`. InvalidInput when it is there already, or would lie below itself;
    AlreadyExists for a taken path; Conflict when either place is being moved or deleted meanwhile.
    """
    with transaction.atomic():
        group, parent = _held_for_transfer(group, parent)
        before = group.full_path
        _checked(parent, path=group.path)
        group.parent = parent
        group.save(update_fields=["parent"])
        _relink(group)
        routes.move_group(group, before)
        told = {"path": {"from": before, "to": group.full_path}}
        deeds.tell("group_transferred", namespace=group, target=group, details=told)
        if parent is None:
            _have_an_owner(group, by)
    return group


def _have_an_owner(group: Namespace, by: User) -> None:
    if group.members.current().filter(role=Role.OWNER, user__is_bot=False).exists():
        return
    Member.objects.update_or_create(user=by, namespace=group, defaults={"role": Role.OWNER, "expires_at": None})
    deeds.tell("member_created", namespace=group, target=by, details={"access_level": Role.OWNER})


def _held_for_transfer(group: Namespace, parent: Namespace | None) -> tuple[Namespace, Namespace | None]:
    """Both as they are now, locked with all above the one and below the other, so that two transfers make no circle
    and nothing is created below the group that would keep its old links."""
    affected = Q(links_up__ancestor=group)
    if parent is not None:
        affected |= Q(links_down__descendant=parent)
    held = Namespace.objects.filter(pk__in=Namespace.objects.filter(affected).values("pk")).order_by("pk")
    known = {one.pk: one for one in held.select_for_update(no_key=True)}
    above = set(NamespaceLink.objects.filter(descendant=parent).values_list("ancestor_id", flat=True))
    below = set(NamespaceLink.objects.filter(ancestor=group).values_list("descendant_id", flat=True))
    named = [known.get(one.pk) for one in (group, parent) if one is not None]
    if not known.keys() >= above | below or any(one is None or one.deleted_at for one in named):
        raise Conflict("the group is being moved or deleted; try again")
    if parent is not None and group.pk in above:
        raise InvalidInput("a group cannot be transferred into itself or one of its subgroups", field="group_id")
    if (parent.pk if parent else None) == known[group.pk].parent_id:
        place = "Group is already associated to the parent group" if parent else "Group is already a root group"
        raise InvalidInput(place, field="group_id")
    return known[group.pk], known[parent.pk] if parent else None


def _relink(group: Namespace) -> None:
    """What lies below, the group itself included, has other ancestors now."""
    below = list(NamespaceLink.objects.filter(ancestor=group).values_list("descendant_id", flat=True))
    above = list(group.parent.links_up.values_list("ancestor_id", flat=True)) if group.parent else []
    NamespaceLink.objects.filter(descendant__in=below).exclude(ancestor__in=below).delete()
    NamespaceLink.objects.bulk_create(
        NamespaceLink(ancestor_id=higher, descendant_id=lower) for higher in above for lower in below
    )


def delete(group: Namespace) -> None:
    """The group with all subgroups and projects is gone for everybody at once, and the paths are free again."""
    now = timezone.now()
    with transaction.atomic():
        groups = list(Namespace.objects.live().filter(links_up__ancestor=group).values_list("pk", flat=True))
        projects = Project.objects.live().filter(namespace__in=groups)
        paths_below = list(projects.order_by("pk").values_list("route__path", flat=True))
        told = {"subgroups": len(groups) - 1, "projects": paths_below}
        deeds.tell("group_deleted", namespace=group, target=group, details=told)
        Route.objects.filter(Q(namespace__in=groups) | Q(project__in=projects.values("pk"))).delete()
        projects.update(deleted_at=now)
        Namespace.objects.filter(pk__in=groups).update(deleted_at=now)


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


def _checked(parent: Namespace | None, **named: str) -> None:
    if "path" in named:
        reserved = paths.RESERVED_AT_TOP if parent is None else paths.RESERVED_FOR_PROJECTS
        paths.segment(named["path"], reserved=reserved)
    paths.check_description(named.get("description", ""))
    if not 0 < len(named.get("name", "x")) <= 255:
        raise InvalidInput("name must have 1 to 255 characters", field="name")


def _place(namespace: Namespace) -> None:
    """Gives a new namespace its route and its links to all above it."""
    parent = namespace.parent
    if parent is not None:  # as it is now: whoever moves it has locked it
        parent = Namespace.objects.select_for_update(no_key=True).get(pk=parent.pk)
    above = list(parent.links_up.values_list("ancestor_id", flat=True)) if parent else []
    NamespaceLink.objects.bulk_create(
        NamespaceLink(ancestor_id=ancestor, descendant=namespace) for ancestor in [*above, namespace.pk]
    )
    full_path = f"{parent.full_path}/{namespace.path}" if parent else namespace.path
    routes.take(full_path, namespace=namespace)
