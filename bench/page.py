"""Writes what was measured into `docs/performance.md`, between marks; what stands outside them is written by hand."""

import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from bench import goals, report
from bench.lineup import OURS
from bench.measure import Found

TITLES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
PAGE = "# Performance\n\n"
LEGEND = "Milliseconds: median (lowest..highest of the rounds). `xN`: Tenon uses an Nth of it; below 1 it loses."


def marks(section: str) -> tuple[str, str]:
    return f"<!-- {section}: written by a command -->", f"<!-- {section}: end -->"


def put(page: Path, section: str, text: str) -> None:
    """Replaces the section of the page, or adds it at the end."""
    begin, end = marks(section)
    whole = page.read_text() if page.exists() else PAGE
    new = f"{begin}\n\n{text.strip()}\n\n{end}"
    pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    whole = pattern.sub(lambda _: new, whole) if pattern.search(whole) else f"{whole.rstrip()}\n\n{new}\n"
    page.write_text(whole)


def keep(file: Path, facts: dict[str, str], found: Sequence[Found]) -> None:
    """Every sample, for whoever wants more than medians."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps({"facts": facts, "found": [one.as_json() for one in found]}, indent=1))


def kept(file: Path) -> tuple[dict[str, str], list[Found]]:
    """What `keep` has kept."""
    whole = json.loads(file.read_text())
    return whole["facts"], [Found(**{**one, "load": tuple(one["load"])}) for one in whole["found"]]


def servers(facts: dict[str, str], found: Sequence[Found], picture: str) -> str:
    """The section on the servers side by side. `picture`: the file of the curves, or "" if there are none."""
    parts = [
        report.rows(["measured", "with"], facts.items()),
        f"### CPU per request, server and database\n\n{LEGEND}",
        *(f"**{TITLES[name]}**\n\n{costs(found, name)}" for name in databases(found)),
        f"### What must hold\n\n{report.rows(goals.HEAD, (one.cells for one in goals.verdicts(found)))}",
        "### Memory and start",
        *(f"**{TITLES[name]}**\n\n{weights(found, name)}" for name in databases(found)),
        f"### Where Tenon loses\n\n{losses(found)}",
        "### As one experiment grows\n\n"
        + (f"![CPU per request over the number of runs]({picture})" if picture else ""),
        f"### Everything\n\nThe wall-clock figures belong to this machine on that day.\n{details(found)}",
    ]
    return "\n\n".join(part.strip() for part in parts if part)


def databases(found: Sequence[Found]) -> list[str]:
    return list(dict.fromkeys(one.database for one in found))


def costs(found: Sequence[Found], database: str) -> str:
    """Of the CPU: a row for each figure, a column for each server."""
    return _figures(found, database, lambda figure: figure.endswith("cpu ms"))


def weights(found: Sequence[Found], database: str) -> str:
    """Memory, and how long a start takes."""
    return _figures(found, database, lambda figure: "memory" in figure or figure.startswith("ready"))


def _figures(found: Sequence[Found], database: str, wanted: Callable[[str], bool]) -> str:
    fitting = [one for one in found if one.database == database and not one.quickack]
    targets = list(dict.fromkeys(name for one in fitting for name in one.samples))
    lines = []
    for one in fitting:
        figures = {figure: None for per_figure in one.samples.values() for figure in per_figure if wanted(figure)}
        for figure in figures:
            cells = [report.rated(one.samples, figure, target, OURS) for target in targets]
            lines.append([_name(one) + f", {figure}" * (figure != "cpu ms"), *cells])
    return report.rows(["workload", *targets], lines)


def _name(one: Found) -> str:
    clients = "1 client" if one.clients == 1 else f"{one.clients} clients"
    return f"{one.label}, {clients}" + ", acknowledged at once" * one.quickack


def losses(found: Sequence[Found]) -> str:
    """Every figure in which a peer was better, and everything that could not be measured."""
    lines = []
    for one in found:
        for target, samples in one.samples.items():
            for figure, theirs in samples.items():
                own = one.samples.get(OURS, {}).get(figure, [])
                ratio = report.times(figure, own, theirs)
                if target != OURS and figure not in report.UNRATED and ratio < 1:
                    lines.append([_name(one), one.database, target, figure, report.cell(own), report.cell(theirs)])
    invalid = [f"- {one.label}, {one.database}: {notes}" for one in found if (notes := _invalid(one))]
    head = ["workload", "database", "against", "figure", OURS, "the peer"]
    text = report.rows(head, lines) if lines else "In nothing that was measured."
    return text + ("\n\nNot measured, because something was wrong:\n\n" + "\n".join(invalid) if invalid else "")


def _invalid(one: Found) -> str:
    notes = {name: note for name, note in one.notes.items() if note.startswith("INVALID")}
    return "; ".join(f"{name}, {note}" for name, note in notes.items())


def details(found: Sequence[Found]) -> str:
    return "".join(report.section(one, OURS).replace("\n### ", "\n#### ") for one in found)
