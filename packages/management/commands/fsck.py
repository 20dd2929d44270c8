"""`manage.py fsck`: whether rows, bytes and counters agree."""

import argparse
import sys
from typing import Any

from lib.commands import ServiceCommand
from lib.progress import Progress
from packages.models import Blob
from packages.services import fsck


class Command(ServiceCommand):
    help = (
        "Checks that every kept content is in the store with its size, and that each project's counter is right; "
        "prints what is wrong and ends with status 1 if anything is. Changes nothing without --repair."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--repair", action="store_true", help="set wrong counters right (lost bytes stay lost)")
        parser.add_argument("--read", action="store_true", help="read all content and compare it with its SHA-256")

    def handle(self, *args: Any, repair: bool, read: bool, **options: Any) -> None:
        left = repaired = 0
        with Progress(Blob.objects.count(), sys.stderr, unit="files") as progress:
            for problems in (fsck.counters(repair=repair), fsck.bytes_of_blobs(read=read, seen=progress.step)):
                for problem in problems:
                    progress.clear()
                    self.stdout.write(problem.text + (" (repaired)" if problem.repaired else ""))
                    repaired, left = repaired + problem.repaired, left + (not problem.repaired)
        self.explain(f"{left} problems" + (f", {repaired} more repaired" if repaired else ""))
        if left:
            raise SystemExit(1)
