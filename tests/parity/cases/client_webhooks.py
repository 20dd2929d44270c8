"""Webhooks with MLflow's own client."""

from typing import Any

from tests.parity.side import Side
from tests.parity.with_client import ClientArea, MlflowClient, told

URL = "https://8.8.8.8/hook"

area = ClientArea("client_webhooks")
case = area.method


def made(c: MlflowClient, **more: Any) -> str:
    return str(c.create_webhook("ci", URL, ["model_version.created"], **more).webhook_id)


@case("create_webhook")
def a_webhook(s: Side, c: MlflowClient) -> None:
    told(s, "create", lambda: c.create_webhook("ci", URL, ["prompt_alias.created"], description="d", secret="tea"))
    told(s, "disabled", lambda: c.create_webhook("ci", URL, ["registered_model.created"], status="DISABLED"))
    told(s, "private", lambda: c.create_webhook("ci", "https://10.0.0.1/", ["prompt.created"]))


@case("get_webhook")
def a_webhook_by_its_id(s: Side, c: MlflowClient) -> None:
    webhook = made(c)
    told(s, "get", lambda: c.get_webhook(webhook))
    told(s, "nobody", lambda: c.get_webhook("nobody"))


@case("list_webhooks")
def a_list_of_webhooks(s: Side, c: MlflowClient) -> None:
    """Others make webhooks on the stock server meanwhile: only what this case made is compared."""
    webhook = made(c)
    found = [one for one in c.list_webhooks(max_results=1000) if one.webhook_id == webhook]
    told(s, "list", lambda: found)


@case("update_webhook")
def a_changed_webhook(s: Side, c: MlflowClient) -> None:
    webhook = made(c, secret="tea")
    told(s, "update", lambda: c.update_webhook(webhook, name="cd", status="DISABLED", events=["prompt.created"]))
    told(s, "get", lambda: c.get_webhook(webhook))
    told(s, "wrong", lambda: c.update_webhook(webhook, name="a b"))


@case("delete_webhook")
def a_deleted_webhook(s: Side, c: MlflowClient) -> None:
    webhook = made(c)
    told(s, "delete", lambda: c.delete_webhook(webhook))
    told(s, "get", lambda: c.get_webhook(webhook))
    told(s, "again", lambda: c.delete_webhook(webhook))


@case("test_webhook")
def a_test_of_nobody(s: Side, c: MlflowClient) -> None:
    """What a receiver gets is compared in tests/webhooks, as the stock server sends to none of this machine's."""
    told(s, "test", lambda: c.test_webhook("nobody"))
