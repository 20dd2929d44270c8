"""Every new content is inspected once, in the background, and what is found is recorded."""

import hashlib
import io
import logging
import os
import pickle
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts import caller
from accounts.models import User
from audit.models import AuditEvent
from lib import background
from lib.errors import Conflict
from packages import store, tasks
from packages.models import Blob, Package, Verdict
from packages.services import files, inspection


class Evil:
    def __reduce__(self) -> Any:
        return os.system, ("true",)


EVIL = pickle.dumps(Evil())

# Work is asked for after a transaction has been committed.
transactional = pytest.mark.django_db(transaction=True)


@transactional
def test_a_new_content_is_inspected_after_its_transaction(package: Package, alice: User, any_store: Path) -> None:
    for name, content in {"a.pkl": EVIL, "b.txt": b"hello", "empty": b""}.items():
        file = files.put(package, name, [content], by=alice)
        blob = Blob.objects.get(pk=file.blob_id)
        assert (blob.md5, blob.sha1) == (hashlib.md5(content).hexdigest(), hashlib.sha1(content).hexdigest())
        assert blob.verdict == (Verdict.DANGEROUS if content == EVIL else Verdict.IRRELEVANT)
        assert blob.inspected_at
    assert file.blob.findings == []


@transactional
def test_equal_bytes_are_inspected_once(package: Package, alice: User, folder: Path, monkeypatch: Any) -> None:
    asked: list[int] = []
    monkeypatch.setattr(tasks.inspect_blob, "delay", asked.append)
    for name in ("a", "b"):
        file = files.put(package, name, [b"same"], by=alice)
    assert asked == [file.blob_id]


@pytest.fixture
def blob(package: Package, alice: User, folder: Path) -> Blob:
    return files.put(package, "model.pkl", [EVIL], by=alice).blob


def test_what_is_dangerous_is_told_to_the_operator(blob: Blob, caplog: Any) -> None:
    with caplog.at_level(logging.WARNING):
        inspection.inspect(blob.pk)
    assert f"dangerous content in project {blob.project_id}: blob {blob.pk}, ['model.pkl']" in caplog.text


def test_what_is_dangerous_is_one_event_of_its_project(blob: Blob, alice: User) -> None:
    with caller.calling(alice, ip="203.0.113.5"):
        inspection.inspect(blob.pk)
        inspection.inspect(blob.pk, again=True)
    [event] = AuditEvent.objects.filter(action="dangerous_file_found")
    assert (event.project, event.target, event.author, event.ip) == (blob.project, "model.pkl", None, None)
    assert event.details["sha256"] == blob.sha256
    assert "system" in str(event.details["found"])


def test_what_is_harmless_is_no_event(package: Package, alice: User, folder: Path) -> None:
    inspection.inspect(files.put(package, "notes.txt", [b"hello"], by=alice).blob_id)
    assert not AuditEvent.objects.filter(action="dangerous_file_found").exists()


def test_twice_changes_nothing(blob: Blob) -> None:
    first = inspection.inspect(blob.pk)
    assert inspection.inspect(blob.pk) is None
    again = inspection.inspect(blob.pk, again=True)
    assert first is not None
    assert again is not None
    assert (first.verdict, first.findings) == (again.verdict, again.findings)


def test_a_content_that_is_gone_is_none(blob: Blob, package: Package) -> None:
    files.delete(package, "")
    Blob.objects.all().delete()
    assert inspection.inspect(blob.pk) is None


def test_lost_bytes_are_said(blob: Blob, caplog: Any) -> None:
    store.delete(blob.storage_key)
    found = inspection.inspect(blob.pk)
    assert found is not None
    assert found.verdict == Verdict.UNREADABLE
    assert "not in the store" in found.findings[0]["what"]


def test_a_store_that_is_away_leaves_it_for_later(blob: Blob, monkeypatch: Any) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise Conflict("away", status=503)

    monkeypatch.setattr(store, "read", fail)
    assert inspection.inspect(blob.pk) is None
    blob.refresh_from_db()
    assert blob.verdict == Verdict.PENDING


def test_what_was_lost_on_the_way_is_found_later(blob: Blob) -> None:
    assert inspection.pending() == []
    assert inspection.pending(all_ages=True) == [blob.pk]
    Blob.objects.update(created_at=timezone.now() - timedelta(minutes=2))
    inspection.inspect_pending()
    blob.refresh_from_db()
    assert blob.verdict == Verdict.DANGEROUS
    assert inspection.pending() == []


def test_the_command_inspects_what_waits_and_all_when_asked(blob: Blob) -> None:
    for options, expected in (([], "Dangerous: 1"), ([], ""), (["--all"], "Dangerous: 1")):
        out = io.StringIO()
        call_command("inspect", *options, stdout=out)
        assert out.getvalue().strip() == expected


@transactional
def test_nobody_waits_for_it_where_there_is_no_broker(
    package: Package, alice: User, folder: Path, settings: Any, monkeypatch: Any
) -> None:
    import threading

    settings.BACKGROUND_THREAD = True
    inspected, go_on = [], threading.Event()

    def inspect(pk: int) -> None:
        go_on.wait(10)
        inspected.append((pk, threading.current_thread().name))

    monkeypatch.setattr(inspection, "inspect", inspect)
    made = [files.put(package, name, [name.encode()], by=alice).blob_id for name in ("a", "b")]
    assert inspected == []
    go_on.set()
    assert background.wait(10)
    assert inspected == [(pk, "background") for pk in made]


def test_the_thread_outlives_a_task_that_fails_and_a_queue_that_is_full(monkeypatch: Any, caplog: Any) -> None:
    done: list[int] = []
    assert background.put(lambda: 1 / 0)
    assert background.put(lambda: done.append(1))
    assert background.wait(10)
    assert done == [1]
    assert "ZeroDivisionError" in caplog.text
    monkeypatch.setattr(background._waiting, "maxsize", 1)
    monkeypatch.setattr(background, "_start", lambda: None)
    background._waiting.queue.append(lambda: None)
    assert not background.put(lambda: None)
    background._waiting.queue.clear()
