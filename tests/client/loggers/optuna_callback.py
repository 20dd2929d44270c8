"""Optuna's MLflow callback: a run a trial."""

import os

import mlflow
import optuna
from optuna_integration.mlflow import MLflowCallback

callback = MLflowCallback(tracking_uri=os.environ["MLFLOW_TRACKING_URI"], metric_name="score")
study = optuna.create_study(study_name="sweep", direction="minimize")
study.optimize(lambda trial: (trial.suggest_float("x", -1, 1) - 0.5) ** 2, n_trials=5, callbacks=[callback])

experiment = mlflow.get_experiment_by_name("sweep")
runs = mlflow.search_runs([experiment.experiment_id], order_by=["metrics.score ASC"])
assert len(runs) == 5
assert abs(float(runs.iloc[0]["params.x"]) - study.best_params["x"]) < 1e-9
