"""Groups, nested at will. https://docs.gitlab.com/api/groups/"""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import Q
from msgspec import UNSET, Meta, Struct, UnsetType

from api.fields import Int64
from api.rest import pages
from api.rest.endpoint import Nothing, RestEndpoint
from api.rest.entities import projects as project_entities
from api.rest.entities.groups import GroupEntity, GroupWithProjects, Location, PublicGroup
from api.rest.entities.groups import group as entity
from api.rest.entities.messages import ACCEPTED, Message
from api.rest.transfers import transfer_locations
from audit.services import events
from lib.errors import Forbidden
from projects import policy
from projects.models import Namespace, Project
from projects.models.namespace import NamespaceQuerySet
from projects.roles import GroupAbility, Role, Visibility
from projects.services import namespaces

VisibilityName = Literal["private", "internal", "public"]
Text = Annotated[str, Meta(max_length=2000)]
PREFETCHED = "links_up__ancestor__route"


class GroupFilters(pages.Paged):
    search: str = ""
    owned: bool = False
    min_access_level: Int64 = 0
    all_available: bool = True
    top_level_only: bool = False
    visibility: VisibilityName | None = None
    skip_groups: list[Int64] = []
    order_by: Literal["name", "path", "id"] = "name"
    sort: Literal["asc", "desc"] = "asc"


class _List(RestEndpoint, abstract=True):
    method = "GET"
    anonymous = True
    Params = GroupFilters

    def groups(self) -> NamespaceQuerySet:
        return Namespace.objects.groups().visible_to(self.visitor.user if self.visitor else None)

    def handle(self, p: GroupFilters) -> pages.Page[GroupEntity]:
        found = _matching(self.groups(), p, self)
        sign = "-" if p.sort == "desc" else ""
        found = found.select_related("route").prefetch_related(PREFETCHED).order_by(f"{sign}{p.order_by}", f"{sign}pk")
        return pages.answer(self.request, p, found, entity)


def _matching(found: NamespaceQuerySet, p: GroupFilters, endpoint: RestEndpoint) -> NamespaceQuerySet:
    least = max(p.min_access_level, Role.OWNER if p.owned else 0, 0 if p.all_available else Role.GUEST)
    if least:
        visitor = endpoint.visitor
        found = found.with_membership_of(visitor.user, least=least) if visitor else found.none()
    if p.top_level_only:
        found = found.filter(parent=None)
    if p.visibility:
        found = found.filter(visibility=Visibility[p.visibility.upper()])
    if p.skip_groups:
        found = found.exclude(pk__in=p.skip_groups)
    return found.filter(Q(name__icontains=p.search) | Q(path__icontains=p.search)) if p.search else found


class ListGroups(_List):
    scopes = ("api", "read_api")


class ListSubgroups(_List):
    """One level below."""

    group_ability = GroupAbility.READ_GROUP

    def groups(self) -> NamespaceQuerySet:
        return super().groups().filter(parent=self.group)


class ListDescendants(_List):
    """Of any level below."""

    group_ability = GroupAbility.READ_GROUP

    def groups(self) -> NamespaceQuerySet:
        return super().groups().below(self.group)


class GetGroup(RestEndpoint):
    method = "GET"
    group_ability = GroupAbility.READ_GROUP
    anonymous = True

    class Params(Struct):
        with_projects: bool = True

    def handle(self, p: Params) -> GroupEntity | GroupWithProjects | PublicGroup:
        if not p.with_projects:
            return entity(self.group)
        user = self.visitor.user if self.visitor else None
        here = Project.objects.visible_to(user).filter(namespace=self.group).order_by("pk")
        rows = project_entities.with_all_that_is_shown(here, user)[: pages.MOST_PER_PAGE]
        if user is None:
            public: PublicGroup = {
                **entity(self.group),
                "projects": [project_entities.simple_project(row) for row in rows],
            }
            return public
        whole: GroupWithProjects = {
            **entity(self.group),
            "projects": [project_entities.project(row) for row in rows],
        }
        return whole


class CreateGroup(RestEndpoint):
    """With `parent_id` a subgroup."""

    method = "POST"
    scopes = ("api",)
    refuses = (404,)

    class Params(Struct, kw_only=True):
        name: str
        path: str
        parent_id: Int64 | None = None
        description: Text = ""
        visibility: VisibilityName = "private"

    def handle(self, p: Params) -> GroupEntity:
        if self.identity.user.is_bot:
            raise Forbidden("403 Forbidden")
        parent = None
        if p.parent_id is not None:
            parent = policy.authorize_group(self.identity, GroupAbility.CREATE_SUBGROUPS, p.parent_id)
        made = namespaces.create_group(
            p.path,
            by=self.identity.user,
            name=p.name,
            parent=parent,
            description=p.description,
            visibility=Visibility[p.visibility.upper()],
        )
        return entity(made)


class UpdateGroup(RestEndpoint):
    """Another `path` moves all that lies below."""

    method = "PUT"
    group_ability = GroupAbility.ADMIN_GROUP

    class Params(Struct, kw_only=True):
        name: str | UnsetType = UNSET
        path: str | UnsetType = UNSET
        description: Text | UnsetType = UNSET
        visibility: VisibilityName | UnsetType = UNSET

    def handle(self, p: Params) -> GroupEntity:
        wanted: dict[str, Any] = {"name": p.name, "path": p.path, "description": p.description}
        if p.visibility is not UNSET:
            wanted["visibility"] = Visibility[p.visibility.upper()]
        changes = {field: value for field, value in wanted.items() if value is not UNSET}
        return entity(namespaces.update(self.group, **changes))


class DeleteGroup(RestEndpoint):
    """With all subgroups and projects."""

    method = "DELETE"
    group_ability = GroupAbility.ADMIN_GROUP
    status = 202

    def changed_at(self, **captured: str) -> datetime:
        return events.last_of(self.group, namespace=self.group) or self.group.created_at

    def handle(self, p: Nothing) -> Message:
        namespaces.delete(self.group)
        return ACCEPTED


class TransferGroup(RestEndpoint):
    """Into another group, in which the caller may create subgroups; without `group_id` it becomes a topmost one."""

    method = "POST"
    group_ability = GroupAbility.ADMIN_GROUP

    class Params(Struct):
        group_id: Int64 | None = None

    def handle(self, p: Params) -> GroupEntity:
        if p.group_id is None:
            if self.identity.user.is_bot:
                raise Forbidden("403 Forbidden")
            return entity(namespaces.transfer(self.group, None, by=self.identity.user))
        target = policy.authorize_group(self.identity, GroupAbility.CREATE_SUBGROUPS, p.group_id)
        return entity(namespaces.transfer(self.group, target, by=self.identity.user))


class ListTransferLocationsOfGroup(RestEndpoint):
    """The groups that the group could be moved into."""

    method = "GET"
    group_ability = GroupAbility.ADMIN_GROUP

    class Params(pages.Paged):
        search: str = ""

    def handle(self, p: Params) -> pages.Page[Location]:
        least = policy.LEAST_ROLE_IN_GROUP[GroupAbility.CREATE_SUBGROUPS]
        able = Namespace.objects.groups().in_reach_of(self.identity.user, least=least)
        elsewhere = able.exclude(links_up__ancestor=self.group).exclude(children=self.group)
        return transfer_locations(self.request, p, elsewhere)
