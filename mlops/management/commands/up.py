"""`manage.py up`: everything from an empty folder to a service that answers. `make run` is this."""

import shlex
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import DatabaseError, connection, connections

from mlops import first_start, server
from mlops.env import refuse


class Command(BaseCommand):
    help = "Prepares the database, fills an empty one, prints how to reach the service, and serves until Ctrl-C."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if reason := server.why_not(settings.HOST, settings.PORT):
            where = f"{settings.HOST}:{settings.PORT}"
            refuse(f"cannot listen on {where} ({reason}); another port is given with `make run PORT=8001`")
        # This process asks the database a few questions only; a pool would outlast an unreachable one.
        connection.settings_dict["OPTIONS"].pop("pool", None)
        try:
            kept = first_start.prepare()
            credentials = first_start.unshown()
            text = "\n".join(introduction(credentials, kept=kept))
        except DatabaseError as error:
            refuse(f"the database cannot be used ({_first_line(error)})")
        connections.close_all()
        server.serve(settings.HOST, settings.PORT, ready=lambda: self._show(text))

    def _show(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()
        first_start.shown()


def introduction(credentials: first_start.Credentials | None, *, kept: bool) -> list[str]:
    """The lines a person needs. Secrets are in them only if nobody has seen them yet."""
    lines = [f"All existing data in {settings.DATA_DIR} is kept."] if kept else []
    lines.append(f"Web:      {settings.EXTERNAL_URL}/")
    if credentials:
        lines.append(f"Sign in:  {credentials.username} / {credentials.password}")
    if project := first_start.first_project():
        lines.append(f"export MLFLOW_TRACKING_URI={settings.EXTERNAL_URL}/api/v4/projects/{project.pk}/ml/mlflow")
    if credentials:
        lines.append(f"export MLFLOW_TRACKING_TOKEN={credentials.token}")
    else:
        lines.append(f"A new token:  {_manage(f'issue_token {first_start.ADMINISTRATOR} --name laptop --scope api')}")
    return [*lines, "Ctrl-C stops it."]


def _manage(command: str) -> str:
    """A line to paste that reaches this very database, from whatever folder."""
    script = Path(settings.BASE_DIR) / "manage.py"
    return f"DATA_DIR={shlex.quote(str(settings.DATA_DIR))} {shlex.quote(sys.executable)} {script} {command}"


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
