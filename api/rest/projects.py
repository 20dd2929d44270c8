"""Projects: list, find, create, change, move, archive, delete and restore. https://docs.gitlab.com/api/projects/"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from django.db.models import Q
from msgspec import UNSET, Meta, Struct, UnsetType

from accounts.models import User
from api import parsing
from api.rest import moments, pages
from api.rest.endpoint import Nothing, RestEndpoint
from api.rest.entities import projects as entities
from api.rest.entities import statistics
from api.rest.entities.groups import Location
from api.rest.entities.messages import ACCEPTED, Message
from api.rest.entities.projects import ProjectEntity, SimpleProject
from api.rest.transfers import transfer_locations
from api.rest.users import find_user, known_to
from audit.services import events
from lib.errors import InvalidInput
from packages.services import storage
from projects import policy
from projects.models import Namespace, Project
from projects.models.project import ProjectQuerySet
from projects.roles import Ability, Access, Feature, GroupAbility, Role, Visibility
from projects.services import projects

# What is shown to whoever has signed in, or to others.
Shown = ProjectEntity | SimpleProject
VisibilityName = Literal["private", "internal", "public"]
AccessName = Literal["disabled", "private", "enabled"]
Text = Annotated[str, Meta(max_length=2000)]
# A project has no time of its last change of its own; its last activity is the nearest.
ORDERS = {
    "id": "id",
    "name": "name",
    "path": "path",
    "created_at": "created_at",
    "updated_at": "last_activity_at",
    "last_activity_at": "last_activity_at",
}


class ProjectFilters(pages.Paged):
    owned: bool = False
    membership: bool = False
    min_access_level: int = 0
    archived: bool | None = None
    visibility: VisibilityName | None = None
    search: str = ""
    search_namespaces: bool = True
    simple: bool = False
    last_activity_after: str | None = None
    last_activity_before: str | None = None
    order_by: Literal["id", "name", "path", "created_at", "updated_at", "last_activity_at"] = "created_at"
    sort: Literal["asc", "desc"] = "desc"


class _List(RestEndpoint, abstract=True):
    method = "GET"

    def projects(self, p: Any) -> ProjectQuerySet:
        return Project.objects.visible_to(self.visitor.user if self.visitor else None)

    def handle(self, p: ProjectFilters) -> pages.Page[Shown]:
        user = self.visitor.user if self.visitor else None
        found = entities.with_all_that_is_shown(self.projects(p), user)
        found = _ordered(_matching(self._of_the_caller(found, p), p), p)
        entity: Callable[[Project], Shown] = entities.simple_project if p.simple or user is None else entities.project
        return pages.answer(self.request, p, found, entity)

    def _of_the_caller(self, found: ProjectQuerySet, p: ProjectFilters) -> ProjectQuerySet:
        least = max(p.min_access_level, Role.OWNER if p.owned else 0, Role.GUEST if p.membership else 0)
        if not least:
            return found
        return found.with_membership_of(self.visitor.user, least=least) if self.visitor else found.none()


def _matching(found: ProjectQuerySet, p: ProjectFilters) -> ProjectQuerySet:
    if p.archived is not None:
        found = found.filter(archived=p.archived)
    if p.visibility:
        found = found.filter(visibility=Visibility[p.visibility.upper()])
    for word in p.search.split()[:10]:
        path = "route__path__icontains" if p.search_namespaces else "path__icontains"
        found = found.filter(Q(name__icontains=word) | Q(**{path: word}) | Q(description__icontains=word))
    after, before = p.last_activity_after, p.last_activity_before
    return moments.between(found, "last_activity_at", after, before, of="last_activity")  # type: ignore[return-value]


def _ordered(found: ProjectQuerySet, p: ProjectFilters) -> ProjectQuerySet:
    sign = "-" if p.sort == "desc" else ""
    return found.order_by(f"{sign}{ORDERS[p.order_by]}", f"{sign}id")


class ListProjects(_List):
    scopes = tuple(policy.scopes_for(Ability.READ_PROJECT))
    anonymous = True
    Params = ProjectFilters


class ListUsersProjects(_List):
    """In the user's own namespace, as far as the caller may see them."""

    scopes = tuple(policy.scopes_for(Ability.READ_PROJECT))
    anonymous = True
    Params = ProjectFilters
    user: User

    def find(self, **captured: str) -> dict[str, str]:
        self.user = find_user(captured.pop("user"), known_to(self.visitor.user if self.visitor else None))
        return captured

    def projects(self, p: ProjectFilters) -> ProjectQuerySet:
        return super().projects(p).filter(namespace__owner=self.user)


class ListGroupsProjects(_List):
    group_ability = GroupAbility.READ_GROUP
    anonymous = True

    class Params(ProjectFilters):
        include_subgroups: bool = False

    def projects(self, p: Params) -> ProjectQuerySet:
        found = super().projects(p)
        return found.in_groups_below(self.group) if p.include_subgroups else found.filter(namespace=self.group)


class Switches(Struct, kw_only=True):
    """Who may use a feature: nobody, members, or everybody who may see the project."""

    model_experiments_access_level: AccessName | UnsetType = UNSET
    model_registry_access_level: AccessName | UnsetType = UNSET
    package_registry_access_level: AccessName | UnsetType = UNSET


