"""Makes people and projects in a live server's database, and looks into it.

It reads one JSON object a line and answers with one a line. It is started by `tests/live.py` with the server's own
environment, because setting up Django anew for each would take a second.
"""

import json
import os
import secrets
import sys
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "mlops.settings"
django.setup()

from django.db import connections  # noqa: E402

from accounts.services import tokens  # noqa: E402
from audit.models import AuditEvent  # noqa: E402
from projects.models import Project  # noqa: E402
from projects.services import members, projects, users  # noqa: E402
from registry.models import AliasMove  # noqa: E402


def tenant(*, name: str, visibility: int) -> dict[str, Any]:
    password = secrets.token_urlsafe(12)
    user = users.create(name, password=password)
    project = projects.create(user.namespace, by=user, name="Fraud", path="fraud", visibility=visibility)
    return _answer(user, password, project, ["api"])


def member(*, name: str, project_id: int, role: int, scopes: list[str]) -> dict[str, Any]:
    password = secrets.token_urlsafe(12)
    user = users.create(name, password=password)
    project = Project.objects.get(pk=project_id)
    members.set_role(user, project, role)
    return _answer(user, password, project, scopes)


def history(*, project_id: int) -> dict[str, Any]:
    """What is kept of a project's past: audit events and moves of aliases, each in order."""
    events = AuditEvent.objects.filter(project=project_id).order_by("pk")
    moves = AliasMove.objects.filter(model__project=project_id).order_by("pk")
    return {
        "events": [{"action": one.action, **one.details} for one in events],
        "moves": [{"model": one.model.name, "alias": one.name, "number": one.number} for one in moves],
    }


def _answer(user: Any, password: str, project: Project, scopes: list[str]) -> dict[str, Any]:
    _, token = tokens.issue(user, name="test", scopes=scopes)
    return {
        "username": user.username,
        "password": password,
        "token": token,
        "project_id": project.pk,
        "path": f"{project.namespace.full_path}/{project.path}",
    }


for line in sys.stdin:
    request = json.loads(line)
    answer = {"tenant": tenant, "member": member, "history": history}[request.pop("do")](**request)
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
connections.close_all()
