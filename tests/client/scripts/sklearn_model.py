"""log_model, then load_model by run and, with MLflow 3, by model id."""

import mlflow
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

MLFLOW_3 = int(mlflow.__version__.split(".")[0]) >= 3
features, labels = make_classification(60, random_state=0)
model = LogisticRegression().fit(features, labels)
with mlflow.start_run() as run:
    how = {"name": "model"} if MLFLOW_3 else {"artifact_path": "model"}
    logged = mlflow.sklearn.log_model(model, input_example=features[:2], pip_requirements=["scikit-learn"], **how)

wanted = list(model.predict(features))
assert list(mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/model").predict(features)) == wanted
assert list(mlflow.sklearn.load_model(logged.model_uri).predict(features)) == wanted
if MLFLOW_3:
    assert logged.model_uri == f"models:/{logged.model_id}"
    assert list(mlflow.pyfunc.load_model(f"models:/{logged.model_id}").predict(features)) == wanted
    assert [entry.path for entry in mlflow.MlflowClient().list_logged_model_artifacts(logged.model_id)]