def _switched(p: Switches) -> dict[str, int]:
    wanted = {
        Feature.EXPERIMENTS: p.model_experiments_access_level,
        Feature.REGISTRY: p.model_registry_access_level,
        Feature.PACKAGES: p.package_registry_access_level,
    }
    return {str(name): Access[level.upper()] for name, level in wanted.items() if level is not UNSET}


class CreateProject(RestEndpoint):
    """Without `namespace_id` it is created among the caller's own."""

    method = "POST"
    scopes = ("api",)

    class Params(Switches):
        name: str = ""
        path: str = ""
        namespace_id: int | None = None
        description: Text = ""
        visibility: VisibilityName = "private"

    def handle(self, p: Params) -> ProjectEntity:
        if not p.name and not p.path:
            raise InvalidInput("one of name and path is needed", field="name, path", code=parsing.MISSING)
        namespace = policy.authorize_creation(self.identity, p.namespace_id)
        created = projects.create(
            namespace,
            by=self.identity.user,
            name=p.name,
            path=p.path,
            description=p.description,
            visibility=Visibility[p.visibility.upper()],
            **_switched(p),
        )
        return shown(self, created)


class GetProject(RestEndpoint):
    method = "GET"
    ability = Ability.READ_PROJECT
    anonymous = True

    class Params(Struct):
        statistics: bool = False

    def handle(self, p: Params) -> Shown:
        if self.visitor is None:
            return entities.simple_project(loaded(self, self.project))
        told = shown(self, self.project)
        if p.statistics and self.project.role >= Role.REPORTER:
            usages = storage.usages_of(self.project)
            if self.project.role < Role.DEVELOPER:  # as everybody is in a public project of a group that may be private
                usages = usages[:1]
            told["statistics"] = statistics.statistics(usages, storage.file_size_limit(self.project))
        return told


class UpdateProject(RestEndpoint):
    """Its name, path, description and switches; who may see it only an owner changes."""

    method = "PUT"
    ability = Ability.ADMIN_PROJECT

    class Params(Switches):
        name: str | UnsetType = UNSET
        path: str | UnsetType = UNSET
        description: Text | UnsetType = UNSET
        visibility: VisibilityName | UnsetType = UNSET
        ci_job_token_scope_enabled: bool | UnsetType = UNSET

    def handle(self, p: Params) -> ProjectEntity:
        wanted: dict[str, Any] = {"name": p.name, "path": p.path, "description": p.description}
        wanted |= {"job_token_scope_enabled": p.ci_job_token_scope_enabled, **_switched(p)}
        if p.visibility is not UNSET:
            wanted["visibility"] = Visibility[p.visibility.upper()]
        changes = {field: value for field, value in wanted.items() if value is not UNSET}
        policy.need_for_changes(self.project, **changes)
        return shown(self, projects.update(self.project, **changes))


class DeleteProject(RestEndpoint):
    """It is gone at once, and can be restored for some days; that its data is removed takes longer, hence 202."""

    method = "DELETE"
    ability = Ability.DELETE_PROJECT
    status = 202

    def changed_at(self, **captured: str) -> datetime:
        changed = events.last_of(self.project, project=self.project)
        return max(changed or self.project.created_at, self.project.last_activity_at)

    def handle(self, p: Nothing) -> Message:
        projects.delete(self.project)
        return ACCEPTED


class RestoreProject(RestEndpoint):
    """A deleted one, by its id, for whoever could delete it."""

    method = "POST"
    scopes = ("api",)

    def find(self, **captured: str) -> dict[str, str]:
        self.project = policy.authorize_deleted(self.identity, captured.pop("project"))
        return captured

    def handle(self, p: Nothing) -> ProjectEntity:
        return shown(self, projects.restore(self.project))


class ArchiveProject(RestEndpoint):
    """From now on it is only looked at."""

    method = "POST"
    ability = Ability.DELETE_PROJECT

    def handle(self, p: Nothing) -> ProjectEntity:
        projects.archive(self.project)
        return shown(self, self.project)


class UnarchiveProject(RestEndpoint):
    method = "POST"
    ability = Ability.DELETE_PROJECT

    def handle(self, p: Nothing) -> ProjectEntity:
        projects.unarchive(self.project)
        return shown(self, self.project)


class TransferProject(RestEndpoint):
    """To another namespace, by id or path, in which the caller may create projects."""

    method = "PUT"
    ability = Ability.DELETE_PROJECT

    class Params(Struct):
        namespace: str | int

    def handle(self, p: Params) -> ProjectEntity:
        target = policy.authorize_creation(self.identity, p.namespace)
        return shown(self, projects.transfer(self.project, target))


class ListTransferLocationsOfProject(RestEndpoint):
    """The groups that the project could be moved to."""

    method = "GET"
    ability = Ability.DELETE_PROJECT

    class Params(pages.Paged):
        search: str = ""

    def handle(self, p: Params) -> pages.Page[Location]:
        able = Namespace.objects.groups().in_reach_of(self.identity.user, least=policy.LEAST_ROLE_TO_CREATE)
        return transfer_locations(self.request, p, able.exclude(pk=self.project.namespace_id))


def shown(endpoint: RestEndpoint, project: Project) -> ProjectEntity:
    return entities.project(loaded(endpoint, project))


def loaded(endpoint: RestEndpoint, project: Project) -> Project:
    """Read again, with all that the JSON says."""
    user = endpoint.visitor.user if endpoint.visitor else None
    return entities.with_all_that_is_shown(Project.objects.filter(pk=project.pk), user).get()
