"""The matrix: every line of the URL lists, asked by everybody, against the table of expected answers.

Each request is right in every way (`requests.py`), and each is asked from the same state: whatever it does is undone.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects.models import Namespace, Project
from tests.access import propose, refusals
from tests.access import world as worlds
from tests.access.lines import Line, offered
from tests.access.requests import request_of
from tests.access.table import PRIVATE, REFUSED, SIGN_IN, YES, Cell, Row, rows
from tests.access.world import World
from tests.access.writes import written
from tracking.services import metric_keys

pytestmark = pytest.mark.django_db

LINES = {str(line): line for line in offered()}
ROWS = {str(row): row for row in rows()}
# There is no provider to sign in with, nobody may sign up, and nobody has a security key.
NOT_SET_UP = ("/users/auth/", "/users/sign_up", "/users/blocked", "/-/user_settings/security/keys/<pk>/")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Made once for all rows; each test's own transaction is within this one."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield worlds.build()
        transaction.set_rollback(True)


def test_every_line_of_the_url_lists_has_a_row_and_every_row_a_line() -> None:
    missing = propose.missing()
    told = "\n".join(["matrix.md has no row for:", *map(str, missing), "", "python -m tests.access proposes:", ""])
    assert not missing, told + propose.proposal(missing)
    assert propose.stale() == [], "rows in tests/access/matrix.md for what is no longer offered"


def test_no_row_stands_twice() -> None:
    assert len(rows()) == len(ROWS)


@pytest.mark.parametrize("name", ROWS)
def test_everybody_gets_what_the_table_says(world: World, name: str) -> None:
    if name not in LINES:
        pytest.fail(f"{name} is no longer offered")
    row, line = ROWS[name], LINES[name]
    wrong = [told for cell in row.expected() if (told := difference(world, row, line, cell))]
    assert not wrong, f"{row}:\n" + "\n".join(wrong)
    shown = any(cell.expected not in REFUSED for cell in row.expected())
    assert shown or line.address.startswith(NOT_SET_UP), f"{row}: for nobody, so nothing is shown"


HIDDEN = [name for name, row in ROWS.items() if row.cells["stranger"] == "404" and re.search("<(project|group)>", name)]


@pytest.mark.parametrize("name", HIDDEN)
def test_a_stranger_is_told_of_what_is_hidden_as_of_what_is_not_there(world: World, name: str) -> None:
    line, stranger = LINES[name], world.callers["stranger"]
    place = "project" if "<project>" in name else "group"
    missing = {"project": "acme/nothing" if ROWS[name].is_page else "999999", "group": "nothing"}[place]
    answers = []
    for others in ({}, {place: missing}):
        with undone():
            request = request_of(world, line, stranger, **others)
            with CaptureQueriesContext(connection) as queries:
                answered = request.by(stranger)
        answers.append((answered.status_code, refusals.masked(answered.content), len(queries)))
    assert answers[0] == answers[1]


def difference(world: World, row: Row, line: Line, cell: Cell) -> str:
    """What is not as the table has it; "" when all is."""
    caller = world.callers[cell.caller]
    with undone():
        seen_by(world, cell.seen)
        request = request_of(world, line, caller)
        with written() as changes:
            answered = request.by(caller)
        got = said(answered)
    who = f"  {cell.caller}, where it is {cell.seen.label}"
    if got != cell.expected:
        return f"{who}: {cell.expected} expected, but got {got} {content(answered)[:200]!r}"
    # Whoever has just signed out is told to sign in as well.
    if got in REFUSED or (got == SIGN_IN and not caller.session):
        if changes:
            return f"{who}: refused with {got}, but it changed something: {changes[0][:200]}"
        if fault := refusals.fault(row, line, answered):
            return f"{who}: {fault}"
    return ""


def said(answered: Any) -> str:
    if answered.status_code == 302 and answered["Location"].partition("?")[0] == reverse("sign-in"):
        return SIGN_IN
    return YES if answered.status_code < 400 else str(answered.status_code)


def content(answered: Any) -> bytes:
    return b"" if answered.streaming else bytes(answered.content)


def seen_by(world: World, visibility: int) -> None:
    if visibility != PRIVATE:
        Project.objects.filter(pk=world.project.pk).update(visibility=visibility)
        Namespace.objects.filter(pk=world.group.pk).update(visibility=visibility)


@contextmanager
def undone() -> Iterator[None]:
    """What the process remembers is forgotten with the rows."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    metric_keys.forget()
    cache.clear()
