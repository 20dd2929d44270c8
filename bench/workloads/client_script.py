"""W10's inside, run by a Python that has the stock client: logs one ordinary training run and prints one JSON line of
timings. What is imported is not part of the time."""

import json
import os
import sys
import time

os.environ |= {
    "MLFLOW_ENABLE_ASYNC_LOGGING": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "GIT_PYTHON_REFRESH": "quiet",
}

import mlflow

began = time.perf_counter()
mlflow.set_experiment(sys.argv[1])
with mlflow.start_run() as run:
    mlflow.log_params({f"param{index}": index for index in range(20)})
    mlflow.set_tags({f"tag{index}": f"value {index}" for index in range(5)})
    at = time.perf_counter()
    for step in range(500):
        mlflow.log_metric("loss", 1.0 / (step + 1), step=step)
    metrics = time.perf_counter() - at
    at = time.perf_counter()
    for index in range(3):
        mlflow.log_text("some text\n" * 100, f"notes/{index}.txt")
    artifacts = time.perf_counter() - at
total = time.perf_counter() - began
found = {"run_id": run.info.run_id, "total": total, "metrics": metrics, "artifacts": artifacts}
sys.stdout.write(json.dumps(found) + "\n")
