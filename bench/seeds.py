"""Experiments of many runs whose facts follow from their number, and how they get there through the API."""

import json
from collections.abc import Iterator
from typing import Any

from bench.loadgen import Script
from bench.target import Target
from bench.workload import T0, Options, metric_value, no_errors, require

MODELS = ("rf", "xgb", "mlp", "svm")


def facts(index: int) -> tuple[float, float, str]:
    """(acc, loss, model) of the run of that number."""
    acc = round(index * 0.6180339887498949 % 1.0, 9)
    loss = round(index * 0.7548776662466927 % 1.0, 9)
    return acc, loss, MODELS[index % 4]


def name(index: int) -> str:
    return f"seed-{index:07d}"


def start_time(index: int) -> int:
    return T0 + index * 1000


def tags(index: int, options: Options) -> dict[str, str]:
    more = {f"tag{number}": f"v{index % (number + 2)}" for number in range(options.tags - 1)}
    return {"mlflow.user": f"user{index % 7}", **more}


def params(index: int, options: Options) -> dict[str, str]:
    more = {f"param{number}": f"{index * (number + 3) % 97}" for number in range(options.params - 1)}
    return {"model": facts(index)[2], **more}


def metrics(index: int, options: Options) -> dict[str, float]:
    """Each has one point, at step 0 and `T0` and as many milliseconds as the run's number."""
    acc, loss, _ = facts(index)
    more = {f"metric{number}": metric_value(index, number) for number in range(options.metrics - 2)}
    return {"acc": acc, "loss": loss, **more}


def _matching(runs: int) -> list[tuple[float, str]]:
    found = []
    for index in range(runs):
        acc, loss, model = facts(index)
        if acc > 0.9 and model == "rf":
            found.append((loss, name(index)))
    return sorted(found)


def matching(runs: int) -> list[str]:
    """The first 100 names that W6 must find among so many runs, in its order."""
    return [one for _, one in _matching(runs)[:100]]


def matches(runs: int) -> int:
    return len(_matching(runs))


def create_body(index: int, experiment: str, options: Options) -> bytes:
    body = {"experiment_id": experiment, "run_name": name(index), "start_time": start_time(index)}
    return json.dumps({**body, "tags": _pairs(tags(index, options))}).encode()


def batch_body(index: int, run: str, options: Options) -> bytes:
    points = [
        {"key": key, "value": value, "timestamp": T0 + index, "step": 0}
        for key, value in metrics(index, options).items()
    ]
    return json.dumps({"run_id": run, "params": _pairs(params(index, options)), "metrics": points}).encode()


def _pairs(values: dict[str, str]) -> list[dict[str, str]]:
    return [{"key": key, "value": value} for key, value in values.items()]


def count(target: Target, experiment: str) -> int:
    """How many runs the seeded experiment has: the number of its newest, plus one."""
    newest = ["attributes.start_time DESC"]
    answer = target.post("runs/search", experiment_ids=[experiment], max_results=1, order_by=newest)
    runs: list[Any] = answer.get("runs", [])
    return (int(runs[0]["info"]["start_time"]) - T0) // 1000 + 1 if runs else 0


# So many runs every target makes itself; what is written past it later copies their shape.
BY_ITSELF = 50


def fill(target: Target, experiment: str, runs: int, options: Options) -> None:
    """Brings the experiment up to so many runs, past the server where the target has a way that is quicker."""
    through = runs if target.bulk is None else min(runs, max(BY_ITSELF, count(target, experiment)))
    through_the_api(target, experiment, through, options)
    if target.bulk is not None and through < runs:
        target.bulk(experiment, range(through, runs), options)
        require(count(target, experiment) == runs, f"{target.name} does not see the runs that were written past it")


def through_the_api(target: Target, experiment: str, runs: int, options: Options, *, clients: int = 8) -> None:
    """Brings the experiment up to so many runs; goes on where an earlier call ended."""
    have = count(target, experiment)
    require(have <= runs, f"the experiment {experiment} has {have} runs already, more than {runs}")
    numbers: Iterator[int] = iter(range(have, runs))

    def client() -> Script:
        for index in numbers:
            answer = yield "create", target.raw_post("runs/create", create_body(index, experiment, options))
            if answer.status != 200:
                return
            run = json.loads(answer.body)["run"]["info"]["run_id"]
            answer = yield "log-batch", target.raw_post("runs/log-batch", batch_body(index, run, options))
            if answer.status != 200:
                return

    if have < runs:
        no_errors(target.drive([client() for _ in range(clients)]))
