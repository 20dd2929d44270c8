"""W1 to W4: what a training script writes."""

import functools
import json
import random
import time
from typing import Any

from bench.loadgen import Result, Script
from bench.target import Target
from bench.workload import (
    T0,
    TOLERATED,
    Figures,
    Workload,
    load_figures,
    metric_value,
    no_errors,
    require,
    verify_series,
)


def some(items: list[Any], most: int) -> list[Any]:
    return random.sample(items, min(most, len(items)))


class LogMetric(Workload):
    code, title = "W1", "log-metric, one at a time"

    def prepare(self, target: Target) -> str:
        return target.fresh_experiment("bench-w1")

    def slice(self, target: Target, state: str, clients: int) -> Figures:
        runs = [target.new_run(state) for _ in range(clients)]
        result, acknowledged = self.load(target, runs)
        no_errors(result, TOLERATED)
        for index in some(list(range(clients)), 4):
            verify_series(target, runs[index], "loss", count=acknowledged[index])
        return load_figures(result, "log-metric")

    def load(self, target: Target, runs: list[str]) -> tuple[Result, list[int]]:
        """A client for each run; and how many points of each were acknowledged."""
        acknowledged = [0] * len(runs)
        deadline = self.deadline()

        def client(index: int) -> Script:
            while time.perf_counter() < deadline:
                step = acknowledged[index]
                answer = yield "log-metric", target.raw_post("runs/log-metric", self.body(runs[index], step))
                if answer.status == 200:  # else the same point is sent again
                    acknowledged[index] += 1

        return target.drive([client(index) for index in range(len(runs))]), acknowledged

    @staticmethod
    def body(run: str, step: int) -> bytes:
        value = metric_value(step)
        return b'{"run_id":"%s","key":"loss","value":%.9f,"timestamp":%d,"step":%d}' % (
            run.encode(),
            value,
            T0 + step,
            step,
        )


class LogBatchMetrics(Workload):
    code, title = "W2", "log-batch of 1,000 metrics (10 keys, 100 steps)"
    KEYS, STEPS = 10, 100

    def prepare(self, target: Target) -> str:
        return target.fresh_experiment("bench-w2")

    def body(self, run: str, batch: int) -> bytes:
        rows = []
        for step in range(batch * self.STEPS, (batch + 1) * self.STEPS):
            tail = f'","timestamp":{T0 + step},"step":{step},"value":'
            rows += [f'{{"key":"m{key}{tail}{metric_value(step, key):.9f}}}' for key in range(self.KEYS)]
        return f'{{"run_id":"{run}","metrics":[{",".join(rows)}]}}'.encode()

    def slice(self, target: Target, state: str, clients: int) -> Figures:
        runs = [target.new_run(state) for _ in range(clients)]
        acknowledged = [0] * clients
        deadline = self.deadline()

        def client(index: int) -> Script:
            while time.perf_counter() < deadline:
                body = self.body(runs[index], acknowledged[index])
                answer = yield "log-batch", target.raw_post("runs/log-batch", body)
                if answer.status == 200:
                    acknowledged[index] += 1

        result = target.drive([client(index) for index in range(clients)])
        no_errors(result, TOLERATED)
        for index in some(list(range(clients)), 2):
            key = random.randrange(self.KEYS)
            verify_series(target, runs[index], f"m{key}", count=acknowledged[index] * self.STEPS, series=key)
        return load_figures(result, "log-batch", "metrics/s", self.KEYS * self.STEPS)


class IntoNewRuns(Workload):
    """Creates a run and sends one request about it, over and over."""

    label = method = name = ""
    read_back = 5

    def prepare(self, target: Target) -> str:
        return target.fresh_experiment(f"bench-{self.code.lower()}")

    def body(self, run: str) -> bytes:
        raise NotImplementedError

    def verify(self, target: Target, run: str) -> None:
        raise NotImplementedError

    def slice(self, target: Target, state: str, clients: int) -> Figures:
        done: list[str] = []
        deadline = self.deadline()
        request = target.raw_post("runs/create", self.create(state))

        def client() -> Script:
            while time.perf_counter() < deadline:
                answer = yield "create", request
                if answer.status != 200:
                    continue
                run = json.loads(answer.body)["run"]["info"]["run_id"]
                answer = yield self.label, target.raw_post(self.method, self.body(run))
                if answer.status == 200:
                    done.append(run)

        result = target.drive([client() for _ in range(clients)])
        no_errors(result, TOLERATED)
        require(len(set(done)) == len(done), "run ids repeat")
        for run in some(done, self.read_back):
            self.verify(target, run)
        creation = {f"create p{share} ms": result.quantile_ms("create", share / 100) for share in (50, 99)}
        return {**load_figures(result, self.label, "runs/s"), **creation}

    def create(self, experiment: str) -> bytes:
        tags = [{"key": "mlflow.user", "value": "bench"}]
        body = {"experiment_id": experiment, "start_time": T0, "run_name": self.name, "tags": tags}
        return json.dumps(body).encode()


class LogBatchMixed(IntoNewRuns):
    code, title = "W3", "log-batch of 100 params, 100 tags and 200 metrics, each into a new run"
    label, method, name = "log-batch", "runs/log-batch", "w3"
    PARAMS = {f"p{index}": f"value-{index}" for index in range(100)}
    TAGS = {f"t{index}": f"tag-{index}" for index in range(100)}
    METRICS = {f"m{index}": metric_value(0, index) for index in range(200)}

    def body(self, run: str) -> bytes:
        return f'{{"run_id":"{run}",{self._tail}'.encode()

    @functools.cached_property
    def _tail(self) -> str:
        pairs = {
            name: [{"key": key, "value": value} for key, value in values.items()]
            for name, values in (("params", self.PARAMS), ("tags", self.TAGS))
        }
        metrics = [{"key": key, "value": value, "timestamp": T0, "step": 0} for key, value in self.METRICS.items()]
        return json.dumps({**pairs, "metrics": metrics})[1:]

    def verify(self, target: Target, run: str) -> None:
        data = target.run(run)["data"]
        require({param["key"]: param["value"] for param in data["params"]} == self.PARAMS, f"{run}: params differ")
        tags = {tag["key"]: tag["value"] for tag in data["tags"]}
        require(self.TAGS.items() <= tags.items(), f"{run}: tags differ")
        metrics = {metric["key"]: round(float(metric["value"]), 12) for metric in data["metrics"]}
        wanted = {key: round(value, 12) for key, value in self.METRICS.items()}
        require(metrics == wanted, f"{run}: metrics differ")


class CreateAndFinish(IntoNewRuns):
    code, title = "W4", "create a run, then set it FINISHED"
    label, method, name = "finish", "runs/update", "w4"
    read_back = 10

    def body(self, run: str) -> bytes:
        return f'{{"run_id":"{run}","status":"FINISHED","end_time":{T0 + 5}}}'.encode()

    def verify(self, target: Target, run: str) -> None:
        info = target.run(run)["info"]
        require(info["status"] == "FINISHED" and int(info["end_time"]) == T0 + 5, f"{run}: {info}")
