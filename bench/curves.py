"""Draws what a request costs as one experiment grows."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench import report
from bench.goals import grown_to
from bench.measure import Found

COLOURS = {"tenon": "tab:blue", "mlflow": "tab:red", "fasttrackml": "tab:green"}
LINES = {"sqlite": "--", "postgres": "-"}
TITLES = {"W1": "W1 log-metric", "W5": "W5 runs/get", "W6": "W6 runs/search"}

Curve = list[tuple[int, float]]


def curve(found: Sequence[Found], database: str, target: str, code: str) -> Curve:
    """(runs, milliseconds of CPU at one client) for each size that was measured."""
    points = []
    for size in grown_to(found, database):
        for one in found:
            if (one.database, one.label, one.clients) == (database, f"W13/{size} {code}", 1):
                value = report.median(one.samples.get(target, {}).get("cpu ms", []))
                points += [] if math.isnan(value) else [(size, value)]
    return points


def draw(found: Sequence[Found], file: Path) -> bool:
    """Whether there was anything to draw."""
    if not any(grown_to(found, database) for database in LINES):
        return False
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    pyplot.rcParams["svg.hashsalt"] = "bench"
    figure, axes = pyplot.subplots(1, len(TITLES), figsize=(12, 4.5), layout="constrained")
    for axis, (code, title) in zip(axes, TITLES.items(), strict=True):
        _panel(axis, found, code)
        axis.set_title(title)
    axes[0].set_ylabel("ms of CPU a request, server and database")
    handles, labels = axes[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside lower center", ncols=3)
    figure.savefig(file, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
    return True


def _panel(axis: Any, found: Sequence[Found], code: str) -> None:
    for target, colour in COLOURS.items():
        for database, line in LINES.items():
            points = curve(found, database, target, code)
            if points:
                style = {"color": colour, "linestyle": line, "marker": "o"}
                axis.plot(*zip(*points, strict=True), label=f"{target}, {database}", **style)
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_xlabel("runs in the experiment")
    axis.grid(visible=True, which="major", alpha=0.3)
