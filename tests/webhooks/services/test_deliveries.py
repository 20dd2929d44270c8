"""An event's way to a receiver: the outbox, attempts, waiting, giving up, and workers that die."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from audit.models import AuditEvent
from lib.errors import Conflict
from projects.services import projects
from tests.receiver import Receiver
from tests.webhooks.conftest import SECRET
from tests.webhooks.test_payloads import signed
from webhooks import network, payloads, tasks
from webhooks.models import Delivery, DeliveryStatus, Webhook, WebhookStatus
from webhooks.network import Outcome
from webhooks.services import deliveries, events, hooks

START = datetime(2030, 1, 1, tzinfo=UTC)
CREATED = payloads.model_version_created("fraud", "3", source="runs:/1", run_id="1", tags={"a": "b"})


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def happen(webhook: Webhook, django_capture_on_commit_callbacks: Any) -> Any:
    """Something happens in the project, and its transaction is committed."""

    def commit() -> Delivery:
        with django_capture_on_commit_callbacks(execute=True):
            events.happened(webhook.project, *CREATED)
        return Delivery.objects.latest("pk")

    return commit


def catch_up(capture: Any) -> None:
    with capture(execute=True):
        tasks.catch_up()


def test_what_happened_arrives_after_the_commit_and_not_before(
    webhook: Webhook, there: Receiver, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        events.happened(webhook.project, *CREATED)
        assert there.received == []
    [received] = there.received
    body = json.loads(received.body)
    assert {name: body[name] for name in ("entity", "action", "data")} == {
        "entity": "model_version",
        "action": "created",
        "data": CREATED.data,
    }
    assert signed(received.headers, received.body)
    delivery = Delivery.objects.get()
    assert received.headers["X-MLflow-Delivery-Id"] == str(delivery.uuid)
    assert (delivery.status, delivery.attempts, delivery.response_status) == (DeliveryStatus.DELIVERED, 1, 200)
    assert (delivery.response_body, delivery.error) == ("thanks", "")
    assert delivery.finished_at


def test_what_is_rolled_back_is_told_to_nobody(webhook: Webhook, there: Receiver) -> None:
    with transaction.atomic():
        events.happened(webhook.project, *CREATED)
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()
    assert there.received == []


def test_only_those_that_listen_are_told(webhook: Webhook, other_project: Any, charlie: Any, there: Receiver) -> None:
    url = f"{there.url}/ok"
    hooks.create(webhook.project, by=charlie, name="tags", url=url, events=["model_version_tag.set"])
    off = hooks.create(webhook.project, by=charlie, name="off", url=url, events=[CREATED.event], status="DISABLED")
    hooks.create(other_project, by=charlie, name="his", url=url, events=[CREATED.event])
    events.happened(webhook.project, *CREATED)
    assert [delivery.webhook for delivery in Delivery.objects.all()] == [webhook]
    assert off.deliveries.count() == 0


def test_where_nobody_listens_it_costs_one_query(project: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        events.happened(project, *CREATED)


def test_many_listeners_cost_two(webhook: Webhook, alice: Any, django_assert_num_queries: Any) -> None:
    for number in range(5):
        hooks.create(webhook.project, by=alice, name=f"n{number}", url=webhook.url, events=[CREATED.event])
    with django_assert_num_queries(2):
        events.happened(webhook.project, *CREATED)
    assert Delivery.objects.count() == 6


def test_an_event_that_mlflow_does_not_have_is_a_bug_of_ours(project: Any) -> None:
    with pytest.raises(ValueError, match=r"model\.exploded"):
        events.happened(project, "model", "exploded", {})


def test_what_is_refused_comes_again_later_and_later_with_the_same_id(
    happen: Any, there: Receiver, clock: Any, django_capture_on_commit_callbacks: Any
) -> None:
    there.statuses = [503, 500, 404]
    delivery = happen()
    for attempt, wait in ((1, 10), (2, 30), (3, 90)):
        delivery.refresh_from_db()
        assert (delivery.attempts, delivery.status) == (attempt, DeliveryStatus.PENDING)
        waits = delivery.next_attempt_at - datetime.now(UTC)
        assert timedelta(seconds=wait) <= waits <= timedelta(seconds=wait * 1.25)
        catch_up(django_capture_on_commit_callbacks)
        assert len(there.received) == attempt, "it is not due yet"
        clock.shift(timedelta(seconds=wait * 1.25 + 1))
        catch_up(django_capture_on_commit_callbacks)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.DELIVERED, 4)
    assert {one.headers["X-MLflow-Delivery-Id"] for one in there.received} == {str(delivery.uuid)}
    assert len({one.body for one in there.received}) == 1
    assert len({one.headers["X-MLflow-Timestamp"] for one in there.received}) == 4
    webhook = Webhook.objects.get()
    assert (webhook.failures, webhook.failing_since, webhook.paused_until) == (0, None, None)


def test_waits_grow_to_six_hours_and_last_a_night() -> None:
    waits = [deliveries.wait_after(attempt) for attempt in range(1, deliveries.MOST_ATTEMPTS)]
    assert max(waits) <= timedelta(hours=6) * 1.25
    assert sum(waits, timedelta()) > timedelta(hours=12)
    assert deliveries.wait_after(10_000) <= timedelta(hours=6) * 1.25
    assert len({deliveries.wait_after(1) for _ in range(20)}) > 10, "what failed together does not come back together"


def test_after_the_last_attempt_it_is_given_up(happen: Any, there: Receiver, clock: Any) -> None:
    there.statuses = [500] * 20
    delivery = happen()
    for _ in range(20):
        clock.shift(timedelta(hours=8))
        deliveries.deliver(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.DEAD, deliveries.MOST_ATTEMPTS)
    assert delivery.finished_at
    assert len(there.received) == deliveries.MOST_ATTEMPTS


def test_a_worker_that_dies_while_it_sends_leaves_it_to_the_next_one(
    happen: Any, there: Receiver, clock: Any, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """It died after the receiver had it and before that was written down: at least once, with the same id."""

    def die(*args: Any) -> Outcome:
        real(*args)
        raise SystemExit

    real = network.post
    with monkeypatch.context() as patched:
        patched.setattr(network, "post", die)
        with pytest.raises(SystemExit):
            happen()
    catch_up(django_capture_on_commit_callbacks)
    assert len(there.received) == 1, "it may still be at work"
    clock.shift(deliveries.LEASE)
    catch_up(django_capture_on_commit_callbacks)
    delivery = Delivery.objects.get()
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.DELIVERED, 2)
    assert [one.headers["X-MLflow-Delivery-Id"] for one in there.received] == [str(delivery.uuid)] * 2


def test_a_message_that_was_lost_is_found_again(
    webhook: Webhook, there: Receiver, django_capture_on_commit_callbacks: Any
) -> None:
    events.happened(webhook.project, *CREATED)  # its transaction ends without its message
    catch_up(django_capture_on_commit_callbacks)
    assert len(there.received) == 1


def test_of_two_who_would_send_it_one_does(happen: Any, there: Receiver) -> None:
    delivery = happen()
    Delivery.objects.update(status=DeliveryStatus.PENDING, next_attempt_at=datetime.now(UTC))
    assert deliveries._claimed(delivery.pk)
    assert deliveries._claimed(delivery.pk) is None


def test_a_webhook_that_fails_is_left_alone_for_a_while_with_everything(
    happen: Any, there: Receiver, clock: Any, django_capture_on_commit_callbacks: Any
) -> None:
    there.statuses = [500]
    happen()
    second = happen()
    assert len(there.received) == 1
    assert second.attempts == 0
    clock.shift(timedelta(seconds=13))
    catch_up(django_capture_on_commit_callbacks)
    assert len(there.received) == 3
    assert set(Delivery.objects.values_list("status", flat=True)) == {DeliveryStatus.DELIVERED}


def fail(webhook: Webhook, there: Receiver, clock: Any, *, times: int, apart: timedelta) -> None:
    there.statuses = [500] * times
    for _ in range(times):
        delivery = Delivery.objects.create(webhook=webhook, event=CREATED.event, body="{}")
        deliveries.deliver(delivery.pk)
        clock.shift(apart)


def test_one_that_fails_for_a_day_is_disabled_and_that_is_an_event(
    webhook: Webhook, there: Receiver, clock: Any
) -> None:
    fail(webhook, there, clock, times=21, apart=timedelta(hours=1, minutes=20))
    webhook.refresh_from_db()
    assert (webhook.status, webhook.disabled_because) == (WebhookStatus.DISABLED, "20 attempts in a row failed")
    assert len(there.received) == 20
    event = AuditEvent.objects.get(action="webhook_disabled")
    assert (event.project, event.author, event.target) == (webhook.project, None, "ci")
    again = hooks.update(webhook, by=webhook.project.creator, status="ACTIVE")
    assert (again.failures, again.failing_since, again.disabled_because) == (0, None, "")


def test_one_that_fails_often_in_a_short_time_is_not(webhook: Webhook, there: Receiver, clock: Any) -> None:
    fail(webhook, there, clock, times=25, apart=timedelta(minutes=7))
    webhook.refresh_from_db()
    assert (webhook.status, webhook.failures) == (WebhookStatus.ACTIVE, 25)


def test_what_a_disabled_one_has_not_been_told_waits(
    webhook: Webhook, there: Receiver, alice: Any, django_capture_on_commit_callbacks: Any
) -> None:
    events.happened(webhook.project, *CREATED)
    hooks.update(webhook, by=alice, status="DISABLED")
    catch_up(django_capture_on_commit_callbacks)
    assert there.received == []
    hooks.update(webhook, by=alice, status="ACTIVE")
    catch_up(django_capture_on_commit_callbacks)
    assert len(there.received) == 1


def test_a_deleted_projects_webhooks_are_silent(
    webhook: Webhook, there: Receiver, django_capture_on_commit_callbacks: Any
) -> None:
    events.happened(webhook.project, *CREATED)
    projects.delete(webhook.project)
    catch_up(django_capture_on_commit_callbacks)
    assert there.received == []


def test_a_delivery_is_sent_again_on_demand(
    happen: Any, there: Receiver, alice: Any, django_capture_on_commit_callbacks: Any
) -> None:
    delivery = happen()
    with django_capture_on_commit_callbacks(execute=True):
        deliveries.retry(delivery)
    assert len(there.received) == 2
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.DELIVERED, 1)
    off = hooks.update(delivery.webhook, by=alice, status="DISABLED")
    with pytest.raises(Conflict):
        deliveries.retry(off.deliveries.get())


def test_a_redirect_and_a_private_address_are_failures_that_say_why(
    happen: Any, webhook: Webhook, there: Receiver, settings: Any
) -> None:
    Webhook.objects.update(url=f"{there.url}/redirect")
    assert (happen().response_status, Delivery.objects.get().error) == (302, "Redirects are not followed")
    Webhook.objects.update(paused_until=None)
    settings.WEBHOOK_PRIVATE_NETWORKS = []
    assert "non-public" in happen().error


def test_what_came_of_it_is_forgotten_after_a_week(happen: Any, clock: Any, webhook: Webhook) -> None:
    happen()
    waiting = Delivery.objects.create(webhook=webhook, event=CREATED.event, body="{}")
    clock.shift(timedelta(days=8))
    Webhook.objects.update(paused_until=datetime.now(UTC) + timedelta(days=1))
    deliveries.catch_up()
    assert list(Delivery.objects.all()) == [waiting], "what is still to be sent is never forgotten"


def test_a_receiver_that_sends_the_secret_back_does_not_get_it_into_our_memory(
    webhook: Webhook, there: Receiver, happen: Any
) -> None:
    Webhook.objects.update(url=f"{there.url}/echo", speaks_gitlab=True)
    delivery = happen()
    assert there.received[0].headers["X-Gitlab-Token"] == SECRET
    assert "X-Gitlab-Token: [masked]" in delivery.response_body
    assert SECRET not in delivery.response_body


def test_a_secret_that_no_key_opens_is_a_failure_that_says_so(happen: Any, there: Receiver, settings: Any) -> None:
    settings.ENCRYPTION_KEYS = ["another key, which is as long as it must be"]
    assert "ENCRYPTION_KEYS" in happen().error
    assert there.received == []
