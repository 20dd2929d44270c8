"""A project's webhook, in GitLab's words. Its token is never told."""

from typing import Any

from api.rest.entities.moments import moment
from lib.clock import from_ms
from webhooks.models import Webhook

# GitLab's events, none of which happens here.
ELSEWHERE = (
    "push_events tag_push_events issues_events confidential_issues_events merge_requests_events note_events "
    "confidential_note_events job_events pipeline_events wiki_page_events deployment_events releases_events "
    "feature_flag_events milestone_events emoji_events resource_access_token_events vulnerability_events"
).split()


def hook(subject: Webhook) -> dict[str, Any]:
    return {
        "id": subject.pk,
        "url": subject.url,
        "name": subject.name or None,
        "description": subject.description or None,
        "created_at": moment(from_ms(subject.created_ms)),
        "project_id": subject.project_id,
        "alert_status": "executable" if subject.is_active else "disabled",
        "disabled_until": moment(subject.paused_until),
        "url_variables": [],
        "custom_headers": [],
        "enable_ssl_verification": True,
        "repository_update_events": False,
        **dict.fromkeys(ELSEWHERE, False),
        # What does happen here, by MLflow's names.
        "events": subject.events,
    }
