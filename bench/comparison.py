"""A whole comparison: starts the servers of each database, measures, prints, and ends everything."""

import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench import machine, page, report
from bench.lineup import OURS, lineup
from bench.measure import Bench, Found, Stage


@dataclass
class Comparison:
    """`names` of servers on `databases`; every sample is kept in `file` as soon as it is there."""

    names: tuple[str, ...]
    databases: tuple[str, ...]
    stages: Sequence[Stage]
    file: Path
    facts: dict[str, str] = field(default_factory=dict)
    found: list[Found] = field(default_factory=list)

    def run(self) -> None:
        rounds = max((stage.rounds for stage in self.stages), default=0)
        seconds = self.stages[0].workload.options.seconds if self.stages else 0
        self.facts = machine.facts() | {"slices": f"{rounds} rounds of {seconds:g} s, servers in turns"}
        if set(self.names) != {OURS}:
            self.facts |= machine.peers()
        with tempfile.TemporaryDirectory(prefix="tenon-bench-") as folder:
            for database in self.databases:
                self._on(database, Path(folder))
        highest = max((max(one.load) for one in self.found), default=0.0)
        self.facts["highest load"] = f"{highest:.2f}, what the servers and the clients make included"

    def _on(self, database: str, folder: Path) -> None:
        with lineup(database, self.names, folder) as servers:
            self.facts |= machine.database(servers)
            Bench(database, servers.targets, servers.settle).run(self.stages, self._show)

    def _show(self, one: Found) -> None:
        write(report.section(one, OURS))
        self.found.append(one)
        page.keep(self.file, self.facts, self.found)

    def status(self) -> int:
        """1 when a server lost something or answered wrongly."""
        return int(any(one.invalid for one in self.found))


def write(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
