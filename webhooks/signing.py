"""What is sent: MLflow's body and headers, signed as MLflow signs, and GitLab's headers for hooks of its API."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from lib import vault
from webhooks.models import Webhook


def body(entity: str, action: str, data: Mapping[str, Any], at: datetime) -> str:
    return json.dumps({"entity": entity, "action": action, "timestamp": at.isoformat(), "data": dict(data)})


def headers(webhook: Webhook, event: str, delivery_id: str, content: str, at: datetime) -> dict[str, str]:
    secret = vault.opened(webhook.secret)
    timestamp = str(int(at.timestamp()))
    told = {
        "Content-Type": "application/json",
        "User-Agent": f"Tenon/{settings.VERSION}",
        "X-MLflow-Delivery-Id": delivery_id,
        "X-MLflow-Timestamp": timestamp,
    }
    if secret:
        told["X-MLflow-Signature"] = signature(secret, delivery_id, timestamp, content)
    return told | _gitlab(webhook, event, delivery_id, secret) if webhook.speaks_gitlab else told


def signature(secret: str, delivery_id: str, timestamp: str, content: str) -> str:
    signed = f"{delivery_id}.{timestamp}.{content}".encode()
    digest = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def _gitlab(webhook: Webhook, event: str, delivery_id: str, secret: str) -> dict[str, str]:
    words = event.partition(".")[0].replace("_", " ").title()
    told = {
        "X-Gitlab-Event": f"{words} Hook",
        "X-Gitlab-Instance": settings.EXTERNAL_URL,
        "X-Gitlab-Webhook-UUID": str(webhook.uuid),
        "X-Gitlab-Event-UUID": delivery_id,
        "Idempotency-Key": delivery_id,
    }
    return {**told, "X-Gitlab-Token": secret} if secret else told
