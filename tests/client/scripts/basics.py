"""Params, metrics over steps, batches, tags, NaN and infinity, nested runs, search: what every tutorial does."""

import math
import time

import mlflow
from mlflow.entities import Metric, Param, RunTag

with mlflow.start_run() as bare:  # no experiment named: Default
    mlflow.log_param("lr", 0.01)
    for step in range(20):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
assert bare.info.experiment_id == "0"

mlflow.set_experiment("basics")
client = mlflow.MlflowClient()
with mlflow.start_run(run_name="parent", tags={"team": "red"}) as parent:
    mlflow.log_params({"depth": 3, "kind": "forest", "long": "x" * 2000})
    mlflow.log_metrics({"acc": 0.9, "nan": math.nan, "inf": math.inf, "minus": -math.inf})
    now = int(time.time() * 1000)
    client.log_batch(
        parent.info.run_id,
        metrics=[Metric(f"batch/{n}", float(n), now, n) for n in range(500)],
        params=[Param(f"p{n}", str(n)) for n in range(90)],
        tags=[RunTag("stage", "one"), RunTag("stage2", "two")],
    )
    mlflow.set_tag("mlflow.note.content", "# A note")
    for number in range(3):
        with mlflow.start_run(run_name=f"child {number}", nested=True):
            mlflow.log_metric("acc", number / 10)

run = client.get_run(parent.info.run_id)
assert run.info.status == "FINISHED"
assert run.info.run_name == "parent"
assert run.data.params["long"] == "x" * 2000
assert run.data.params["p89"] == "89"
assert math.isnan(run.data.metrics["nan"])
assert run.data.metrics["inf"] > 1e308
assert run.data.metrics["minus"] < -1e308
assert run.data.tags["team"] == "red"
assert run.data.tags["mlflow.note.content"] == "# A note"
history = client.get_metric_history(bare.info.run_id, "loss")
assert [point.step for point in history] == list(range(20))

children = mlflow.search_runs(
    filter_string=f"tags.mlflow.parentRunId = '{parent.info.run_id}'", order_by=["metrics.acc DESC"]
)
assert list(children["tags.mlflow.runName"]) == ["child 2", "child 1", "child 0"]
found = client.search_runs([run.info.experiment_id], "metrics.acc > 0.5 and params.kind = 'forest'")
assert [one.info.run_id for one in found] == [parent.info.run_id]

client.rename_experiment(run.info.experiment_id, "basics, renamed")
assert client.get_experiment_by_name("basics, renamed").experiment_id == run.info.experiment_id
client.delete_run(parent.info.run_id)
assert client.get_run(parent.info.run_id).info.lifecycle_stage == "deleted"
client.restore_run(parent.info.run_id)
client.set_terminated(parent.info.run_id, "FAILED")
client.update_run(parent.info.run_id, name="another name")
again = client.get_run(parent.info.run_id)
assert (again.info.status, again.data.tags["mlflow.runName"]) == ("FAILED", "another name")
try:
    client.log_param(parent.info.run_id, "depth", 4)
except mlflow.exceptions.MlflowException as refused:
    assert "Changing param values is not allowed" in str(refused)
else:
    raise AssertionError("a param changed its value")
