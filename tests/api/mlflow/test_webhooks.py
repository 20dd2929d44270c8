"""MLflow's webhook API: what parity with the stock server does not show, as it needs a receiver or a second tenant."""

import ipaddress
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from tests.receiver import Receiver, receiver
from webhooks.models import Webhook
from webhooks.services import hooks

SECRET = "correct-horse-battery-staple"
EVENT = {"entity": "MODEL_VERSION", "action": "CREATED"}
NEW = {"name": "ci", "url": "https://8.8.8.8/hook", "events": [EVENT], "secret": SECRET}


@pytest.fixture
def there(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_PRIVATE_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    settings.WEBHOOK_SCHEMES = ["https", "http"]
    with receiver() as found:
        yield found


def made(mlflow: Any, **more: Any) -> str:
    answered = mlflow.post("webhooks", {**NEW, **more})
    assert answered.status_code == 200, answered.content
    return str(answered.json()["webhook"]["webhook_id"])


def test_no_answer_tells_the_secret(mlflow: Any) -> None:
    webhook = made(mlflow)
    answers = [
        mlflow.get("webhooks"),
        mlflow.get(f"webhooks/{webhook}"),
        mlflow("PATCH", f"webhooks/{webhook}", {"secret": SECRET, "name": "cd"}),
        mlflow.post(f"webhooks/{webhook}/test"),
        mlflow("DELETE", f"webhooks/{webhook}"),
    ]
    for answered in answers:
        assert answered.status_code == (200), answered.content
        assert SECRET.encode() not in answered.content
        assert b"secret" not in answered.content


def test_a_test_tells_what_came_back_without_the_secret(mlflow: Any, there: Receiver) -> None:
    webhook = made(mlflow, url=f"{there.url}/ok")
    told = {"success": True, "response_status": 200, "response_body": "thanks"}
    assert mlflow.post(f"webhooks/{webhook}/test").json() == {"result": told}
    Webhook.objects.update(url=f"{there.url}/echo", speaks_gitlab=True)
    echoed = mlflow.post(f"webhooks/{webhook}/test", {"event": {"entity": "PROMPT", "action": "CREATED"}}).json()
    assert "X-Gitlab-Event: Prompt Hook" in echoed["result"]["response_body"]
    assert SECRET not in echoed["result"]["response_body"]
    Webhook.objects.update(url=f"{there.url}/status/503")
    refused = {"success": False, "response_status": 503, "response_body": "no"}
    assert mlflow.post(f"webhooks/{webhook}/test").json() == {"result": refused}


def test_a_test_that_gets_no_answer_says_why(mlflow: Any, there: Receiver, settings: Any) -> None:
    webhook = made(mlflow, url=f"{there.url}/ok")
    settings.WEBHOOK_PRIVATE_NETWORKS = []
    result = mlflow.post(f"webhooks/{webhook}/test").json()["result"]
    assert result["success"] is False
    assert "non-public IP address" in result["error_message"]
    assert there.received == []


def test_a_private_address_is_refused_in_mlflows_words(mlflow: Any) -> None:
    answered = mlflow.post("webhooks", {**NEW, "url": "https://169.254.169.254/latest/meta-data"})
    assert answered.status_code == 400
    assert answered.json()["error_code"] == "INVALID_PARAMETER_VALUE"
    assert "must not resolve to a non-public IP address" in answered.json()["message"]
    assert not Webhook.objects.exists()


def test_another_projects_webhook_does_not_exist(mlflow: Any, other_project: Any, charlie: Any) -> None:
    theirs = hooks.create(other_project, by=charlie, name="his", url=NEW["url"], events=["prompt.created"])
    for method, path, sent in (
        ("GET", "", None),
        ("PATCH", "", {"name": "mine"}),
        ("DELETE", "", {}),
        ("POST", "/test", {}),
    ):
        hidden = mlflow(method, f"webhooks/{theirs.uuid}{path}", sent)
        missing = mlflow(method, f"webhooks/{uuid4()}{path}", sent)
        assert hidden.status_code == missing.status_code == 404
        assert hidden.json()["error_code"] == missing.json()["error_code"] == "RESOURCE_DOES_NOT_EXIST"
    assert mlflow.get("webhooks").json() == {}
    theirs.refresh_from_db()
    assert theirs.name == "his"


def test_a_page_token_of_another_project_is_refused(mlflow: Any, other_project: Any, charlie: Any, door: Any) -> None:
    theirs = door(f"/api/v4/projects/{other_project.pk}/ml/mlflow/api/2.0/mlflow/", charlie)
    for opened in (mlflow, theirs):
        made(opened)
        made(opened)
    token = theirs.get("webhooks", {"max_results": 1}).json()["next_page_token"]
    assert mlflow.get("webhooks", {"max_results": 1, "page_token": token}).status_code == 400


def test_pages_show_every_webhook_once(mlflow: Any) -> None:
    ids = [made(mlflow) for _ in range(5)]
    found, token = [], ""
    while True:
        page = mlflow.get("webhooks", {"max_results": 2, "page_token": token}).json()
        found += [webhook["webhook_id"] for webhook in page["webhooks"]]
        token = page.get("next_page_token", "")
        if not token:
            break
    assert found == ids[::-1]


def test_a_list_costs_two_queries(mlflow: Any, django_assert_num_queries: Any) -> None:
    for _ in range(10):
        made(mlflow)
    with django_assert_num_queries(2):
        assert len(mlflow.get("webhooks").json()["webhooks"]) == 10
