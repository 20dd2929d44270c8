"""`manage.py purge`: what was deleted long ago goes for good."""

import argparse
import sys
from datetime import timedelta
from typing import Any

from lib.commands import ServiceCommand, hours
from lib.progress import Progress
from tracking.services import purge


class Command(ServiceCommand):
    help = (
        "Removes deleted runs, logged models, experiments and projects for good, with their files: those that were "
        "deleted longer ago than RETENTION_DAYS. Until then they can be restored."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="remove nothing, only count")
        parser.add_argument(
            "--older-than", type=hours, metavar="TIME", help="as 12h or 30d; 0 for all (default: RETENTION_DAYS)"
        )

    def handle(self, *args: Any, older_than: timedelta | None, dry_run: bool, **options: Any) -> None:
        found = purge.expired(older_than)
        if not dry_run:
            with Progress(found.total, sys.stderr, unit="removed") as progress:
                found = purge.purge(older_than, done=progress.step)
        self.explain(("Would remove " if dry_run else "Removed ") + _counted(found))


def _counted(found: purge.Found) -> str:
    return (
        f"{found.runs} runs, {found.logged_models} logged models, {found.experiments} experiments and "
        f"{found.projects} projects."
    )
