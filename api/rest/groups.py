"""Groups, nested at will. https://docs.gitlab.com/api/groups/"""

from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import HttpResponse
from msgspec import UNSET, Meta, Struct, UnsetType

from api.fields import Int64
from api.rest import pages
from api.rest.endpoint import Nothing, RestEndpoint, response
from api.rest.entities import projects as project_entities
from api.rest.entities.groups import group as entity
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
    Params = GroupFilters

    def groups(self) -> NamespaceQuerySet:
        return Namespace.objects.groups().visible_to(self.identity.user)

    def handle(self, p: GroupFilters) -> HttpResponse:
        found = _matching(self.groups(), p, self)
        sign = "-" if p.sort == "desc" else ""
        found = found.select_related("route").prefetch_related(PREFETCHED).order_by(f"{sign}{p.order_by}", f"{sign}pk")
        return pages.answer(self.request, p, found, entity)


def _matching(found: NamespaceQuerySet, p: GroupFilters, endpoint: RestEndpoint) -> NamespaceQuerySet:
    user = endpoint.identity.user
    least = max(p.min_access_level, Role.OWNER if p.owned else 0, 0 if p.all_available else Role.GUEST)
    if least:
        found = found.with_membership_of(user, least=least)
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

    class Params(Struct):
        with_projects: bool = True

    def handle(self, p: Params) -> dict[str, Any]:
        if not p.with_projects:
            return entity(self.group)
        user = self.identity.user
        here = Project.objects.visible_to(user).filter(namespace=self.group).order_by("pk")
        rows = project_entities.with_all_that_is_shown(here, user)[: pages.MOST_PER_PAGE]
        return entity(self.group) | {"projects": [project_entities.project(row) for row in rows]}


class CreateGroup(RestEndpoint):
    """With `parent_id` a subgroup."""

    method = "POST"
    scopes = ("api",)

    class Params(Struct, kw_only=True):
        name: str
        path: str
        parent_id: Int64 | None = None
        description: Text = ""
        visibility: VisibilityName = "private"

    def handle(self, p: Params) -> dict[str, Any]:
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

    def handle(self, p: Params) -> dict[str, Any]:
        wanted: dict[str, Any] = {"name": p.name, "path": p.path, "description": p.description}
        if p.visibility is not UNSET:
            wanted["visibility"] = Visibility[p.visibility.upper()]
        changes = {field: value for field, value in wanted.items() if value is not UNSET}
        return entity(namespaces.update(self.group, **changes))


class DeleteGroup(RestEndpoint):
    """With all subgroups and projects."""

    method = "DELETE"
    group_ability = GroupAbility.ADMIN_GROUP

    def handle(self, p: Nothing) -> HttpResponse:
        namespaces.delete(self.group)
        return response({"message": "202 Accepted"}, status=202)
