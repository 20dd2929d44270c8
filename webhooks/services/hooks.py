"""Create, change, delete and try webhooks. Each change is one audit event, which never tells a secret or a path."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit.services import events as audit
from lib import vault
from lib.clock import now_ms
from lib.errors import Conflict, InvalidInput
from projects.models import Project
from webhooks import network, payloads, signing
from webhooks.models import Webhook, WebhookStatus
from webhooks.network import Outcome
from webhooks.services import deliveries

ACTIVE = WebhookStatus.ACTIVE
# GitLab's number.
MOST_HOOKS = 100
_NAME = re.compile(r"(?=.{1,63}\Z)[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?", re.IGNORECASE | re.ASCII)
_LONGEST = {"name": 255, "description": 10_000, "url": 2048, "secret": 1000}


def create(
    project: Project,
    *,
    by: User,
    url: str,
    events: Sequence[str],
    name: str = "",
    description: str = "",
    secret: str = "",
    status: str = WebhookStatus.ACTIVE,
    speaks_gitlab: bool = False,
) -> Webhook:
    """InvalidInput for a name, address or event that cannot be; names may be taken any number of times."""
    webhook = Webhook(project=project, speaks_gitlab=speaks_gitlab)
    _fill(webhook, name=name, description=description, url=url, events=events, secret=secret, status=status)
    with transaction.atomic():
        # Whoever else adds one waits here, so that the count holds.
        Project.objects.select_for_update(no_key=True).get(pk=project.pk)
        if project.webhooks.count() >= MOST_HOOKS:
            raise Conflict(f"A project has at most {MOST_HOOKS} webhooks", code="RESOURCE_EXHAUSTED", field="url")
        webhook.save()
        details = {"origin": webhook.origin, "events": webhook.events, "status": webhook.status}
        audit.record("webhook_created", project=project, target=webhook, details=details, by=by)
    return webhook


def update(webhook: Webhook, *, by: User, **changes: Any) -> Webhook:
    """`changes` are parameters of `create`; one that is None changes nothing. Activating it forgets its failures."""
    wanted = {name: value for name, value in changes.items() if value is not None}
    _check(webhook, wanted)  # before the transaction, as it asks a name server
    with transaction.atomic():
        fresh = Webhook.objects.select_for_update().find("No such webhook", pk=webhook.pk)
        before = _shown(fresh)
        _set(fresh, wanted)
        if {"url", "status"} & wanted.keys():
            fresh.clear_failures()
        fresh.updated_ms = now_ms()
        fresh.save()
        details = _differences(before, _shown(fresh)) | ({"secret": "changed"} if "secret" in wanted else {})
        audit.record("webhook_updated", project=webhook.project, target=fresh, details=details, by=by)
    return fresh


def delete(webhook: Webhook, *, by: User) -> None:
    """With its deliveries, sent or not."""
    with transaction.atomic():
        found = Webhook.objects.select_for_update().find("No such webhook", pk=webhook.pk)
        audit.record("webhook_deleted", project=webhook.project, target=str(found), by=by)
        found.delete()


def send_example(webhook: Webhook, event: str = "") -> Outcome:
    """Sends the example of the event, or of the first it listens to, once and at once. It takes up to 15 s."""
    example = payloads.ALL[_known(event or webhook.events[0])]
    body = signing.body(example.entity, example.action, example.data, timezone.now())
    return deliveries.send(webhook, example.event, str(uuid4()), body)


def checked_event(entity: str, action: str = "") -> str:
    """`entity.action`, one of MLflow's. InvalidInput in its words for what is none."""
    actions = [event.partition(".")[2] for event in payloads.EXAMPLES if event.startswith(f"{entity}.")]
    if not actions:
        entities = ", ".join(dict.fromkeys(event.partition(".")[0] for event in payloads.EXAMPLES))
        raise InvalidInput(f"Invalid entity '{entity[:100]}'. Valid entities are: {entities}", field="events")
    if action not in actions:
        message = f"Invalid action '{action[:100]}' for entity '{entity}'. Valid actions are: {sorted(actions)}"
        raise InvalidInput(message, field="events")
    return f"{entity}.{action}"


def _fill(webhook: Webhook, **values: Any) -> None:
    _check(webhook, values)
    _set(webhook, values)


def _check(webhook: Webhook, values: dict[str, Any]) -> None:
    for name, longest in _LONGEST.items():
        if len(values.get(name, "")) > longest:
            raise InvalidInput(f"{name} is too long (maximum is {longest} characters)", field=name)
    if "name" in values and not webhook.speaks_gitlab and not _NAME.fullmatch(values["name"]):
        raise InvalidInput(
            f"Webhook name '{values['name'][:100]}' is invalid. It must start and end with a letter or digit, be at "
            "most 63 characters long, and contain only letters, digits, dots (.), underscores (_), and hyphens (-).",
            field="name",
        )
    if webhook.speaks_gitlab and not (values.get("secret", "").isascii() and values.get("secret", "x").isprintable()):
        raise InvalidInput("token must be printable ASCII, as it is sent in a header", field="token")
    if "status" in values and values["status"] not in WebhookStatus.values:
        raise InvalidInput(f"Invalid status. Valid statuses are: {', '.join(WebhookStatus.values)}", field="status")
    if "events" in values:
        _check_events(values["events"])
    if "url" in values:
        network.check(values["url"])


def _check_events(events: Sequence[str]) -> None:
    if not events:
        raise InvalidInput("Webhook events must be a non-empty list.", field="events")
    for event in events:
        _known(event)


def _known(event: str) -> str:
    return event if event in payloads.OWN else checked_event(*event.split(".", 1))


def _set(webhook: Webhook, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if name == "secret":
            webhook.secret = vault.sealed(value)
        elif name == "events":
            webhook.events = list(dict.fromkeys(value))
        else:
            setattr(webhook, name, value)


def _shown(webhook: Webhook) -> dict[str, Any]:
    """What an audit event may tell. Of an address only where it leads: paths are secrets at many receivers."""
    names = ("name", "description", "events", "status")
    return {**{name: getattr(webhook, name) for name in names}, "origin": webhook.origin}


def _differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {name: {"from": before[name], "to": after[name]} for name in before if before[name] != after[name]}
