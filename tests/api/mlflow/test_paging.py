"""Going through any list while others write: what was there throughout is met exactly once."""

from collections.abc import Callable
from typing import Any

import pytest

from tracking.services import batches, experiments, logged_models, runs
from tracking.services.batches import Point

ROWS = 7


def make_runs(project: Any, by: Any) -> Callable[[str], None]:
    experiment = project.experiments.get(iid=0)

    def make(name: str) -> None:
        run = runs.start(experiment, by=by, name=name, at=len(name))
        batches.log(run, metrics=[Point("m", ord(name[0]), 1)])

    return make


def make_experiments(project: Any, by: Any) -> Callable[[str], None]:
    return lambda name: experiments.create(project, name, by=by) and None


def make_models(project: Any, by: Any) -> Callable[[str], None]:
    experiment = project.experiments.get(iid=0)
    return lambda name: logged_models.create(experiment, by=by, name=name) and None


LISTS = {
    "runs": ("runs/search", make_runs, [[], ["metrics.m"], ["attributes.run_name DESC"], ["end_time", "params.x"]]),
    "experiments": ("experiments/search", make_experiments, [[], ["name"], ["last_update_time DESC", "name"]]),
    "models": ("logged-models/search", make_models, [[], [{"field_name": "name"}], [{"field_name": "metrics.x"}]]),
}


def named(row: dict[str, Any]) -> str:
    info = row.get("info", row)
    return str(info.get("run_name") or info["name"])


@pytest.mark.parametrize(("kind", "order"), [(kind, order) for kind in LISTS for order in LISTS[kind][2]])
def test_rows_are_met_once_while_others_come_before_and_after(
    mlflow: Any, project: Any, alice: Any, kind: str, order: list[Any]
) -> None:
    path, maker, _ = LISTS[kind]
    make = maker(project, alice)
    there = [f"row-{number}" for number in range(ROWS)]
    for name in there:
        make(name)
    seen: list[str] = []
    token, page = "", 0
    while True:
        asked = {"experiment_ids": ["0"], "max_results": 2, "order_by": order, "page_token": token}
        answer = mlflow.post(path, asked)
        assert answer.status_code == 200, answer.content
        seen += [named(row) for row in answer.json().get(kind, [])]
        token = answer.json().get("next_page_token", "")
        if not token:
            break
        page += 1
        make(f"a-new-{page}")
        make(f"z-new-{page}")
        assert page < 50
    assert sorted(name for name in seen if name in there) == there
    assert len(seen) == len(set(seen))
