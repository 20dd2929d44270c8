"""An audit event, in GitLab's words."""

from typing import Any, TypedDict

from api.rest.entities.moments import Moment, moment
from audit.models import AuditEvent


class AuditDetails(TypedDict):
    author_name: str
    author_class: str
    event_name: str
    target_id: int | None
    target_type: str
    target_details: str
    ip_address: str | None
    entity_path: str
    token_id: int | None
    token_name: str | None
    job_id: str | None
    changes: dict[str, Any]


class AuditEventEntity(TypedDict):
    """`author_id` is -1 where the service itself did it."""

    id: int
    author_id: int
    entity_id: int | None
    entity_type: str
    event_name: str
    details: AuditDetails
    created_at: Moment


def audit_event(event: AuditEvent) -> AuditEventEntity:
    return {
        "id": event.pk,
        "author_id": event.author_id or -1,
        "entity_id": event.entity_number,
        "entity_type": event.entity_type,
        "event_name": event.action,
        "details": {
            "author_name": event.author_name or "The service itself",
            "author_class": "User",
            "event_name": event.action,
            "target_id": event.target_number,
            "target_type": event.target_type,
            "target_details": event.target,
            "ip_address": event.ip,
            "entity_path": event.entity_path,
            "token_id": event.token_number,
            "token_name": event.token_name or None,
            "job_id": event.job or None,
            "changes": event.details,
        },
        "created_at": moment(event.created_at),
    }
