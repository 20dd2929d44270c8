"""What must hold, and whether it did: how many times as good as each peer, and what stands for itself."""

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench import report, seeds
from bench.lineup import FAST, OURS, STOCK
from bench.measure import Found

CPU = ("cpu ms",)
REGISTRY = ("models cpu ms", "versions of one cpu ms", "versions of all cpu ms")
HISTORY = ("whole cpu ms", "paged cpu ms")
BOTH = ("sqlite", "postgres")


@dataclass(frozen=True)
class Goal:
    """Every one of the figures is at least so many times as good as the peer's."""

    label: str
    peer: str
    at_least: float
    databases: tuple[str, ...] = BOTH
    figures: tuple[str, ...] = CPU


def _against(label: str, peer: str, *, postgres: float, sqlite: float) -> list[Goal]:
    return [Goal(label, peer, postgres, ("postgres",)), Goal(label, peer, sqlite, ("sqlite",))]


GOALS = [
    *_against("W1", STOCK, postgres=10, sqlite=25),
    *_against("W1", FAST, postgres=3, sqlite=1.5),
    *_against("W2", STOCK, postgres=12, sqlite=25),
    *_against("W2", FAST, postgres=3, sqlite=8),
    Goal("W3", STOCK, 10),
    Goal("W3", FAST, 3),
    Goal("W4", STOCK, 12),
    *_against("W4", FAST, postgres=1.5, sqlite=0.8),
    Goal("W5", STOCK, 12),
    Goal("W5", FAST, 1.3),
    Goal("W13/10000 W6", STOCK, 25),
    Goal("W13/10000 W6", FAST, 3),
    *_against("W13/100000 W6", STOCK, postgres=20, sqlite=300),
    Goal("W13/100000 W6", FAST, 8),
    Goal("W7", STOCK, 20, figures=HISTORY),
    Goal("W7", FAST, 3, figures=HISTORY),
    Goal("W8", STOCK, 1.5, figures=("up 1024 MB/s", "down 1024 MB/s")),
    Goal("W9", STOCK, 10, figures=REGISTRY),
    Goal("W10", STOCK, 5, figures=("total s",)),
    Goal("W10", FAST, 1, figures=("total s",)),
]


@dataclass(frozen=True)
class Verdict:
    """`measured` is NaN where there was nothing to measure, which meets nothing."""

    what: str
    database: str
    against: str
    goal: str
    measured: float
    met: bool

    @property
    def cells(self) -> list[str]:
        answer = "not measured" if math.isnan(self.measured) else ("yes" if self.met else "**no**")
        return [self.what, self.database, self.against, self.goal, report.number(self.measured), answer]


HEAD = ["what", "database", "against", "must be", "is", "met"]


def verdicts(found: Sequence[Found]) -> list[Verdict]:
    measured = [one for one in found if not one.quickack]
    return [*_beside_peers(measured), *_growth(measured), *_alone(measured)]


def _beside_peers(found: Sequence[Found]) -> Iterator[Verdict]:
    for goal in GOALS:
        for one in found:
            if one.label == goal.label and one.database in goal.databases:
                for figure in goal.figures:
                    yield _compare(goal, one, figure)


def _compare(goal: Goal, one: Found, figure: str) -> Verdict:
    ours = one.samples.get(OURS, {}).get(figure, [])
    theirs = one.samples.get(goal.peer, {}).get(figure, [])
    ratio = report.times(figure, ours, theirs)
    what = f"{one.label}, {one.clients} client{'s' * (one.clients > 1)}, {figure}"
    return Verdict(what, one.database, goal.peer, f"≥ {goal.at_least:g}x", ratio, ratio >= goal.at_least)


def ours(found: Sequence[Found], database: str, label: str, figure: str = "cpu ms") -> float:
    """The median of the figure at one client, or at the only number there is."""
    fitting = [one for one in found if (one.database, one.label) == (database, label)]
    alone = [one for one in fitting if one.clients == 1] or fitting
    return report.median(alone[0].samples.get(OURS, {}).get(figure, [])) if alone else math.nan


def _growth(found: Sequence[Found]) -> Iterator[Verdict]:
    """From the fewest to the most runs: W1 and W5 stay, W6 grows no faster than the runs that match."""
    for database in BOTH:
        sizes = grown_to(found, database)
        if len(sizes) < 2:
            continue
        few, many = sizes[0], sizes[-1]
        for code in ("W1", "W5"):
            ratio = ours(found, database, f"W13/{many} {code}") / ours(found, database, f"W13/{few} {code}")
            yield _at_most(f"{code}, cost at {many:,} runs to {few:,}", database, 1.3, ratio)
        for fewer, more in itertools.pairwise(sizes):
            ratio = ours(found, database, f"W13/{more} W6") / ours(found, database, f"W13/{fewer} W6")
            linear = seeds.matches(more) / seeds.matches(fewer)
            yield _at_most(f"W6, cost at {more:,} runs to {fewer:,}", database, linear, ratio)


def grown_to(found: Sequence[Found], database: str) -> list[int]:
    labels = {one.label for one in found if one.database == database and one.label.startswith("W13/")}
    return sorted({int(label.split()[0].removeprefix("W13/")) for label in labels})


# (label, figure, at most)
ALONE = [
    ("W11", "ready s", 3.0),
    ("W11", "idle memory MiB", 250.0),
    ("W12", "errors", 0.0),
    ("W12", "points lost or doubled", 0.0),
    # Flat: the last quarter of the soak lies no more above the second.
    ("W12", "memory drift MiB", 16.0),
]


def _alone(found: Sequence[Found]) -> Iterator[Verdict]:
    for label, figure, most in ALONE:
        for one in found:
            if one.label == label:
                yield _at_most(f"{label}, {figure}", one.database, most, ours(found, one.database, label, figure))


def _at_most(what: str, database: str, most: float, value: float) -> Verdict:
    return Verdict(what, database, "-", f"≤ {report.number(most)}", value, value <= most)
