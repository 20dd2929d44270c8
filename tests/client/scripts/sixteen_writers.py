"""Sixteen processes log to one run at once, each call tried once; nothing is lost, and nobody waits in vain."""

import multiprocessing
import os

os.environ["MLFLOW_HTTP_REQUEST_MAX_RETRIES"] = "0"

import mlflow
from mlflow.entities import Metric, Param, RunTag

WRITERS, BATCHES, SHARED_KEYS = 16, 15, 10


def write(arguments):
    run_id, writer = arguments
    client = mlflow.MlflowClient()
    for batch in range(BATCHES):
        client.log_batch(
            run_id,
            metrics=[Metric(f"shared/{key}", writer, writer * 1000 + batch, batch) for key in range(SHARED_KEYS)],
            params=[Param(f"p/{writer}/{batch}", "x"), Param("same", "for all")],
            tags=[RunTag(f"t{batch % 7}", str(writer))],
        )
        client.log_metric(run_id, f"own/{writer}", batch, step=batch)


if __name__ == "__main__":
    client = mlflow.MlflowClient()
    run_id = client.create_run("0").info.run_id
    with multiprocessing.get_context("fork").Pool(WRITERS) as pool:
        pool.map(write, [(run_id, writer) for writer in range(WRITERS)])
    run = client.get_run(run_id)
    assert len(run.data.params) == WRITERS * BATCHES + 1
    assert len(run.data.metrics) == SHARED_KEYS + WRITERS
    for key in range(SHARED_KEYS):
        assert len(client.get_metric_history(run_id, f"shared/{key}")) == WRITERS * BATCHES
        # The highest step, then the latest time: the last writer's last batch.
        assert run.data.metrics[f"shared/{key}"] == WRITERS - 1
    for writer in range(WRITERS):
        assert len(client.get_metric_history(run_id, f"own/{writer}")) == BATCHES
