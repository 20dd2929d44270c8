"""Objects as MLflow's JSON says them."""

from collections.abc import Sequence
from typing import Any

from api.mlflow.entities import inputs, run
from tracking import run_data, run_links
from tracking.models import Run

__all__ = ["run", "run_of", "runs_of"]


def run_of(subject: Run) -> dict[str, Any]:
    return runs_of([subject])[0]


def runs_of(subjects: Sequence[Run]) -> list[dict[str, Any]]:
    """Runs with all they logged, in a constant number of queries."""
    data, links = run_data.of(subjects), run_links.of(subjects)
    return [
        run.run(subject, data[subject.pk], inputs.inputs(links[subject.pk]), inputs.outputs(links[subject.pk]))
        for subject in subjects
    ]
