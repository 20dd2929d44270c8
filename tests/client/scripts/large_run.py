"""A run with 1,000 params, 2,000 metric keys and 100,000 points of one metric."""

import mlflow
from mlflow.entities import Metric, Param

client = mlflow.MlflowClient()
run_id = client.create_run("0").info.run_id
for start in range(0, 1000, 100):
    client.log_batch(run_id, params=[Param(f"p{n}", str(n)) for n in range(start, start + 100)])
for start in range(0, 2000, 1000):
    client.log_batch(run_id, metrics=[Metric(f"key/{n}", float(n), 1, 0) for n in range(start, start + 1000)])
for start in range(0, 100_000, 1000):
    client.log_batch(run_id, metrics=[Metric("loss", 1 / (n + 1), n, n) for n in range(start, start + 1000)])

run = client.get_run(run_id)
assert len(run.data.params) == 1000
assert len(run.data.metrics) == 2001
assert [point.step for point in client.get_metric_history(run_id, "loss")] == list(range(100_000))
