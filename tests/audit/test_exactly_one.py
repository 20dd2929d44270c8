"""Every change that must be remembered leaves exactly one event, and one that changes nothing leaves none."""

from typing import Any

import pytest

from accounts.scopes import SCOPES
from audit.models import AuditEvent

# (who, method, address, body, action)
DEEDS = [
    ("alice", "POST", "projects", {"name": "New"}, "project_created"),
    ("alice", "PUT", "projects/{project}", {"visibility": "public", "description": "x"}, "project_updated"),
    ("alice", "PUT", "projects/{project}", {"model_registry_access_level": "private"}, "project_updated"),
    ("alice", "PUT", "projects/{project}", {"path": "other"}, "project_updated"),
    ("alice", "POST", "projects/{project}/archive", {}, "project_archived"),
    ("alice", "PUT", "projects/{project}/transfer", {"namespace": "alice"}, "project_transferred"),
    ("alice", "DELETE", "projects/{project}", {}, "project_deleted"),
    ("alice", "PATCH", "projects/{project}/job_token_scope", {"enabled": False}, "project_updated"),
    ("alice", "POST", "projects/{project}/job_token_scope/allowlist", {"target_project_id": "{beside}"},
     "job_token_rule_added"),
    ("alice", "POST", "projects/{project}/members", {"user_id": "{charlie}", "access_level": 30}, "member_created"),
    ("alice", "PUT", "projects/{project}/members/{bob}", {"access_level": 30}, "member_updated"),
    ("alice", "DELETE", "projects/{project}/members/{bob}", {}, "member_removed"),
    ("alice", "POST", "groups/{group}/members", {"username": "charlie", "access_level": 30}, "member_created"),
    ("alice", "POST", "projects/{project}/access_tokens", {"name": "ci", "scopes": ["api"]},
     "project_access_token_created"),
    ("alice", "POST", "groups/{group}/access_tokens", {"name": "ci", "scopes": ["api"]}, "group_access_token_created"),
    ("alice", "POST", "projects/{project}/deploy_tokens", {"name": "d", "scopes": ["read_packages"]},
     "deploy_token_created"),
    ("alice", "POST", "user/personal_access_tokens", {"name": "x", "scopes": ["api"]}, "personal_access_token_created"),
    ("alice", "POST", "personal_access_tokens/self/rotate", {}, "personal_access_token_rotated"),
    ("alice", "DELETE", "personal_access_tokens/self", {}, "personal_access_token_revoked"),
    ("alice", "POST", "groups", {"name": "G", "path": "g"}, "group_created"),
    ("alice", "PUT", "groups/{group}", {"path": "moved", "name": "Moved"}, "group_updated"),
    ("alice", "POST", "groups/{inner}/transfer", {}, "group_transferred"),
    ("alice", "DELETE", "groups/{group}", {}, "group_deleted"),
    ("root", "POST", "users", {"username": "u", "name": "U", "email": "u@u.org", "force_random_password": True},
     "user_created"),
    ("root", "PUT", "users/{bob}", {"name": "Robert", "admin": True}, "user_updated"),
    ("root", "PUT", "users/{bob}", {"password": "correct horse battery staple"}, "user_updated"),
    ("root", "POST", "users/{bob}/block", {}, "user_blocked"),
    ("root", "DELETE", "users/{bob}", {}, "user_deleted"),
    ("root", "POST", "users/{bob}/personal_access_tokens", {"name": "x", "scopes": ["api"]},
     "personal_access_token_created"),
]  # fmt: skip


@pytest.fixture
def numbers(project: Any, group: Any, alice: Any, bob: Any, charlie: Any) -> dict[str, int]:
    from projects.services import namespaces, projects

    inner = namespaces.create_group("inner", by=alice, parent=group)
    beside = projects.create(group, by=alice, name="beside")
    known = {"project": project, "group": group, "beside": beside, "inner": inner, "bob": bob, "charlie": charlie}
    return {name: one.pk for name, one in known.items()}


def filled(body: dict[str, Any], numbers: dict[str, int]) -> dict[str, Any]:
    return {
        name: int(value.format(**numbers)) if isinstance(value, str) and value.startswith("{") else value
        for name, value in body.items()
    }


@pytest.mark.parametrize(("who", "method", "address", "body", "action"), DEEDS)
def test_one_deed_one_event(
    rest: Any, admin: Any, alice: Any, numbers: Any, who: str, method: str, address: str, body: Any, action: str
) -> None:
    user = admin if who == "root" else alice
    door = rest.as_(user)
    before = set(AuditEvent.objects.values_list("pk", flat=True))
    answered = door(method, address.format(**numbers), filled(body, numbers))
    assert answered.status_code < 300, answered.content
    (event,) = AuditEvent.objects.exclude(pk__in=before)
    assert (event.action, event.author, event.author_name) == (action, user, user.name)
    assert (event.token_name, event.ip) == ("test", "127.0.0.1")
    kept = str(AuditEvent.objects.filter(pk=event.pk).values().get())
    made = answered.json().get("token") if answered.content.startswith(b"{") else None
    for secret in (door.token, made, "correct horse"):
        assert not secret or secret not in kept


@pytest.mark.parametrize(
    ("method", "address", "body"),
    [
        ("PUT", "projects/{project}", {"name": "Fraud", "visibility": "private"}),
        ("POST", "projects/{project}/unarchive", {}),
        ("PUT", "projects/{project}/members/{bob}", {"access_level": 20}),
        ("PUT", "groups/{group}", {"name": "Acme"}),
        ("POST", "projects", {"name": "beside", "namespace_id": "{group}"}),
        ("POST", "projects/{project}/members", {"user_id": "{bob}", "access_level": 30}),
        ("POST", "projects/{project}/access_tokens", {"name": "ci", "scopes": ["everything"]}),
    ],
)
def test_what_changes_nothing_leaves_none(rest: Any, numbers: Any, method: str, address: str, body: Any) -> None:
    before = AuditEvent.objects.count()
    rest(method, address.format(**numbers), filled(body, numbers))
    assert AuditEvent.objects.count() == before


def test_the_scopes_of_a_token_are_told(rest: Any) -> None:
    rest.post("user/personal_access_tokens", {"name": "x", "scopes": ["read_models"]})
    event = AuditEvent.objects.latest("id")
    assert event.details["scopes"] == ["read_models"]
    assert set(event.details["scopes"]) <= set(SCOPES)
