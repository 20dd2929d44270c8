"""Where the caller's projects may live: their own namespace, and groups. https://docs.gitlab.com/api/namespaces/"""

from typing import TypedDict

from django.db.models import Q
from msgspec import Struct

from api.fields import Int64
from api.rest import pages
from api.rest.endpoint import Nothing, RestEndpoint
from api.rest.entities.projects import NamespaceEntity
from api.rest.entities.projects import namespace as entity
from projects import policy
from projects.models import Namespace, Route
from projects.models.namespace import NamespaceQuerySet


class ListNamespaces(RestEndpoint):
    method = "GET"
    scopes = ("api", "read_api")

    class Params(pages.Paged):
        search: str = ""
        owned_only: bool = False
        top_level_only: bool = False

    def handle(self, p: Params) -> pages.Page[NamespaceEntity]:
        found = _of_the_caller(self)
        if p.search:
            found = found.filter(Q(name__icontains=p.search) | Q(route__path__icontains=p.search))
        if p.owned_only:
            found = found.filter(owner=self.identity.user)
        if p.top_level_only:
            found = found.filter(parent=None)
        return pages.answer(self.request, p, found.select_related("route").order_by("pk"), entity)


def _of_the_caller(endpoint: RestEndpoint) -> NamespaceQuerySet:
    user = endpoint.identity.user
    visible = Namespace.objects.visible_to(user)
    return visible if user.is_admin else visible.with_membership_of(user)


class GetNamespace(RestEndpoint):
    method = "GET"
    scopes = ("api", "read_api")
    namespace: Namespace

    def find(self, **captured: str) -> dict[str, str]:
        found = Namespace.objects.visible_to(self.identity.user).addressed(captured.pop("namespace"))
        self.namespace = found.select_related("route").find("404 Namespace Not Found")
        return captured

    def handle(self, p: Nothing) -> NamespaceEntity:
        return entity(self.namespace)


class Existence(TypedDict):
    """`suggests` has a name that would be free, where the path is taken."""

    exists: bool
    suggests: list[str]


class NamespaceExists(RestEndpoint):
    """Whether a path is taken, and what would be free instead.

    A path that the caller could take is no secret, as it can be tried: at the top, and where they may create. Elsewhere
    only what they may see exists.
    """

    method = "GET"
    scopes = ("api", "read_api")

    class Params(Struct):
        parent_id: Int64 | None = None

    def handle(self, p: Params, namespace: str) -> Existence:
        above = ""
        if p.parent_id is not None:
            user = self.identity.user
            parent = Namespace.objects.visible_to(user).with_role_of(user).filter(pk=p.parent_id).first()
            if parent is None:
                return {"exists": False, "suggests": []}
            above = f"{parent.full_path}/"
            if parent.role < policy.LEAST_ROLE_TO_CREATE:
                return {"exists": self._visible(f"{above}{namespace}"), "suggests": []}
        elif "/" in namespace:
            return {"exists": self._visible(namespace), "suggests": []}
        taken = _taken(f"{above}{namespace}")
        free = next(name for n in range(1, 10_000) if not _taken(name := f"{above}{namespace}{n}")) if taken else ""
        return {"exists": taken, "suggests": [free.rpartition("/")[2]] if taken else []}

    def _visible(self, path: str) -> bool:
        return Namespace.objects.visible_to(self.identity.user).filter(route__path__iexact=path).exists()


def _taken(path: str) -> bool:
    return Route.objects.filter(path__iexact=path).exists()
