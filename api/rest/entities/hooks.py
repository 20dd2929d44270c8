"""A project's webhook, in GitLab's words. Its token is never told."""

from typing import Any, TypedDict, cast

from api.rest.entities.moments import Moment, moment, moment_of
from webhooks.models import Webhook


class EventsElsewhere(TypedDict):
    """GitLab's events, none of which happens here."""

    push_events: bool
    tag_push_events: bool
    issues_events: bool
    confidential_issues_events: bool
    merge_requests_events: bool
    note_events: bool
    confidential_note_events: bool
    job_events: bool
    pipeline_events: bool
    wiki_page_events: bool
    deployment_events: bool
    releases_events: bool
    feature_flag_events: bool
    milestone_events: bool
    emoji_events: bool
    resource_access_token_events: bool
    vulnerability_events: bool


class Hook(EventsElsewhere):
    """`events` are what does happen here, by MLflow's names."""

    id: int
    url: str
    name: str | None
    description: str | None
    created_at: Moment
    project_id: int
    alert_status: str
    disabled_until: Moment | None
    url_variables: list[str]
    custom_headers: list[str]
    enable_ssl_verification: bool
    repository_update_events: bool
    events: list[str]


ELSEWHERE = tuple(EventsElsewhere.__annotations__)


def hook(subject: Webhook) -> Hook:
    return {
        "id": subject.pk,
        "url": subject.url,
        "name": subject.name or None,
        "description": subject.description or None,
        "created_at": moment_of(subject.created_ms),
        "project_id": subject.project_id,
        "alert_status": "executable" if subject.is_active else "disabled",
        "disabled_until": moment(subject.paused_until),
        "url_variables": [],
        "custom_headers": [],
        "enable_ssl_verification": True,
        "repository_update_events": False,
        **_never(),
        "events": subject.events,
    }


def _never() -> EventsElsewhere:
    return cast(Any, dict.fromkeys(ELSEWHERE, False))  # type: ignore[no-any-return]
