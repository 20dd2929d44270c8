from typing import Any

from webhooks import payloads
from webhooks.models import Webhook
from webhooks.network import Outcome


def webhook(subject: Webhook) -> dict[str, Any]:
    """`mlflow.entities.Webhook` on the wire. Its secret is never told."""
    told: dict[str, Any] = {"webhook_id": str(subject.uuid), "name": subject.name}
    if subject.description:
        told["description"] = subject.description
    return told | {
        "url": subject.url,
        "events": [_event(event) for event in subject.events if event in payloads.EXAMPLES],
        "status": subject.status,
        "creation_timestamp": subject.created_ms,
        "last_updated_timestamp": subject.updated_ms,
    }


def _event(event: str) -> dict[str, str]:
    entity, _, action = event.upper().partition(".")
    return {"entity": entity, "action": action}


def result(outcome: Outcome) -> dict[str, Any]:
    """`mlflow.entities.WebhookTestResult` on the wire."""
    if outcome.status is None:
        return {"success": False, "error_message": f"Failed to test webhook: {outcome.error}"}
    return {"success": outcome.ok, "response_status": outcome.status, "response_body": outcome.body}
