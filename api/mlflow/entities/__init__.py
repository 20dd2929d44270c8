"""Objects as MLflow's JSON says them."""

from collections.abc import Iterable
from typing import Any

from api.mlflow.entities import inputs, run
from tracking.whole_runs import WholeRun

__all__ = ["run", "run_of", "runs_of"]


def run_of(whole: WholeRun) -> dict[str, Any]:
    linked = whole.links
    return run.run(whole.run, whole.data, inputs.inputs(linked), inputs.outputs(linked))


def runs_of(several: Iterable[WholeRun]) -> list[dict[str, Any]]:
    return [run_of(whole) for whole in several]
