from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import RequestFactory

from accounts import caller, deeds
from accounts.identity import Identity
from accounts.services import tokens
from api.rest import errors, users
from audit import triggers
from audit.models import AuditEvent
from audit.services import events


@pytest.fixture
def event(project: Any, alice: Any) -> AuditEvent:
    token, _ = tokens.issue(alice, name="laptop", scopes=["api"])
    with caller.calling(alice, token=token, ip="192.0.2.7", job="42"):
        changes = {"name": {"from": "a", "to": "b"}}
        return events.record("project_renamed", project=project, target=project, details=changes)


def test_an_event_says_who_what_where_and_with_what(event: AuditEvent, project: Any, alice: Any) -> None:
    event.refresh_from_db()
    assert (event.author, event.author_name) == (alice, "Alice Liddell")
    assert (event.token_name, event.job, event.ip) == ("laptop", "42", "192.0.2.7")
    assert event.token_number == alice.access_tokens.get().pk
    assert (event.action, event.project, event.namespace) == ("project_renamed", project, None)
    assert (event.entity_type, event.entity_number, event.entity_path) == ("Project", project.pk, "acme/fraud")
    assert (event.target_type, event.target_number, event.target) == ("Project", project.pk, "acme/fraud")
    assert event.details == {"name": {"from": "a", "to": "b"}}


def test_whose_event_it_is(group: Any, alice: Any) -> None:
    token, _ = tokens.issue(alice, name="laptop", scopes=["api"])
    for about, entity in (
        ({"namespace": group, "target": alice}, ("Group", group.pk, "acme")),
        ({"namespace": alice.namespace, "target": "x"}, ("User", alice.namespace.pk, "alice")),
        ({"target": alice}, ("User", alice.pk, "alice")),
        ({"target": token}, ("User", alice.pk, "alice")),
        ({"target": "the licence"}, ("Instance", None, "")),
    ):
        made = events.record("tried", **about)
        assert (made.entity_type, made.entity_number, made.entity_path) == entity


def test_what_nobody_called_for_the_service_did_itself(group: Any) -> None:
    made = events.record("group_removed", namespace=group, target=group)
    assert (made.author, made.author_name, made.token_number, made.ip) == (None, "", None, None)


def test_a_lower_floor_tells_and_the_event_is_there(project: Any, alice: Any) -> None:
    deeds.tell("project_archived", project=project, target=project, by=alice)
    assert AuditEvent.objects.get(action="project_archived").author == alice


def test_it_goes_with_the_change_it_tells_of(project: Any) -> None:
    with transaction.atomic():
        events.record("project_archived", project=project, target=project)
        transaction.set_rollback(True)
    assert not AuditEvent.objects.filter(action="project_archived").exists()


def test_no_secret_is_ever_in_it(alice: Any) -> None:
    token, secret = tokens.issue(alice, name="laptop", scopes=["api"])
    details = {
        "password": "hunter2",
        "token": "hunter2",
        "digest": token.digest,
        "webhook_secret": "hunter2",
        "token_name": "fine",
        "deep": [{"said": f"my secret is {secret}!"}],
    }
    made = events.record("tried", target=f"named {secret}", details=details)
    made.refresh_from_db()
    kept = str(AuditEvent.objects.filter(pk=made.pk).values().get())
    for secret_thing in (secret, "hunter2", token.digest):
        assert secret_thing not in kept
    assert made.details["token_name"] == "fine"
    assert made.details["deep"] == [{"said": "my secret is [masked]!"}]


# Append-only ----------------------------------------------------------------------------------------------------------


def test_the_model_refuses_to_change_or_remove(event: AuditEvent) -> None:
    event.author_name = "Somebody else"
    for attempt in (
        event.save,
        event.delete,
        AuditEvent.objects.all().delete,
        lambda: AuditEvent.objects.update(author_name="Somebody else"),
    ):
        with pytest.raises(TypeError, match="never changed or removed"):
            attempt()


@pytest.mark.parametrize("statement", ["UPDATE audit_auditevent SET author_name = 'x'", "DELETE FROM audit_auditevent"])
def test_the_database_refuses_as_well(event: AuditEvent, statement: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite" and "DELETE" in statement:
            cursor.execute(triggers.SQLITE["delete"])  # `conftest` has dropped it
        with pytest.raises(DatabaseError, match="never changed or removed"), transaction.atomic():
            cursor.execute(statement)
    assert AuditEvent.objects.get(pk=event.pk).author_name == "Alice Liddell"


def test_it_outlives_what_it_tells_of(project: Any, bob: Any) -> None:
    number = bob.pk
    made = events.record("member_removed", project=project, target=bob, by=bob)
    bob.delete()
    made.refresh_from_db()
    assert (made.author_id, made.author_name, made.target) == (number, "bob", "bob")


# Who is calling -------------------------------------------------------------------------------------------------------


def test_a_requests_caller_is_who_holds_its_token_and_forgotten_afterwards(rest: Any, monkeypatch: Any) -> None:
    seen = []
    kept = users.GetUser.handle

    def handle(self: Any, p: Any) -> Any:
        seen.append(caller.current())
        return kept(self, p)

    monkeypatch.setattr(users.GetUser, "handle", handle)
    rest.get("user")
    assert (seen[0].user.username, seen[0].token.name, seen[0].ip) == ("alice", "test", "127.0.0.1")
    assert caller.current() == caller.NOBODY


def test_a_pages_caller_is_whose_session_it_is(alice: Any) -> None:
    def page(request: Any) -> Any:
        request.user = alice
        return caller.current()

    assert caller.OneCallerARequest(page)(RequestFactory().get("/")).user == alice
    assert caller.current() == caller.NOBODY


def test_json_doors_never_look_at_the_session(page: Any, monkeypatch: Any) -> None:
    seen = []
    kept = errors.answer
    monkeypatch.setattr(errors, "answer", lambda error: seen.append(caller.current()) or kept(error))
    assert page.get("/api/v4/user").status_code == 401
    assert seen[0].user is None


def test_a_request_that_fails_leaves_nobody_behind(alice: Any) -> None:
    def broken(request: Any) -> None:
        caller.identified(Identity(alice), ip=None)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        caller.OneCallerARequest(broken)(RequestFactory().get("/"))
    assert caller.current() == caller.NOBODY
