"""W5 and W7: what a page or a notebook reads of one run."""

import json
import time
from typing import Any

from bench.target import Target
from bench.workload import Figures, Read, Workload, load_figures, metric_value, points, require

KEYS, STEPS = 50, 5


def is_the_run(body: bytes) -> None:
    data = json.loads(body)["run"]["data"]
    params = {param["key"]: param["value"] for param in data["params"]}
    require(params == {f"p{index}": f"value-{index}" for index in range(KEYS)}, "runs/get: params differ")
    tags = {tag["key"]: tag["value"] for tag in data["tags"]}
    require(all(tags.get(f"t{index}") == f"tag-{index}" for index in range(20)), "runs/get: tags differ")
    latest = {metric["key"]: (int(metric["step"]), round(float(metric["value"]), 9)) for metric in data["metrics"]}
    wanted = {f"m{index}": (STEPS - 1, round(metric_value(STEPS - 1, index), 9)) for index in range(KEYS)}
    require(latest == wanted, "runs/get: metrics differ")


class GetRun(Workload):
    code, title = "W5", "runs/get of a run with 50 params, 50 metrics, 20 tags"

    def experiment(self, target: Target) -> str:
        return target.fresh_experiment("bench-w5")

    def prepare(self, target: Target) -> str:
        run = target.new_run(self.experiment(target))
        target.post(
            "runs/log-batch",
            run_id=run,
            params=[{"key": f"p{index}", "value": f"value-{index}"} for index in range(KEYS)],
            tags=[{"key": f"t{index}", "value": f"tag-{index}"} for index in range(20)],
            metrics=[point for index in range(KEYS) for point in points(STEPS, key=f"m{index}", series=index)],
        )
        return run

    def slice(self, target: Target, state: str, clients: int) -> Figures:
        read = Read("runs/get", target.raw_get("runs/get", run_id=state), is_the_run)
        return load_figures(read.repeat(target, clients=clients, seconds=self.options.seconds), "runs/get")


class MetricHistory(Workload):
    code = "W7"
    clients = (1,)

    def __init__(self, options: Any) -> None:
        super().__init__(options)
        self.title = f"metrics/get-history of {options.points:,} points, whole and in pages of {options.page_size:,}"

    def prepare(self, target: Target) -> str:
        run = target.new_run(target.fresh_experiment("bench-w7"))
        for first in range(0, self.options.points, 1000):
            target.post("runs/log-batch", run_id=run, metrics=points(1000, first=first))
        return run

    def slice(self, target: Target, state: str, clients: int) -> Figures:
        figures: Figures = {}
        for name, page in (("whole", None), ("paged", self.options.page_size)):
            cpu, began = target.cpu(), time.perf_counter()
            found = target.history(state, "loss", page)
            figures[f"{name} ms"] = 1000 * (time.perf_counter() - began)
            after = target.cpu()
            if cpu is not None and after is not None:
                figures[f"{name} cpu ms"] = 1000 * (after - cpu)
            self.verify(found, name)
        return figures

    def verify(self, found: list[dict[str, Any]], name: str) -> None:
        require(len(found) == self.options.points, f"{name}: {len(found)} points of {self.options.points}")
        values = {int(point.get("step", 0)): float(point["value"]) for point in found}
        wanted = range(self.options.points)
        require(values.keys() == set(wanted), f"{name}: wrong steps")
        require(all(abs(values[s] - metric_value(s)) < 1e-8 for s in wanted), f"{name}: wrong values")
