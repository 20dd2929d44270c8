"""The model registry: semvers, aliases, stages and ranges through the unmodified client, and models loaded by them."""

import os
import tempfile
from pathlib import Path

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

client = MlflowClient()
folder = Path(tempfile.mkdtemp())


class Doubles(mlflow.pyfunc.PythonModel):
    def __init__(self, factor):
        self.factor = factor

    def predict(self, context, model_input, params=None):
        return [one * self.factor for one in model_input]


def loaded(uri):
    return mlflow.pyfunc.load_model(uri).predict([1])[0]


def refused(ask):
    try:
        ask()
    except MlflowException as refusal:
        return str(refusal)
    raise AssertionError("not refused")


# A run's model in each version, whose factor tells which it is.
sources = {}
for factor in (1, 2, 3, 4):
    with mlflow.start_run() as run:
        mlflow.pyfunc.save_model(folder / str(factor), python_model=Doubles(factor), pip_requirements=["mlflow"])
        mlflow.log_artifacts(folder / str(factor), "model")
        sources[factor] = run.info.run_id

client.create_registered_model("fraud", tags={"team": "risk"}, description="Finds fraud.")


def version(factor, semver=None, **more):
    tags = {"gitlab.version": semver} if semver else {}
    run_id = sources[factor]
    return client.create_model_version("fraud", f"runs:/{run_id}/model", run_id, tags=tags, **more)


first = version(1, "1.2.0")
assert (first.version, list(first.aliases), first.run_id) == ("1", ["1.2.0"], sources[1])
second = version(2)
assert client.get_model_version("fraud", "1.2.1").version == second.version == "2"
assert not second.aliases
version(3, "2.0.0-rc.1", description="To be tried.")
assert loaded("models:/fraud/latest") == 2
version(4, "1.1.9")

client.set_registered_model_alias("fraud", "champion", "1")
for name, expected in {
    "/1": 1, "/1.2.0": 1, "/^1.2": 2, "/~1.1": 4, "/1.x": 2, "/latest": 2, "@champion": 1, "@1.2.0": 1, "/champion": 1,
    "/2.0.0-rc.1": 3, "/>=2.0.0-a": 3,
}.items():  # fmt: skip
    assert loaded(f"models:/fraud{name}") == expected, name
assert client.get_model_version_by_alias("fraud", "champion").version == "1"
assert "2.0.0" in refused(lambda: version(1, "1.2.0", description="other"))
assert "2.0.0" in refused(lambda: version(1, "1.2"))
assert "reserved" in refused(lambda: client.set_registered_model_alias("fraud", "latest", "1"))

client.transition_model_version_stage("fraud", "1.2.0", "production")
client.transition_model_version_stage("fraud", "2", "Production", archive_existing_versions=True)
assert client.get_model_version("fraud", "1").current_stage == "Archived"
assert [one.version for one in client.get_latest_versions("fraud", ["Production"])] == ["2"]
assert loaded("models:/fraud/Production") == 2

found = client.search_model_versions("name = 'fraud'", order_by=["version_number ASC"])
assert [one.version for one in found] == ["1", "2", "3", "4"]
assert [one.version for one in client.search_model_versions(f"run_id = '{sources[3]}'")] == ["3"]
assert [one.name for one in client.search_registered_models("tags.team = 'risk'")] == ["fraud"]

# A copy, a rename, and the run behind a version.
copy = client.copy_model_version("models:/fraud/1.2.0", "fraud-prod")
assert (copy.version, copy.run_id, list(copy.aliases)) == ("1", sources[1], ["1.2.0"])
assert loaded("models:/fraud-prod/1.2.0") == 1
assert "backed by it" in refused(lambda: client.delete_run(sources[1]))
assert "champion" in refused(lambda: client.delete_model_version("fraud", "1"))
client.delete_registered_model_alias("fraud", "champion")
client.delete_model_version("fraud", "1")
client.rename_registered_model("fraud", "fraud-2")
assert client.get_registered_model("fraud-2").description == "Finds fraud."

# Registered by URI, by the logging itself, and from a logged model.
if int(mlflow.__version__.split(".")[0]) >= 3:
    with mlflow.start_run():
        info = mlflow.pyfunc.log_model(
            name="model", python_model=Doubles(9), pip_requirements=["mlflow"], registered_model_name="direct"
        )
    assert loaded("models:/direct/1.0.0") == 9
    again = mlflow.register_model(info.model_uri, "direct-too", tags={"gitlab.version": "0.1.0"})
    assert str(again.version) == "1"
    assert loaded("models:/direct-too/^0.1") == 9
    tags = mlflow.get_logged_model(info.model_id).tags["mlflow.modelVersions"]
    assert '"direct"' in tags
    assert '"direct-too"' in tags

for source in ("/etc", "file:///etc/passwd", "s3://bucket/key", "mlflow-artifacts:/../..", f"runs:/{sources[1]}/../x"):
    assert "Invalid model version source" in refused(
        lambda: client.create_model_version("fraud-2", source, sources[1])
    ), source
assert os.listdir(folder)
client.delete_registered_model("fraud-2")
