"""Objects as MLflow's JSON says them."""

from collections.abc import Sequence
from typing import Any

from api.mlflow.entities import inputs, run
from tracking import run_data, run_links
from tracking.models import Run

__all__ = ["run", "run_of", "runs_of"]


def run_of(subject: Run) -> dict[str, Any]:
    return runs_of([subject])[0]


# A statement takes at most 32,766 values on some builds of SQLite.
AT_ONCE = 10_000


def runs_of(subjects: Sequence[Run]) -> list[dict[str, Any]]:
    """Runs with all they logged: six queries for every 10,000 runs."""
    told = []
    for start in range(0, len(subjects), AT_ONCE):
        some = subjects[start : start + AT_ONCE]
        data, links = run_data.of(some), run_links.of(some)
        for subject in some:
            linked = links[subject.pk]
            told.append(run.run(subject, data[subject.pk], inputs.inputs(linked), inputs.outputs(linked)))
    return told
