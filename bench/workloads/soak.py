"""W12: everything at once, for long."""

import json
import random
import time

from bench.loadgen import Result, Script
from bench.processes import MIB, Watch
from bench.target import Target
from bench.workload import T0, Figures, Options, Workload, points

BATCH = 100
LABELS = ("log-metric", "log-batch", "create", "get", "search")


class Soak(Workload):
    code = "W12"
    clients = (16,)
    once = True

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.title = f"soak: a mixed load for {options.soak_seconds:,.0f} s"
        shorter = {name: limit for name, limit in options.soak_limits.items() if limit < options.soak_seconds}
        if shorter:
            self.title += f" ({', '.join(f'{name}: {limit:.0f} s' for name, limit in shorter.items())})"

    def prepare(self, target: Target) -> str:
        return target.fresh_experiment("bench-w12")

    def slice(self, target: Target, state: str, clients: int) -> Figures:
        mixed = [Client(target, state, number) for number in range(clients)]
        seconds = min(self.options.soak_seconds, self.options.soak_limits.get(target.name, float("inf")))
        deadline = time.perf_counter() + seconds
        with Watch(target.memory, every=0.5) as memory:
            result = target.drive([client.script(deadline) for client in mixed])
        figures = self.figures(result)
        figures["points lost or doubled"] = float(sum(client.lost() for client in mixed))
        if target.pids:
            figures["memory growth MiB"] = memory.grown / MIB
            figures["memory drift MiB"] = memory.drift / MIB
        return figures

    @staticmethod
    def figures(result: Result) -> Figures:
        figures = {"requests": float(result.total), "req/s": result.total / result.elapsed}
        for label in LABELS:
            figures[f"{label} p50 ms"] = result.quantile_ms(label, 0.5)
            figures[f"{label} p99 ms"] = result.quantile_ms(label, 0.99)
        if result.server_cpu is not None:
            figures["cpu ms"] = 1000 * result.server_cpu / result.total
        return {**figures, "errors": float(result.errors)}


class Client:
    """One of those who load it: 60 % log-metric, 15 % log-batch, 5 % create and finish, 15 % get, 5 % search."""

    def __init__(self, target: Target, experiment: str, number: int) -> None:
        self.target, self.experiment = target, experiment
        self.dice = random.Random(number)
        self.run = target.new_run(experiment)
        self.steps = self.batches = 0

    def script(self, deadline: float) -> Script:
        while time.perf_counter() < deadline:
            roll = self.dice.random()
            if roll < 0.60:
                yield from self.log_metric()
            elif roll < 0.75:
                yield from self.log_batch()
            elif roll < 0.80:
                yield from self.create()
            elif roll < 0.95:
                yield "get", self.target.raw_get("runs/get", run_id=self.run)
            else:
                yield from self.search()

    def log_metric(self) -> Script:
        body = {"run_id": self.run, **points(1, first=self.steps)[0]}
        answer = yield "log-metric", self.target.raw_post("runs/log-metric", json.dumps(body).encode())
        self.steps += answer.status == 200

    def log_batch(self) -> Script:
        metrics = points(BATCH, key="batch", first=self.batches * BATCH, series=1)
        body = json.dumps({"run_id": self.run, "metrics": metrics}).encode()
        answer = yield "log-batch", self.target.raw_post("runs/log-batch", body)
        self.batches += answer.status == 200

    def create(self) -> Script:
        body = {"experiment_id": self.experiment, "start_time": T0, "run_name": "soak"}
        answer = yield "create", self.target.raw_post("runs/create", json.dumps(body).encode())
        if answer.status == 200:
            run = json.loads(answer.body)["run"]["info"]["run_id"]
            finish = {"run_id": run, "status": "FINISHED", "end_time": T0 + 1}
            yield "finish", self.target.raw_post("runs/update", json.dumps(finish).encode())

    def search(self) -> Script:
        order = {"filter": "metrics.loss < 0.5", "order_by": ["metrics.loss ASC"], "max_results": 20}
        body = json.dumps({"experiment_ids": [self.experiment], **order}).encode()
        yield "search", self.target.raw_post("runs/search", body)

    def lost(self) -> int:
        """By how many points what is kept differs from what was acknowledged."""
        return sum(
            abs(len(self.target.history(self.run, key)) - count)
            for key, count in (("loss", self.steps), ("batch", self.batches * BATCH))
            if count
        )
