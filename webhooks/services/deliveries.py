"""Send what is in the outbox, until it is taken or given up.

An attempt is claimed in one statement, which moves the time of the next one: whoever else wants to send the delivery
finds that it is not due, and a worker that dies leaves it to be due again. Nothing is locked while the receiver thinks.
"""

import random
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from audit.services import events as audit
from lib import vault
from lib.errors import Conflict
from webhooks import network, signing
from webhooks.models import Delivery, DeliveryStatus, Webhook, WebhookStatus
from webhooks.network import Outcome

# Longer than an attempt can take: name, connection and answer.
LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 10
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=10), timedelta(hours=6)
# One that fails is left alone for a while with everything, so that a dead receiver does not hold up the others.
_LONGEST_PAUSE = timedelta(minutes=5)
# A webhook is disabled when this many attempts in a row have failed and none has succeeded for so long.
MOST_FAILURES, LONGEST_FAILING = 20, timedelta(days=1)
# How long it is remembered what came of a delivery.
KEPT = timedelta(days=7)
MOST_AT_ONCE = 1000


def deliver(pk: int) -> None:
    """One attempt, if one is due."""
    delivery = _claimed(pk)
    if delivery is not None:
        _note(delivery, _send(delivery))


def catch_up() -> None:
    """Sends what is due and nobody has sent, and forgets what is old."""
    from webhooks import tasks

    now = timezone.now()
    Delivery.objects.forgotten(now - KEPT).delete()
    for pk in Delivery.objects.due(now).order_by("next_attempt_at").values_list("pk", flat=True)[:MOST_AT_ONCE]:
        tasks.deliver.delay(pk)


def retry(delivery: Delivery) -> None:
    """Sends it again from the start, whatever came of it. Conflict while the webhook is disabled."""
    from webhooks import tasks

    if not delivery.webhook.is_active:
        raise Conflict("The webhook is disabled: nothing is sent to it.")
    with transaction.atomic():
        fresh = {"status": DeliveryStatus.PENDING, "attempts": 0, "next_attempt_at": timezone.now()}
        Delivery.objects.filter(pk=delivery.pk).update(**fresh, finished_at=None)
        Webhook.objects.filter(pk=delivery.webhook.pk).update(paused_until=None)
        transaction.on_commit(lambda: tasks.deliver.delay(delivery.pk), robust=True)


def wait_after(attempts: int) -> timedelta:
    """10 s, 30 s, 90 s … 6 h, and up to a quarter more, so that what failed together does not come back together."""
    wait: timedelta = min(_FIRST_WAIT * 3 ** min(attempts - 1, 10), _LONGEST_WAIT)
    return wait * random.uniform(1, 1.25)  # noqa: S311


def _claimed(pk: int) -> Delivery | None:
    now = timezone.now()
    delivery = Delivery.objects.due(now).filter(pk=pk).select_related("webhook__project__route").first()
    # Asked again in the statement that claims, about this row alone: of two who come here one gets it.
    mine = Delivery.objects.pending().filter(pk=pk, next_attempt_at__lte=now)
    if delivery is None or not mine.update(attempts=F("attempts") + 1, next_attempt_at=now + LEASE):
        return None
    delivery.attempts += 1
    return delivery


def _send(delivery: Delivery) -> Outcome:
    return send(delivery.webhook, delivery.event, str(delivery.uuid), delivery.body)


def send(webhook: Webhook, event: str, delivery_id: str, body: str) -> Outcome:
    """One POST, now. What came of it, without the webhook's secret."""
    try:
        headers = signing.headers(webhook, event, delivery_id, body, timezone.now())
    except vault.Unreadable as unreadable:
        return Outcome(error=str(unreadable))
    outcome = network.post(webhook.url, body.encode(), headers)
    return Outcome(outcome.status, webhook.masked(outcome.body), outcome.error)


def _note(delivery: Delivery, outcome: Outcome) -> None:
    now = timezone.now()
    told = {"response_status": outcome.status, "response_body": outcome.body[:1000], "error": _reason(outcome)}
    with transaction.atomic():
        # Whoever asked for it to be sent anew while it was being sent has the last word.
        row = Delivery.objects.pending().filter(pk=delivery.pk, attempts=delivery.attempts)
        if outcome.ok:
            row.update(**told, status=DeliveryStatus.DELIVERED, finished_at=now)
            failing = Webhook.objects.filter(pk=delivery.webhook.pk).exclude(failures=0)
            failing.update(failures=0, failing_since=None, paused_until=None)
        elif delivery.attempts >= MOST_ATTEMPTS:
            row.update(**told, status=DeliveryStatus.DEAD, finished_at=now)
            _note_failure(delivery.webhook, now)
        else:
            wait = wait_after(delivery.attempts)
            row.update(**told, next_attempt_at=now + wait)
            _note_failure(delivery.webhook, now)
            transaction.on_commit(lambda: _later(delivery.pk, wait), robust=True)


def _reason(outcome: Outcome) -> str:
    if outcome.status is not None and 300 <= outcome.status < 400:
        return "Redirects are not followed"
    return outcome.error[:500]


def _later(pk: int, wait: timedelta) -> None:
    from webhooks import tasks

    # Of the broker only: a process without one has a catch-up for this.
    tasks.deliver.apply_async((pk,), countdown=wait.total_seconds())


def _note_failure(failed: Webhook, now: datetime) -> None:
    webhook = Webhook.objects.select_for_update().filter(pk=failed.pk).first()
    if webhook is None:
        return
    webhook.failures += 1
    webhook.failing_since = webhook.failing_since or now
    webhook.paused_until = now + min(wait_after(webhook.failures), _LONGEST_PAUSE)
    hopeless = webhook.failures >= MOST_FAILURES and now - webhook.failing_since >= LONGEST_FAILING
    if hopeless and webhook.is_active:
        webhook.status = WebhookStatus.DISABLED
        webhook.disabled_because = f"{webhook.failures} attempts in a row failed"
        details = {"failures": webhook.failures, "failing_since": webhook.failing_since.isoformat()}
        audit.record("webhook_disabled", project=failed.project, target=webhook, details=details)
    webhook.save(update_fields=["failures", "failing_since", "paused_until", "status", "disabled_because"])
