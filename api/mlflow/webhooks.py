"""Webhooks. https://mlflow.org/docs/latest/ml/webhooks/

Their addresses are secrets at many receivers, so that looking at them needs as much as changing them.
"""

from typing import Annotated, Any

from msgspec import Meta, Struct

from api.fields import Required
from api.mlflow.endpoint import MlflowEndpoint, Nothing
from api.mlflow.entities import webhook as entities
from api.mlflow.paging import paged
from lib import cursors
from lib.errors import InvalidInput
from projects.roles import Ability
from webhooks.models import Webhook, WebhookStatus
from webhooks.services import hooks

# By their numbers in MLflow's protocol, which its JSON may carry instead of the names.
_ENTITIES = (
    "ENTITY_UNSPECIFIED REGISTERED_MODEL MODEL_VERSION MODEL_VERSION_TAG MODEL_VERSION_ALIAS "
    "PROMPT PROMPT_VERSION PROMPT_TAG PROMPT_VERSION_TAG PROMPT_ALIAS BUDGET_POLICY"
).split()
_ACTIONS = "ACTION_UNSPECIFIED CREATED UPDATED DELETED SET EXCEEDED".split()
_STATUSES = {
    **{str(number): status for number, status in enumerate(WebhookStatus, start=1)},
    **{status.value: status for status in WebhookStatus},
}
_PAGE, _MOST_IN_A_PAGE = 100, 1000
Name = str | int


class Event(Struct):
    entity: Name
    action: Name


Events = Annotated[list[Event], Meta(max_length=1000)]


class CreateWebhook(MlflowEndpoint):
    method = "POST"
    ability = Ability.ADMIN_PROJECT

    class Params(Struct):
        name: Required
        url: Required
        events: Events
        description: str = ""
        secret: str = ""
        status: Name = ""

    def handle(self, p: Params) -> Any:
        made = hooks.create(
            self.project,
            by=self.identity.user,
            name=p.name,
            url=p.url,
            events=_events(p.events),
            description=p.description,
            secret=p.secret,
            status=_status(p.status) or WebhookStatus.ACTIVE,
        )
        return {"webhook": entities.webhook(made)}


class ListWebhooks(MlflowEndpoint):
    """The newest first."""

    method = "GET"
    ability = Ability.ADMIN_PROJECT

    class Params(Struct):
        max_results: int = 0
        page_token: str = ""

    def handle(self, p: Params) -> Any:
        size = p.max_results or _PAGE
        if not 1 <= size <= _MOST_IN_A_PAGE:
            raise InvalidInput(f"max_results must be between 1 and {_MOST_IN_A_PAGE}.", field="max_results")
        asked = cursors.question("webhooks", self.project.pk)
        rows = self.project.webhooks.order_by("-pk")
        if p.page_token:
            rows = rows.filter(pk__lt=cursors.decode(asked, p.page_token)[0])
        found = list(rows[: size + 1])
        token = cursors.encode(asked, [found[size - 1].pk]) if len(found) > size else ""
        return paged({"webhooks": [entities.webhook(one) for one in found[:size]]}, token)


class GetWebhook(MlflowEndpoint):
    method = "GET"
    ability = Ability.ADMIN_PROJECT

    def handle(self, p: Nothing, webhook_id: str) -> Any:
        return {"webhook": entities.webhook(_find(self, webhook_id))}


class UpdateWebhook(MlflowEndpoint):
    """What is not said stays; of name, address and events, what is empty as well. An empty secret is none."""

    method = "PATCH"
    ability = Ability.ADMIN_PROJECT

    class Params(Struct):
        name: str = ""
        url: str = ""
        events: Events = []
        description: str | None = None
        secret: str | None = None
        status: Name = ""

    def handle(self, p: Params, webhook_id: str) -> Any:
        changed = hooks.update(
            _find(self, webhook_id),
            by=self.identity.user,
            name=p.name or None,
            url=p.url or None,
            events=_events(p.events) or None,
            description=p.description,
            secret=p.secret,
            status=_status(p.status),
        )
        return {"webhook": entities.webhook(changed)}


class DeleteWebhook(MlflowEndpoint):
    method = "DELETE"
    ability = Ability.ADMIN_PROJECT

    def handle(self, p: Nothing, webhook_id: str) -> Any:
        hooks.delete(_find(self, webhook_id), by=self.identity.user)
        return {}


class TestWebhook(MlflowEndpoint):
    """Sends an example, once, and tells what came back."""

    method = "POST"
    ability = Ability.ADMIN_PROJECT

    class Params(Struct):
        event: Event | None = None

    def handle(self, p: Params, webhook_id: str) -> Any:
        event = _event(p.event) if p.event else ""
        return {"result": entities.result(hooks.send_example(_find(self, webhook_id), event))}


def _find(endpoint: MlflowEndpoint, webhook_id: str) -> Webhook:
    return endpoint.project.webhooks.with_uuid(webhook_id)


def _events(events: list[Event]) -> list[str]:
    return [_event(event) for event in events]


def _event(event: Event) -> str:
    return hooks.checked_event(_name(event.entity, _ENTITIES, "entity"), _name(event.action, _ACTIONS, "action"))


def _name(given: Name, names: list[str], what: str) -> str:
    """As events are called, which is in small letters."""
    if isinstance(given, int) and 0 <= given < len(names):
        return names[given].lower()
    if given in names:
        return str(given).lower()
    raise InvalidInput(f"Invalid {what} '{str(given)[:100]}'. Valid ones are: {', '.join(names[1:])}", field="events")


def _status(given: Name) -> str | None:
    """None where nothing is said."""
    if given == "":
        return None
    if str(given) not in _STATUSES:
        message = f"Invalid status '{str(given)[:100]}'. Valid statuses are: {', '.join(WebhookStatus)}"
        raise InvalidInput(message, field="status")
    return _STATUSES[str(given)]
