"""GitLab's project hooks: the shape of answers, and what there is of GitLab's events."""

import ipaddress
from collections.abc import Iterator
from typing import Any

import pytest

from lib import vault
from tests.receiver import Receiver, receiver
from webhooks import payloads
from webhooks.models import Webhook
from webhooks.services import hooks

SECRET = "correct-horse-battery-staple"
URL = "https://8.8.8.8/hook"


@pytest.fixture
def there(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_PRIVATE_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    settings.WEBHOOK_SCHEMES = ["https", "http"]
    with receiver() as found:
        yield found


@pytest.fixture
def root(project: Any) -> str:
    return f"projects/{project.pk}/hooks"


def test_a_hook_has_gitlabs_shape_and_its_token_is_never_told(rest: Any, root: str, project: Any) -> None:
    answered = rest.post(root, {"url": URL, "token": SECRET, "name": "My hook", "description": "d"})
    assert answered.status_code == 201
    told = answered.json()
    row = Webhook.objects.get()
    assert vault.opened(row.secret) == SECRET
    assert row.speaks_gitlab
    assert SECRET.encode() not in answered.content
    assert "token" not in told
    wanted = {
        "id": row.pk,
        "url": URL,
        "name": "My hook",
        "description": "d",
        "project_id": project.pk,
        "push_events": False,
        "job_events": False,
        "enable_ssl_verification": True,
        "alert_status": "executable",
        "disabled_until": None,
        "events": payloads.HAPPENING_HERE,
    }
    assert wanted.items() <= told.items()
    assert told["created_at"].endswith("Z")
    assert rest.get(f"{root}/{row.pk}").json() == told
    assert rest.get(root).json() == [told]


def test_a_hook_is_changed_and_deleted(rest: Any, root: str) -> None:
    hook = rest.post(root, {"url": URL, "token": SECRET}).json()["id"]
    changed = rest("PUT", f"{root}/{hook}", {"url": URL + "2", "events": ["prompt.created"], "token": ""})
    assert changed.status_code == 200
    assert (changed.json()["url"], changed.json()["events"]) == (URL + "2", ["prompt.created"])
    assert Webhook.objects.get().secret == ""
    assert rest("DELETE", f"{root}/{hook}").status_code == 204
    assert rest.get(f"{root}/{hook}").status_code == 404
    assert not Webhook.objects.exists()


def test_a_hook_disabled_for_its_failures_is_active_again_when_it_is_changed(rest: Any, root: str) -> None:
    hook = rest.post(root, {"url": URL}).json()["id"]
    Webhook.objects.update(status="DISABLED", disabled_because="20 attempts in a row failed", failures=20)
    assert rest.get(f"{root}/{hook}").json()["alert_status"] == "disabled"
    assert rest("PUT", f"{root}/{hook}", {"url": URL}).json()["alert_status"] == "executable"
    assert Webhook.objects.get().failures == 0


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"push_events": True}, "push_events"),
        ({"job_events": True}, "job_events"),
        ({"enable_ssl_verification": False}, "enable_ssl_verification"),
        ({"events": ["push"]}, "events"),
        ({"url": "https://10.0.0.1/"}, "url"),
        ({"url": "http://8.8.8.8/"}, "url"),
        ({"token": "a\r\nX: y"}, "token"),
        ({"token": "ключ"}, "token"),
        ({"name": "x" * 256}, "name"),
    ],
)
def test_what_would_promise_what_never_happens_is_refused(rest: Any, root: str, sent: Any, field: str) -> None:
    answered = rest.post(root, {"url": URL, **sent})
    assert answered.status_code == 400
    assert list(answered.json()["message"]) == [field]
    assert not Webhook.objects.exists()


def test_an_address_is_needed(rest: Any, root: str) -> None:
    assert rest.post(root, {}).json() == {"error": "url is missing"}


def test_a_test_is_sent_with_gitlabs_headers(rest: Any, root: str, there: Receiver) -> None:
    hook = rest.post(root, {"url": f"{there.url}/ok", "token": SECRET}).json()["id"]
    answered = rest.post(f"{root}/{hook}/test/model_version_tag.set")
    assert (answered.status_code, answered.json()) == (201, {"message": "201 Created"})
    [received] = there.received
    assert received.headers["X-Gitlab-Event"] == "Model Version Tag Hook"
    assert received.headers["X-Gitlab-Token"] == SECRET
    there.statuses = [500]
    refused = rest.post(f"{root}/{hook}/test/model_version_tag.set")
    assert (refused.status_code, refused.json()) == (422, {"message": "The receiver answered 500"})
    assert rest.post(f"{root}/{hook}/test/push_events").status_code == 400


def test_another_projects_hook_does_not_exist(rest: Any, root: str, other_project: Any, charlie: Any) -> None:
    theirs = hooks.create(other_project, by=charlie, name="his", url=URL, events=["prompt.created"])
    for method, path, sent in (
        ("GET", "", None),
        ("PUT", "", {"url": URL}),
        ("DELETE", "", None),
        ("POST", "/test/x", {}),
    ):
        answered = rest(method, f"{root}/{theirs.pk}{path}", sent)
        assert (answered.status_code, answered.json()) == (404, {"message": "404 Not found"})
    assert rest.get(root).json() == []


def test_both_apis_show_the_same_webhooks(rest: Any, root: str, mlflow: Any) -> None:
    rest.post(root, {"url": URL, "events": ["prompt.created"]})
    [theirs] = mlflow.get("webhooks").json()["webhooks"]
    assert (theirs["name"], theirs["url"]) == ("", URL)
    assert theirs["events"] == [{"entity": "PROMPT", "action": "CREATED"}]
    mlflow.post("webhooks", {"name": "ci", "url": URL, "events": [{"entity": "PROMPT", "action": "CREATED"}]})
    assert [hook["name"] for hook in rest.get(root).json()] == [None, "ci"]
