"""MLflow 3: checkpoints with a step, metrics linked to a model and a dataset, search."""

import mlflow
import numpy as np
from sklearn.linear_model import LinearRegression

if int(mlflow.__version__.split(".")[0]) < 3:
    raise SystemExit(0)

mlflow.set_experiment("checkpoints")
features = np.arange(20.0).reshape(10, 2)
labels = features.sum(axis=1)
data = mlflow.data.from_numpy(features, targets=labels, name="numbers")
client = mlflow.MlflowClient()
with mlflow.start_run() as run:
    mlflow.log_input(data, context="training")
    checkpoints = []
    for step in range(3):
        model = LinearRegression().fit(features, labels)
        logged = mlflow.sklearn.log_model(
            model, name=f"checkpoint-{step}", step=step, params={"step": step}, pip_requirements=["scikit-learn"]
        )
        checkpoints.append(logged.model_id)
        mlflow.log_metric("rmse", 1.0 - step / 10, step=step, model_id=logged.model_id, dataset=data)

experiment_id = run.info.experiment_id
models = client.search_logged_models([experiment_id], order_by=[{"field_name": "metrics.rmse", "ascending": True}])
assert [model.model_id for model in models] == checkpoints[::-1]
[best] = client.search_logged_models([experiment_id], filter_string="metrics.rmse < 0.85")
assert best.model_id == checkpoints[2]
assert best.params == {"step": "2"}
[point] = best.metrics
assert (point.key, point.dataset_name, point.run_id) == ("rmse", "numbers", run.info.run_id)
outputs = client.get_run(run.info.run_id).outputs.model_outputs
assert sorted((output.model_id, output.step) for output in outputs) == sorted(zip(checkpoints, range(3)))
[used] = client.get_run(run.info.run_id).inputs.dataset_inputs
assert used.dataset.name == "numbers"
assert [tag.value for tag in used.tags] == ["training"]
client.set_logged_model_tags(best.model_id, {"stage": "best"})
assert mlflow.get_logged_model(best.model_id).tags["stage"] == "best"
client.delete_logged_model(checkpoints[0])
assert len(client.search_logged_models([experiment_id])) == 2
