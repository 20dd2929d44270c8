"""`manage.py sweep`: removes bytes that nothing names."""

import argparse
import sys
from datetime import timedelta
from typing import Any

from lib import sizes
from lib.commands import ServiceCommand, hours
from lib.progress import Progress
from packages.models import Blob
from packages.services import sweep


class Command(ServiceCommand):
    help = (
        "Removes what killed or broken uploads have left in the store, and prints each thing that it removed. "
        "It removes at once; with --dry-run it only says what it would remove."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="remove nothing")
        parser.add_argument(
            "--older-than",
            type=hours,
            metavar="HOURS",
            help="leave younger things alone; longer than the longest upload takes (default: ORPHAN_GRACE_HOURS)",
        )

    def handle(self, *args: Any, older_than: timedelta | None, dry_run: bool, **options: Any) -> None:
        count = size = 0
        with Progress(Blob.objects.count(), sys.stderr, unit="objects") as progress:
            for orphan in sweep.sweep(older_than, dry_run=dry_run, seen=progress.step):
                progress.clear()
                self.stdout.write(f"{orphan.key}  {orphan.kind}{_sized(orphan)}")
                count, size = count + 1, size + (orphan.size or 0)
        self.explain(f"{'Found' if dry_run else 'Removed'} {count} orphans with {sizes.exact(size)}.")


def _sized(orphan: sweep.Orphan) -> str:
    return "" if orphan.size is None else f", {sizes.short(orphan.size)}"
