"""W6: the search that everybody's page of runs is."""

import json
from typing import Any

from bench import seeds
from bench.target import Target
from bench.workload import Figures, Options, Read, Workload, load_figures, require

FILTER = "metrics.acc > 0.9 and params.model = 'rf'"


class SearchRuns(Workload):
    code = "W6"

    def __init__(self, options: Options, *, experiment: str = "", runs: int = 0) -> None:
        super().__init__(options)
        self.runs = runs or options.runs
        self.experiment = experiment or f"bench-seed-{self.runs}"
        self.title = f"runs/search in {self.runs:,} runs, by metrics.loss, page of 100"

    def prepare(self, target: Target) -> str:
        experiment = target.experiment(self.experiment)
        seeds.fill(target, experiment, self.runs, self.options)
        return experiment

    def slice(self, target: Target, state: str, clients: int) -> Figures:
        wanted = seeds.matching(self.runs)

        def check(body: bytes) -> None:
            got = [_name(run) for run in json.loads(body).get("runs", [])]
            require(got == wanted, f"{len(got)} runs, first {got[:3]}; wanted {len(wanted)}, first {wanted[:3]}")

        question = {"experiment_ids": [state], "filter": FILTER, "order_by": ["metrics.loss ASC"], "max_results": 100}
        request = target.raw_post("runs/search", json.dumps({**question, "run_view_type": "ACTIVE_ONLY"}).encode())
        read = Read("runs/search", request, check)
        return load_figures(read.repeat(target, clients=clients, seconds=self.options.seconds), "runs/search")


def _name(run: Any) -> str:
    tags = {tag["key"]: tag["value"] for tag in run["data"].get("tags", [])}
    return str(run["info"].get("run_name") or tags["mlflow.runName"])
