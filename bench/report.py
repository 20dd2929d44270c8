"""Medians, spreads and ratios, as Markdown tables."""

import math
import statistics
from collections.abc import Iterable, Sequence

from bench.measure import Found, Samples

# These say how a slice went, not how good a server is.
UNRATED = ("generator cpu %", "errors", "requests", "points lost or doubled", "processes", "memory drift MiB")


def higher_is_better(figure: str) -> bool:
    return figure.endswith("/s")


def number(value: float) -> str:
    if math.isnan(value):
        return "-"
    if value == int(value) and abs(value) < 1e6:
        return str(int(value))
    return f"{value:.3g}" if abs(value) < 100 else f"{value:,.0f}"


def median(values: Sequence[float]) -> float:
    return statistics.median(values) if values else math.nan


def cell(values: Sequence[float]) -> str:
    """The median, and from where to where the rounds went."""
    if not values:
        return "-"
    text = number(median(values))
    return text if len(values) == 1 else f"{text} ({number(min(values))}..{number(max(values))})"


def times(figure: str, one: Sequence[float], other: Sequence[float]) -> float:
    """How many times as good `one` is as `other`: the median over rounds, whose slices ran next to each other."""
    pairs = zip(one, other, strict=False)
    ratios = [a / b if higher_is_better(figure) else b / a for a, b in pairs if a and b]
    return median(ratios)


def rows(titles: Sequence[str], lines: Iterable[Sequence[str]]) -> str:
    """A table whose first column is text."""
    head = [f"| {' | '.join(titles)} |", "|---|" + "---:|" * (len(titles) - 1)]
    return "\n".join([*head, *(f"| {' | '.join(line)} |" for line in lines)])


def table(samples: Samples, baseline: str, notes: dict[str, str]) -> str:
    """A row a figure, a column a target; `xN` is how many times as good as it the baseline is."""
    targets = list(dict.fromkeys([*samples, *notes]))
    figures = list(dict.fromkeys(figure for per_figure in samples.values() for figure in per_figure))
    lines = [[figure, *(rated(samples, figure, target, baseline) for target in targets)] for figure in figures]
    said = "".join(f"\n- **{target}**: {note}" for target, note in notes.items())
    return rows(["figure", *targets], lines) + ("\n" + said if said else "")


def rated(samples: Samples, figure: str, target: str, baseline: str) -> str:
    values = samples.get(target, {}).get(figure, [])
    text = cell(values)
    ours = samples.get(baseline, {}).get(figure, [])
    if not values or not ours or target == baseline or figure in UNRATED:
        return text
    ratio = times(figure, ours, values)
    return text if math.isnan(ratio) else f"{text} x{number(ratio)}"


def section(found: Found, baseline: str) -> str:
    acknowledged = ", acknowledged at once" if found.quickack else ""
    heading = f"{found.database}, {found.label}: {found.title}; clients: {found.clients}{acknowledged}"
    load = f"load {found.load[0]:.2f} before, {found.load[1]:.2f} after"
    return f"\n### {heading}\n\n{load}\n\n{table(found.samples, baseline, found.notes)}\n"
