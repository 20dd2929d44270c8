"""What was done in a project or group, and by whom: as a page, and as CSV."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from msgspec import json

from audit.models import AuditEvent
from lib import sheets
from projects.models import Namespace, Project
from projects.roles import Ability, GroupAbility
from web import gate, query

PAGE_SIZE = 50
COLUMNS = {
    "id": "pk",
    "created_at": "created_at",
    "author": "author_name",
    "author_id": "author_id",
    "action": "action",
    "entity": "entity_path",
    "target_type": "target_type",
    "target": "target",
    "details": "details",
    "token": "token_name",
    "token_id": "token_number",
    "job": "job",
    "ip": "ip",
}


@require_safe
@gate.project_page(Ability.ADMIN_PROJECT)
def of_project(request: HttpRequest, project: Project) -> HttpResponse:
    """What was done in a project, newest first."""
    found = AuditEvent.objects.filter(project=project.pk)
    return _page(request, found, project=project, section="audit")


@require_safe
@gate.project_page(Ability.ADMIN_PROJECT)
def of_project_csv(request: HttpRequest, project: Project) -> StreamingHttpResponse:
    """The same, all of it, for a spreadsheet."""
    return _csv(request, AuditEvent.objects.filter(project=project.pk), f"audit-events-{project.pk}")


@require_safe
@gate.group_page(GroupAbility.ADMIN_GROUP)
def of_group(request: HttpRequest, group: Namespace) -> HttpResponse:
    """What was done in a group itself, newest first."""
    return _page(request, AuditEvent.objects.filter(namespace=group.pk), group=group, section="audit")


@require_safe
@gate.group_page(GroupAbility.ADMIN_GROUP)
def of_group_csv(request: HttpRequest, group: Namespace) -> StreamingHttpResponse:
    """The same, all of it, for a spreadsheet."""
    return _csv(request, AuditEvent.objects.filter(namespace=group.pk), f"audit-events-group-{group.pk}")


def _page(request: HttpRequest, found: QuerySet[AuditEvent], **context: Any) -> HttpResponse:
    words = query.text(request, "action", longest=64)
    page = query.numbered_page(request, _matching(found, words).order_by("-pk"), PAGE_SIZE)
    return render(request, "web/audit_events.html", {"page": page, "action": words, **context})


def _matching(found: QuerySet[AuditEvent], words: str) -> QuerySet[AuditEvent]:
    return found.filter(action__icontains=words.replace(" ", "_")) if words else found


def _csv(request: HttpRequest, found: QuerySet[AuditEvent], name: str) -> StreamingHttpResponse:
    wanted = _matching(found, query.text(request, "action", longest=64)).order_by("-pk")
    answer = StreamingHttpResponse(sheets.lines(list(COLUMNS), _rows(wanted)), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    answer["Cache-Control"] = "private, no-store"
    return answer


def _rows(found: QuerySet[AuditEvent]) -> Iterator[list[Any]]:
    for row in found.values_list(*COLUMNS.values()).iterator(chunk_size=500):
        told = dict(zip(COLUMNS, row, strict=True))
        told["created_at"] = told["created_at"].isoformat()
        told["details"] = json.encode(told["details"]).decode() if told["details"] else ""
        yield list(told.values())
