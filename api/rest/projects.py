"""Projects: list, find, create, delete. https://docs.gitlab.com/api/projects/"""

from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import HttpResponse
from msgspec import Meta, Struct

from api import parsing
from api.rest import pages
from api.rest.endpoint import Nothing, RestEndpoint, response
from api.rest.entities import projects as entities
from api.rest.entities import statistics
from lib.errors import InvalidInput
from packages.services import storage
from projects import policy
from projects.models import Project
from projects.models.project import ProjectQuerySet
from projects.roles import Ability, Role, Visibility
from projects.services import projects

VisibilityName = Literal["private", "internal", "public"]
# A project has no time of its last change of its own; its last activity is the nearest.
ORDERS = {
    "id": "id",
    "name": "name",
    "path": "path",
    "created_at": "created_at",
    "updated_at": "last_activity_at",
    "last_activity_at": "last_activity_at",
}


class ListProjects(RestEndpoint):
    method = "GET"
    scopes = tuple(policy.scopes_for(Ability.READ_PROJECT))
    anonymous = True

    class Params(pages.Paged):
        owned: bool = False
        membership: bool = False
        min_access_level: int = 0
        archived: bool | None = None
        visibility: VisibilityName | None = None
        search: str = ""
        simple: bool = False
        order_by: Literal["id", "name", "path", "created_at", "updated_at", "last_activity_at"] = "created_at"
        sort: Literal["asc", "desc"] = "desc"

    def handle(self, p: Params) -> HttpResponse:
        user = self.visitor.user if self.visitor else None
        found = entities.with_all_that_is_shown(Project.objects.visible_to(user), user)
        found = _ordered(_matching(self._of_the_caller(found, p), p), p)
        entity = entities.simple_project if p.simple or user is None else entities.project
        return pages.answer(self.request, p, found, entity)

    def _of_the_caller(self, found: ProjectQuerySet, p: Params) -> ProjectQuerySet:
        least = max(p.min_access_level, Role.OWNER if p.owned else 0, Role.GUEST if p.membership else 0)
        if not least:
            return found
        return found.with_membership_of(self.visitor.user, least=least) if self.visitor else found.none()


def _matching(found: ProjectQuerySet, p: ListProjects.Params) -> ProjectQuerySet:
    if p.archived is not None:
        found = found.filter(archived=p.archived)
    if p.visibility:
        found = found.filter(visibility=Visibility[p.visibility.upper()])
    for word in p.search.split()[:10]:
        found = found.filter(Q(name__icontains=word) | Q(route__path__icontains=word) | Q(description__icontains=word))
    return found


def _ordered(found: ProjectQuerySet, p: ListProjects.Params) -> ProjectQuerySet:
    sign = "-" if p.sort == "desc" else ""
    return found.order_by(f"{sign}{ORDERS[p.order_by]}", f"{sign}id")


class CreateProject(RestEndpoint):
    """Without `namespace_id` it is created among the caller's own."""

    method = "POST"
    scopes = ("api",)

    class Params(Struct):
        name: str = ""
        path: str = ""
        namespace_id: int | None = None
        description: Annotated[str, Meta(max_length=2000)] = ""
        visibility: VisibilityName = "private"

    def handle(self, p: Params) -> dict[str, Any]:
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
        )
        return _shown(self, created)


class GetProject(RestEndpoint):
    method = "GET"
    ability = Ability.READ_PROJECT
    anonymous = True

    class Params(Struct):
        statistics: bool = False

    def handle(self, p: Params) -> dict[str, Any]:
        shown = _shown(self, self.project)
        if p.statistics and self.visitor and self.project.role >= Role.REPORTER:
            usages = storage.usages_of(self.project)
            if self.project.role < Role.DEVELOPER:  # as everybody is in a public project of a group that may be private
                usages = usages[:1]
            shown["statistics"] = statistics.statistics(usages, storage.file_size_limit(self.project))
        return shown


class DeleteProject(RestEndpoint):
    """It is gone at once; that its data is removed takes longer, hence 202."""

    method = "DELETE"
    ability = Ability.DELETE_PROJECT

    def handle(self, p: Nothing) -> HttpResponse:
        projects.delete(self.project)
        return response({"message": "202 Accepted"}, status=202)


def _shown(endpoint: RestEndpoint, project: Project) -> dict[str, Any]:
    user = endpoint.visitor.user if endpoint.visitor else None
    whole = entities.with_all_that_is_shown(Project.objects.filter(pk=project.pk), user).get()
    return entities.project(whole) if user else entities.simple_project(whole)
