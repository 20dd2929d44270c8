"""What is sent is what MLflow sends: compared with the library's own types and its own sender."""

import inspect
import json
import warnings
from typing import Any

import pytest

from tests.receiver import Receiver
from tests.webhooks.conftest import SECRET
from webhooks import payloads
from webhooks.models import Webhook
from webhooks.services import hooks

with warnings.catch_warnings(action="ignore"):
    from mlflow.entities import webhook as entities
    from mlflow.webhooks import delivery, types


def test_every_event_of_mlflow_has_its_example() -> None:
    theirs = {f"{entity}.{action}": kind.example() for (entity, action), kind in types.EVENT_TO_PAYLOAD_CLASS.items()}
    assert {event: happening.data for event, happening in payloads.EXAMPLES.items()} == theirs
    assert set(payloads.EXAMPLES) == set(entities.WebhookEventStr.__args__)


def test_every_event_that_can_happen_here_has_a_function() -> None:
    for event in payloads.OFFERED:
        function = getattr(payloads, event.replace(".", "_"))
        arguments = dict.fromkeys(inspect.signature(function).parameters, "x")
        made = function(**arguments | ({"tags": {"a": "b"}} if "tags" in arguments else {}))
        assert made.event == event
        assert set(made.data) == set(payloads.EXAMPLES[event].data)


@pytest.mark.parametrize("event", ["model_version.created", "prompt_alias.deleted"])
def test_the_stock_server_would_have_sent_the_same(
    webhook: Webhook, there: Receiver, event: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_WEBHOOK_ALLOWED_SCHEMES", "http")
    monkeypatch.setenv("MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS", "true")
    stock = entities.Webhook("id", "ci", webhook.url, [entities.WebhookEvent.from_str(event)], 0, 0, secret=SECRET)
    assert delivery.test_webhook(stock).success
    assert hooks.send_example(webhook, event).ok
    theirs, ours = there.received
    assert shape(json.loads(ours.body)) == shape(json.loads(theirs.body))
    own = {name for name in theirs.headers if name.startswith("X-")}
    assert own == {name for name in ours.headers if name.startswith("X-")}
    assert ours.headers["Content-Type"] == theirs.headers["Content-Type"]
    for received in there.received:
        assert signed(received.headers, received.body)


def shape(body: dict[str, Any]) -> dict[str, Any]:
    assert body["timestamp"].endswith("+00:00")
    return {**body, "timestamp": "now"}


def signed(headers: Any, body: str) -> bool:
    """By the function that MLflow signs with."""
    delivery_id, timestamp = headers["X-MLflow-Delivery-Id"], headers["X-MLflow-Timestamp"]
    expected = delivery._generate_hmac_signature(SECRET, delivery_id, timestamp, body)
    return bool(headers["X-MLflow-Signature"] == expected)
