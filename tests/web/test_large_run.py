"""A run with more than a page should ever show."""

from typing import Any

from tracking.services import batches, runs
from tracking.services.batches import Point


def test_a_run_with_a_thousand_params_and_two_thousand_metrics_opens(page: Any, project: Any, alice: Any) -> None:
    run = runs.start(project.experiments.get(iid=0), by=alice, name="large")
    for start in range(0, 1000, 100):
        batches.log(run, params=[(f"p{n}", str(n)) for n in range(start, start + 100)])
    for start in range(0, 2000, 1000):
        batches.log(run, metrics=[Point(f"key/{n}", float(n), 1) for n in range(start, start + 1000)])
    for start in range(0, 20_000, 1000):
        batches.log(run, metrics=[Point("loss", 1 / (n + 1), n, n) for n in range(start, start + 1000)])
    address = f"/acme/fraud/-/ml/runs/{run.iid}"
    overview = page.get(address)
    assert overview.status_code == 200
    assert b"key/1999" in overview.content
    assert b"p999" in overview.content
    assert page.get(f"{address}/charts").status_code == 200
    curve = page.get(f"{address}/curve.json", {"key": "loss"}).json()
    assert curve["total"] == 20_000
    assert len(curve["points"]) <= 2000
    assert page.get("/acme/fraud/-/ml/experiments/0").status_code == 200
