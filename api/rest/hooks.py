"""A project's webhooks. https://docs.gitlab.com/api/project_webhooks/

GitLab's events are of things that do not exist here. What a hook is told of stands in `events`, a field of ours, by
MLflow's names: `model_version.created`. Without it a hook is told of everything.
"""

from datetime import datetime
from typing import Annotated

from django.http import HttpResponse
from msgspec import Meta, Struct

from api.rest import pages
from api.rest.endpoint import Nothing, RestEndpoint, response
from api.rest.entities import hooks as entities
from api.rest.entities.messages import CREATED, Message
from lib.clock import from_ms
from lib.errors import InvalidInput, NotFound
from projects.roles import Ability
from webhooks import payloads
from webhooks.models import Webhook
from webhooks.services import hooks

Events = Annotated[list[str], Meta(max_length=1000)]


class Options(Struct, kw_only=True):
    """What GitLab's clients may send along. True is refused where it would promise what never happens."""

    name: str | None = None
    description: str | None = None
    token: str | None = None
    events: Events = []
    enable_ssl_verification: bool = True
    push_events: bool = False
    tag_push_events: bool = False
    issues_events: bool = False
    confidential_issues_events: bool = False
    merge_requests_events: bool = False
    note_events: bool = False
    confidential_note_events: bool = False
    job_events: bool = False
    pipeline_events: bool = False
    wiki_page_events: bool = False
    deployment_events: bool = False
    releases_events: bool = False
    feature_flag_events: bool = False
    milestone_events: bool = False
    emoji_events: bool = False
    resource_access_token_events: bool = False
    vulnerability_events: bool = False

    def refuse_what_is_not_here(self) -> None:
        for event in entities.ELSEWHERE:
            if getattr(self, event):
                happening = ", ".join(payloads.HAPPENING_HERE)
                raise InvalidInput(f"nothing of the kind happens here; `events` may name: {happening}", field=event)
        if not self.enable_ssl_verification:
            raise InvalidInput("certificates are always verified", field="enable_ssl_verification")


class ListHooks(RestEndpoint):
    method = "GET"
    ability = Ability.ADMIN_PROJECT
    Params = pages.Paged

    def handle(self, p: pages.Paged) -> pages.Page[entities.Hook]:
        return pages.answer(self.request, p, self.project.webhooks.order_by("pk"), entities.hook)


class GetHook(RestEndpoint):
    method = "GET"
    ability = Ability.ADMIN_PROJECT

    def handle(self, p: Nothing, hook_id: str) -> entities.Hook:
        return entities.hook(_find(self, hook_id))


class CreateHook(RestEndpoint):
    """Told of everything that happens to models and prompts, or of what `events` names."""

    method = "POST"
    ability = Ability.ADMIN_PROJECT

    class Params(Options):
        url: str

    def handle(self, p: Params) -> entities.Hook:
        p.refuse_what_is_not_here()
        made = hooks.create(
            self.project,
            by=self.identity.user,
            url=p.url,
            name=p.name or "",
            description=p.description or "",
            secret=p.token or "",
            events=p.events or payloads.HAPPENING_HERE,
            speaks_gitlab=True,
        )
        return entities.hook(made)


class UpdateHook(RestEndpoint):
    """What is not said stays; an empty token is none. A hook that was disabled for its failures is active again."""

    method = "PUT"
    ability = Ability.ADMIN_PROJECT

    class Params(Options):
        url: str = ""

    def handle(self, p: Params, hook_id: str) -> entities.Hook:
        p.refuse_what_is_not_here()
        found = _find(self, hook_id)
        changed = hooks.update(
            found,
            by=self.identity.user,
            url=p.url or None,
            name=p.name,
            description=p.description,
            secret=p.token,
            events=p.events or None,
            status=hooks.ACTIVE if found.disabled_because else None,
        )
        return entities.hook(changed)


class DeleteHook(RestEndpoint):
    method = "DELETE"
    ability = Ability.ADMIN_PROJECT

    def changed_at(self, **captured: str) -> datetime | None:
        return from_ms(_find(self, captured["hook_id"]).updated_ms)

    def handle(self, p: Nothing, hook_id: str) -> None:
        hooks.delete(_find(self, hook_id), by=self.identity.user)


class TestHook(RestEndpoint):
    """Sends an example of the event that the address ends with, once; 422 with the reason when it was not taken."""

    method = "POST"
    ability = Ability.ADMIN_PROJECT
    answers = {201: Message, 422: Message}

    def handle(self, p: Nothing, hook_id: str, trigger: str) -> HttpResponse:
        found = _find(self, hook_id)
        if trigger not in payloads.ALL:
            raise InvalidInput(f"is none of: {', '.join(payloads.HAPPENING_HERE)}", field="trigger")
        outcome = hooks.send_example(found, trigger)
        if outcome.ok:
            return response(CREATED, status=201)
        return response({"message": outcome.error or f"The receiver answered {outcome.status}"}, status=422)


def _find(endpoint: RestEndpoint, hook_id: str) -> Webhook:
    if not (hook_id.isascii() and hook_id.isdigit() and len(hook_id) < 19):
        raise NotFound("404 Not found")
    return endpoint.project.webhooks.find("404 Not found", pk=int(hook_id))
