"""The JSON doors: `mlflow` (MLflow's REST API of one project) and `rest` (GitLab's REST v4)."""
