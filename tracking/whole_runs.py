"""Runs with all they logged, as lists and single reads of them answer: one query, however many runs."""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.errors import NotFound
from lib.statements import Rows
from projects.models import Project
from tracking import run_links
from tracking.models import Run
from tracking.models.run import missing
from tracking.run_data import MetricPoint, RunData
from tracking.run_links import RunLinks
from tracking.sql import reads

# A text that is passed to a statement should stay small.
AT_ONCE = 10_000


@dataclass(slots=True)
class WholeRun:
    """A run with its experiment loaded, its latest metrics, params and tags, and what it started from and made."""

    run: Run
    data: RunData
    links: RunLinks


def find(project: Project, run_id: str) -> WholeRun:
    """NotFound in MLflow's words when the project has no run with this id."""
    found = list(_gathered(reads.whole_run(project.pk, run_id)).values())
    if not found:
        raise NotFound(missing(run_id))
    return found[0]


def of(keys: Sequence[int]) -> list[WholeRun]:
    """Those that there still are of the runs with these primary keys, in the order of the keys."""
    told: list[WholeRun] = []
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        found = _gathered(reads.whole_runs(some))
        told += [found[pk] for pk in some if pk in found]
    return told


def _gathered(rows: Rows) -> dict[int, WholeRun]:
    whole = {row[1]: WholeRun(reads.run_told(row[3]), RunData(), RunLinks()) for row in rows if row[0] == reads.RUN}
    # By key; links in the order in which they were logged.
    rows.sort(key=_place)
    with_datasets: set[int] = set()
    for kind, pk, key, text, value, is_nan, number, step in rows:
        found = whole[pk]
        if kind == reads.METRIC:
            found.data.metrics.append(MetricPoint(key, float("nan") if is_nan else value, number, step))
        elif kind == reads.PARAM:
            found.data.params.append((key, text))
        elif kind == reads.TAG:
            found.data.tags.append((key, text))
        elif kind == reads.MODEL_IN:
            found.links.models_in.append(text)
        elif kind == reads.MODEL_OUT:
            found.links.models_out.append((text, step))
        elif kind == reads.DATASET:
            with_datasets.add(pk)
    for pk, datasets in run_links.datasets_of(with_datasets).items():
        whole[pk].links.datasets = datasets
    return whole


def _place(row: tuple[int, int, str, str, float, bool, int, int]) -> tuple[str, int]:
    return row[2], row[6]
