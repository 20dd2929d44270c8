"""Objects as MLflow's JSON says them."""

from collections.abc import Sequence
from typing import Any

from api.mlflow.entities import run
from tracking import run_data
from tracking.models import Run

__all__ = ["run", "run_of", "runs_of"]


def run_of(subject: Run) -> dict[str, Any]:
    return runs_of([subject])[0]


def runs_of(subjects: Sequence[Run]) -> list[dict[str, Any]]:
    """Runs with all they logged, in a constant number of queries."""
    data = run_data.of(subjects)
    return [run.run(subject, data[subject.pk], {}, {}) for subject in subjects]
