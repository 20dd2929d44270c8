"""What `mlflow-skinny` can do without pandas, NumPy and scikit-learn."""

import mlflow

client = mlflow.MlflowClient()
experiment_id = client.create_experiment("skinny", tags={"team": "red"})
with mlflow.start_run(experiment_id=experiment_id, run_name="thin") as run:
    mlflow.log_params({"lr": 0.1})
    for step in range(5):
        mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_text("thin", "notes/thin.txt")
    mlflow.log_dict({"a": 1}, "a.json")

[found] = client.search_runs([experiment_id], "metrics.loss < 0.3 and params.lr = '0.1'")
assert found.info.run_id == run.info.run_id
assert [point.step for point in client.get_metric_history(run.info.run_id, "loss")] == list(range(5))
assert [entry.path for entry in client.list_artifacts(run.info.run_id, "notes")] == ["notes/thin.txt"]
assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/notes/thin.txt") == "thin"
[experiment] = client.search_experiments(filter_string="tags.team = 'red'")
assert experiment.name == "skinny"
