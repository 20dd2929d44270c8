"""What was done, newest first. https://docs.gitlab.com/api/audit_events/"""

from typing import Literal

from django.db.models import QuerySet

from api.fields import Int64
from api.rest import moments, pages
from api.rest.endpoint import Nothing, RestEndpoint, for_both, number
from api.rest.entities.audit_events import AuditEventEntity
from api.rest.entities.audit_events import audit_event as entity
from audit.models import AuditEvent
from lib.errors import NotFound
from projects.models import Project
from projects.roles import Ability, GroupAbility

MISSING = "404 Not found"


class _Listing(pages.Paged):
    created_after: str | None = None
    created_before: str | None = None
    author_id: Int64 | None = None
    sort: Literal["asc", "desc"] = "desc"


class _Events(RestEndpoint, abstract=True):
    """Of the project or group itself."""

    def events(self) -> QuerySet[AuditEvent]:
        place = self.place
        found = AuditEvent.objects.filter(project=place.pk) if isinstance(place, Project) else None
        return AuditEvent.objects.filter(namespace=place.pk) if found is None else found

    def listed(self, p: _Listing, found: QuerySet[AuditEvent]) -> pages.Page[AuditEventEntity]:
        found = moments.between(found, "created_at", p.created_after, p.created_before, of="created")
        if p.author_id is not None:
            found = found.filter(author=p.author_id)
        return pages.answer(self.request, p, found.order_by("pk" if p.sort == "asc" else "-pk"), entity)


class _ListAuditEvents(_Events, abstract=True):
    method = "GET"
    Params = _Listing

    def handle(self, p: _Listing) -> pages.Page[AuditEventEntity]:
        return self.listed(p, self.events())


class _GetAuditEvent(_Events, abstract=True):
    method = "GET"
    event: AuditEvent

    def find(self, **captured: str) -> dict[str, str]:
        found = self.events().filter(pk=number(captured.pop("event"), MISSING)).first()
        if found is None:
            raise NotFound(MISSING)
        self.event = found
        return captured

    def handle(self, p: Nothing) -> AuditEventEntity:
        return entity(self.event)


class _Instance(_Events, abstract=True):
    scopes = ("api", "read_api")
    admin = True

    def events(self) -> QuerySet[AuditEvent]:
        return AuditEvent.objects.all()


class ListAllAuditEvents(_Instance):
    """Of the whole instance, for administrators."""

    method = "GET"

    class Params(_Listing):
        entity_type: Literal["Project", "Group", "User", "Instance"] | None = None
        entity_id: Int64 | None = None

    def handle(self, p: Params) -> pages.Page[AuditEventEntity]:
        found = self.events()
        if p.entity_type:
            found = found.filter(entity_type=p.entity_type)
        if p.entity_id is not None:
            found = found.filter(entity_number=p.entity_id)
        return self.listed(p, found)


class GetAnyAuditEvent(_Instance, _GetAuditEvent):
    """Any, for administrators."""


LIST = for_both(_ListAuditEvents, Ability.ADMIN_PROJECT, GroupAbility.ADMIN_GROUP)
GET = for_both(_GetAuditEvent, Ability.ADMIN_PROJECT, GroupAbility.ADMIN_GROUP)
