"""An audit event, in GitLab's words."""

from typing import Any

from api.rest.entities.moments import moment
from audit.models import AuditEvent


def audit_event(event: AuditEvent) -> dict[str, Any]:
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
