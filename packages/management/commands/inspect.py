"""`manage.py inspect`: what the background work does with new files, here and now."""

import argparse
import sys
from collections import Counter
from typing import Any

from lib.commands import ServiceCommand
from lib.progress import Progress
from packages.models import Verdict
from packages.services import inspection


class Command(ServiceCommand):
    help = "Scans the contents that wait for it, and prints how many got which verdict."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--all", action="store_true", help="those that have a verdict as well, as after an upgrade")

    def handle(self, *args: Any, **options: Any) -> None:
        again = options["all"]
        found = inspection.everything() if again else inspection.pending(all_ages=True)
        verdicts: Counter[str] = Counter()
        with Progress(len(found), sys.stderr, unit="contents") as progress:
            for pk in found:
                blob = inspection.inspect(pk, again=again)
                verdicts[Verdict(blob.verdict).label if blob else "Gone or left for later"] += 1
                progress.step()
        for verdict, count in verdicts.most_common():
            self.stdout.write(f"{verdict}: {count}")
