import logging
from typing import Any

import pytest

from audit.models import AuditEvent
from lib import vault
from lib.errors import Conflict, InvalidInput
from tests.receiver import Receiver
from tests.webhooks.conftest import SECRET
from webhooks.models import Webhook
from webhooks.services import hooks

URL = "https://8.8.8.8/services/T0/B0/path-that-is-a-secret"
EVENTS = ["model_version.created"]


def make(project: Any, alice: Any, **more: Any) -> Webhook:
    return hooks.create(project, by=alice, **{"name": "ci", "url": URL, "events": EVENTS, "secret": SECRET, **more})


def test_a_secret_is_sealed_and_is_nowhere_to_be_read(project: Any, alice: Any, caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    made = make(project, alice)
    hooks.update(made, by=alice, secret=SECRET + "2")
    row = Webhook.objects.values().get()
    assert SECRET not in str(row)
    assert vault.opened(row["secret"]) == SECRET + "2"
    told = str(list(AuditEvent.objects.values())) + caplog.text + repr(made) + str(made)
    assert SECRET not in told
    assert "path-that-is-a-secret" not in told


def test_each_change_is_one_event(project: Any, alice: Any) -> None:
    before = AuditEvent.objects.count()
    made = make(project, alice)
    changed = hooks.update(made, by=alice, name="cd", secret="x", url=URL + "2", status="DISABLED")
    hooks.delete(changed, by=alice)
    created, updated, deleted = AuditEvent.objects.order_by("pk")[before:]
    assert [one.action for one in (created, updated, deleted)] == [
        "webhook_created",
        "webhook_updated",
        "webhook_deleted",
    ]
    assert {one.author for one in (created, updated, deleted)} == {alice}
    assert created.details == {"origin": "https://8.8.8.8", "events": EVENTS, "status": "ACTIVE"}
    assert updated.details == {
        "name": {"from": "ci", "to": "cd"},
        "status": {"from": "ACTIVE", "to": "DISABLED"},
        "secret": "[masked]",
    }
    assert deleted.target == "cd"


def test_what_is_not_said_stays(project: Any, alice: Any) -> None:
    made = make(project, alice, description="d")
    same = hooks.update(made, by=alice, description=None, url=None)
    assert (same.name, same.url, same.description, same.secret) == ("ci", URL, "d", made.secret)
    assert hooks.update(made, by=alice, secret="", description="").secret == ""


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "a b"}, "name"),
        ({"name": "x" * 64}, "name"),
        ({"name": "ci\n"}, "name"),
        ({"url": "https://localhost/"}, "url"),
        ({"url": "https://8.8.8.8/" + "x" * 2048}, "url"),
        ({"events": []}, "events"),
        ({"events": ["model_version"]}, "events"),
        ({"events": ["model_version.exploded"]}, "events"),
        ({"events": ["nothing.created"]}, "events"),
        ({"status": "PAUSED"}, "status"),
        ({"secret": "x" * 1001}, "secret"),
        ({"description": "x" * 10_001}, "description"),
        ({"speaks_gitlab": True, "secret": "a\nX-Other: b"}, "token"),
        ({"speaks_gitlab": True, "secret": "ключ"}, "token"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(project: Any, alice: Any, wrong: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        make(project, alice, **wrong)
    assert refused.value.field == field
    assert not Webhook.objects.exists()
    if "speaks_gitlab" not in wrong:
        made = make(project, alice)
        with pytest.raises(InvalidInput):
            hooks.update(made, by=alice, **wrong)
        assert Webhook.objects.filter(name="ci", url=URL, events=EVENTS, status="ACTIVE").exists()
        assert AuditEvent.objects.filter(action="webhook_updated").count() == 0


def test_a_project_has_so_many_and_no_more(project: Any, alice: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hooks, "MOST_HOOKS", 2)
    for _ in range(2):
        make(project, alice)
    with pytest.raises(Conflict, match="at most 2"):
        make(project, alice)
    assert project.webhooks.count() == 2


def test_gitlabs_headers_come_with_hooks_of_its_api_alone(project: Any, alice: Any, there: Receiver) -> None:
    for speaks_gitlab in (False, True):
        made = make(project, alice, url=f"{there.url}/ok", speaks_gitlab=speaks_gitlab)
        assert hooks.send_example(made).ok
    mlflows, gitlabs = (received.headers for received in there.received)
    assert not [name for name in mlflows if name.startswith(("X-Gitlab", "Idempotency"))]
    assert gitlabs["X-Gitlab-Event"] == "Model Version Hook"
    assert gitlabs["X-Gitlab-Token"] == SECRET
    assert gitlabs["X-Gitlab-Webhook-UUID"] == str(made.uuid)
    assert gitlabs["X-Gitlab-Event-UUID"] == gitlabs["Idempotency-Key"] == gitlabs["X-MLflow-Delivery-Id"]
    assert gitlabs["X-MLflow-Signature"].startswith("v1,")


def test_without_a_secret_nothing_is_signed(project: Any, alice: Any, there: Receiver) -> None:
    assert hooks.send_example(make(project, alice, url=f"{there.url}/ok", secret="", speaks_gitlab=True)).ok
    assert not {"X-MLflow-Signature", "X-Gitlab-Token"} & set(there.received[0].headers)
