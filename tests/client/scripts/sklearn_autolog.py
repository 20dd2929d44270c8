"""scikit-learn's autolog, then the model it logged."""

import mlflow
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression

mlflow.set_experiment("autolog")
mlflow.sklearn.autolog()
features, labels = make_classification(60, random_state=0)
with mlflow.start_run() as run:
    model = LogisticRegression(C=0.5).fit(features, labels)
    model.score(features, labels)

logged = mlflow.get_run(run.info.run_id)
assert logged.data.params["C"] == "0.5"
assert logged.data.metrics["training_accuracy_score"] > 0.5
assert logged.inputs.dataset_inputs, "autolog logs the training data as an input"
again = mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/model")
assert list(again.predict(features)) == list(model.predict(features))
