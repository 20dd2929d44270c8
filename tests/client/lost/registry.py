"""The registry over a line that loses the first answer to each request; the client sends it again by itself.

What is asserted is what docs/architecture.md says under "A lost answer".
"""

import mlflow
from mlflow import MlflowClient
from mlflow.exceptions import MlflowException

client = MlflowClient()


def refused(ask):
    try:
        ask()
    except MlflowException as refusal:
        return refusal.error_code
    raise AssertionError("not refused")


def numbers(name):
    found = client.search_model_versions(f"name = '{name}'", order_by=["version_number ASC"])
    return [int(one.version) for one in found]


# A model: made once. The client is told that its name is taken, as it is by MLflow's server.
assert refused(lambda: client.create_registered_model("m", tags={"a": "1"})) == "RESOURCE_ALREADY_EXISTS"
assert client.get_registered_model("m").tags == {"a": "1"}

# A version with a semver of its own, and one of a logged model: made once, and both answers are the same.
with mlflow.start_run() as run:
    run_id = run.info.run_id
    mlflow.log_text("artifact_path: model", "model/MLmodel")
source = f"runs:/{run_id}/model"
made = client.create_model_version("m", source, run_id, tags={"gitlab.version": "1.2.0"})
assert (int(made.version), numbers("m")) == (1, [1])
if hasattr(client, "create_logged_model"):
    logged = client.create_logged_model("0", "net", run_id)
    of_logged = client.create_model_version("m", f"models:/{logged.model_id}", run_id, model_id=logged.model_id)
    assert (int(of_logged.version), numbers("m")) == (2, [1, 2])
else:
    client.create_model_version("m", source, run_id, tags={"gitlab.version": "1.2.1"})

# One that names no more than a run: made twice, as the same run may become several; without a gap.
counted = client.create_model_version("m", source, run_id)
assert (int(counted.version), numbers("m")) == (4, [1, 2, 3, 4])
assert [client.get_model_version("m", semver).version for semver in ("1.2.2", "1.2.3")] == ["3", "4"]

# `register_model` goes on when the name is taken.
registered = mlflow.register_model(source, "other", tags={"gitlab.version": "0.1.0"})
assert (int(registered.version), numbers("other")) == (1, [1])

# Aliases and stages are the same when they are sent twice.
client.set_registered_model_alias("m", "champion", "1")
client.set_registered_model_alias("m", "champion", "4")
assert client.get_registered_model("m").aliases == {"champion": "4"}
client.transition_model_version_stage("m", "1", "Production")
client.transition_model_version_stage("m", "2", "Production", archive_existing_versions=True)
stages = [client.get_model_version("m", number).current_stage for number in "1234"]
assert stages == ["Archived", "Production", "None", "None"]
client.delete_registered_model_alias("m", "champion")
assert client.get_registered_model("m").aliases == {}
client.set_model_version_tag("m", "1", "k", "v")
client.update_model_version("m", "1", "d")
assert (client.get_model_version("m", "1").tags["k"], client.get_model_version("m", "1").description) == ("v", "d")

# What is gone by the first request is not found by the second.
assert refused(lambda: client.rename_registered_model("m", "n")) == "RESOURCE_DOES_NOT_EXIST"
assert numbers("n") == [1, 2, 3, 4]
assert refused(lambda: client.delete_model_version("n", "4")) == "RESOURCE_DOES_NOT_EXIST"
assert numbers("n") == [1, 2, 3]
assert refused(lambda: client.delete_registered_model("n")) == "RESOURCE_DOES_NOT_EXIST"
assert [one.name for one in client.search_registered_models()] == ["other"]
