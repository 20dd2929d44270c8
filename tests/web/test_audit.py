"""The page of audit events, and its CSV."""

import csv
import io
from typing import Any

from django.test import Client

from accounts import caller
from audit.services import events
from projects.models import Project
from projects.services import namespaces, projects


def rows(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode())))


def test_the_page_says_who_did_what(page: Client, project: Project, alice: Any) -> None:
    with caller.calling(alice, ip="192.0.2.1"):
        projects.update(project, description="<b>new</b>")
    shown = page.get("/acme/fraud/-/audit_events").content.decode()
    for told in ("Alice Liddell", "project_updated", "192.0.2.1", "&lt;b&gt;new&lt;/b&gt;", "member_created"):
        assert told in shown
    assert "member_created" not in page.get("/acme/fraud/-/audit_events?action=project").content.decode()


def test_what_is_in_a_group_stays_in_it(page: Client, project: Project, group: Any) -> None:
    namespaces.update(group, description="new")
    shown = page.get("/groups/acme/-/audit_events").content.decode()
    assert "group_updated" in shown
    assert "project_created" not in shown
    assert [row["action"] for row in rows(page.get("/groups/acme/-/audit_events.csv"))] == [
        "group_updated",
        "group_created",
    ]


def test_nothing_in_the_csv_is_taken_for_a_formula(page: Client, project: Project) -> None:
    for evil in ('=HYPERLINK("http://evil")', "+1", "-1", "@SUM(A1)", "\t=1", " =1", 'fine, "quoted"'):
        events.record("tried", project=project, target=evil)
    answer = page.get("/acme/fraud/-/audit_events.csv?action=tried")
    assert answer["Content-Disposition"] == f'attachment; filename="audit-events-{project.pk}.csv"'
    cells = [row["target"] for row in rows(answer)]
    assert cells == ['fine, "quoted"', "' =1", "'\t=1", "'@SUM(A1)", "'-1", "'+1", '\'=HYPERLINK("http://evil")']


def test_what_is_switched_off_is_hidden(page: Client, project: Project) -> None:
    assert b"Latest runs" in page.get("/acme/fraud").content
    projects.update(project, experiments_access=0)
    shown = page.get("/acme/fraud")
    assert b"Latest runs" not in shown.content
    assert b"/acme/fraud/-/ml/experiments" not in shown.content
    assert page.get("/acme/fraud/-/ml/experiments").status_code == 404
