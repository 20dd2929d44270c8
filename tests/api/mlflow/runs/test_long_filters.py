"""The longest filters that are taken are answered, and longer ones refused, in bounded work."""

from typing import Any

import pytest

from tracking.services import batches, runs
from tracking.services.batches import Point


@pytest.mark.parametrize(
    "comparison",
    ["metrics.m{0} > 0", "params.p{0} = 'x'", "tags.t{0} LIKE 'x%'", "tags.none{0} IS NULL", "start_time >= 0"],
)
def test_a_hundred_comparisons_are_answered(mlflow: Any, project: Any, alice: Any, comparison: str) -> None:
    run = runs.start(project.experiments.get(iid=0), by=alice, name="r", tags={f"t{n}": "xy" for n in range(100)})
    batches.log(run, metrics=[Point(f"m{n}", 1, 1) for n in range(100)], params=[(f"p{n}", "x") for n in range(100)])
    filter_string = " AND ".join(comparison.format(n) for n in range(100))
    answer = mlflow.post("runs/search", {"experiment_ids": ["0"], "filter": filter_string})
    assert answer.status_code == 200, answer.content[:300]
    assert [found["info"]["run_name"] for found in answer.json()["runs"]] == ["r"]


@pytest.mark.parametrize(
    "text", ["(" * 100_000, "metrics.a > 0 AND " * 5000, "'" * 99_999, "a" * 200_000, "`" * 50_000]
)
def test_rubbish_of_any_length_is_refused(mlflow: Any, text: str) -> None:
    answer = mlflow.post("runs/search", {"experiment_ids": ["0"], "filter": text})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert len(answer.json()["message"]) < 1000
