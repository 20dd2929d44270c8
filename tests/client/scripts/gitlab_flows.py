"""GitLab's page "MLflow client compatibility", flow by flow, without its caveats."""

from pathlib import Path

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

client = MlflowClient()

# Creating, fetching, updating and deleting a model; tags on create are kept.
client.create_registered_model("gitlab", tags={"a": "1"}, description="A model.")
model = client.get_registered_model("gitlab")
assert (model.description, model.tags) == ("A model.", {"a": "1"})
client.update_registered_model("gitlab", description="Better.")
assert client.get_registered_model("gitlab").description == "Better."

# A version without a source: its files are uploaded after it was created.
version = client.create_model_version("gitlab", "", tags={"gitlab.version": "1.0.0", "kept": "yes"}, description="d")
assert version.tags["kept"] == "yes"
assert list(version.aliases) == ["1.0.0"]
run_id = version.run_id
client.log_metric(run_id, "rmse", 0.5, step=1)
client.log_param(run_id, "depth", 3)
client.log_batch(run_id, metrics=[mlflow.entities.Metric("mae", 0.1, 1, 0)])
client.set_tag(run_id, "t", "v")
client.log_text(run_id, "weights", "weights/first.txt")
client.log_dict(run_id, {"a": 1}, "config/deep/a.json")
try:
    import matplotlib.pyplot as plt
    import numpy as np

    figure, axes = plt.subplots()
    axes.plot([1, 2])
    client.log_figure(run_id, figure, "plots/line.png")
    client.log_image(run_id, np.zeros((4, 4, 3), dtype=np.uint8), "images/black.png")
except ImportError:
    pass
run = client.get_run(run_id)
assert (run.data.metrics["rmse"], run.data.params["depth"]) == (0.5, "3")
assert [one.path for one in client.list_artifacts(run_id, "config/deep")] == ["config/deep/a.json"]
place = mlflow.artifacts.download_artifacts("models:/gitlab/1.0.0")
assert Path(place, "weights/first.txt").read_text() == "weights"
assert Path(place, "config/deep/a.json").exists()
assert client.get_model_version_download_uri("gitlab", "1.0.0").endswith("/artifacts")

# Counted on from it, given a run and a source.
with mlflow.start_run() as made:
    mlflow.log_text("x", "model/MLmodel.txt")
second = client.create_model_version("gitlab", f"runs:/{made.info.run_id}/model", made.info.run_id)
assert client.get_model_version("gitlab", "1.0.1").run_id == made.info.run_id
assert second.source == f"runs:/{made.info.run_id}/model"
assert [one.version for one in client.get_latest_versions("gitlab", ["None"])] == ["2"]
assert client.get_model_version_by_alias("gitlab", "1.0.0").version == "1"
client.update_model_version("gitlab", "1.0.0", "changed")
assert client.get_model_version("gitlab", "1").description == "changed"

# A version's run stays; the model's experiment too.
experiment = client.get_experiment_by_name("[model]gitlab")
assert run.info.experiment_id == experiment.experiment_id
for delete, what in ((client.delete_run, run_id), (client.delete_experiment, experiment.experiment_id)):
    try:
        delete(what)
    except MlflowException as refused:
        assert "cannot be deleted" in str(refused)
    else:
        raise AssertionError(what)
assert [one.name for one in client.search_registered_models("name = 'gitlab'")] == ["gitlab"]
client.delete_registered_model("gitlab")
client.create_registered_model("gitlab")
assert client.create_model_version("gitlab", "").version == "1"
