"""Tell a project's webhooks what happened in it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from projects.models import Project
from webhooks import payloads, signing
from webhooks.models import Delivery


def happened(project: Project, entity: str, action: str, payload: Mapping[str, Any]) -> None:
    """Call it inside the transaction of the change: what is rolled back is told to nobody."""
    event = f"{entity}.{action}"
    if event not in payloads.ALL:
        raise ValueError(f"{event} is no event")
    listening = [webhook for webhook in project.webhooks.active() if webhook.listens_to(event)]
    if not listening:
        return
    body = signing.body(entity, action, payload, timezone.now())
    made = Delivery.objects.bulk_create([Delivery(webhook=webhook, event=event, body=body) for webhook in listening])
    transaction.on_commit(partial(_deliver, [delivery.pk for delivery in made]), robust=True)


def _deliver(ids: list[int]) -> None:
    from webhooks import tasks

    for pk in ids:
        tasks.deliver.delay(pk)
