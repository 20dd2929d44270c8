"""Creating versions: numbers and semvers, what backs them, which sources are taken, and what is said of others."""

from typing import Any

import pytest

from audit.models import AuditEvent
from packages.models import Package, PackageKind
from registry.models import ModelVersion, RegisteredModel, RegistryRules
from tests.api.mlflow.registered_models.test_models import refused
from tests.conftest import Door
from tracking.models import Run
from tracking.services import runs


@pytest.fixture
def run_id(mlflow: Door) -> str:
    return str(mlflow.post("runs/create").json()["run"]["info"]["run_id"])


def create(door: Door, semver: str = "", **sent: Any) -> Any:
    tags = [{"key": "gitlab.version", "value": semver}] if semver else []
    return door.post("model-versions/create", {"name": "fraud", "tags": tags, **sent})


def test_a_version_is_kept_as_it_was_sent(mlflow: Door, fraud: RegisteredModel, run_id: str, alice: Any) -> None:
    sent = {"source": f"runs:/{run_id}/model", "run_id": run_id, "description": "d", "run_link": "http://there"}
    told = create(mlflow, "1.2.0-rc.1", **sent).json()["model_version"]
    version = ModelVersion.objects.get()
    assert (told["name"], told["version"], told["current_stage"], told["status"]) == ("fraud", "1", "None", "READY")
    assert {key: told[key] for key in sent} == sent
    assert (told["aliases"], told["tags"]) == (["1.2.0-rc.1"], [{"key": "gitlab.version", "value": "1.2.0-rc.1"}])
    assert (version.number, version.semver, version.is_explicit, version.is_prerelease) == (1, "1.2.0-rc.1", True, True)
    assert (version.run.uuid, version.folder, version.creator, version.published_ms) == (run_id, "model", alice, None)
    assert AuditEvent.objects.get(action="model_version_created").details["semver"] == "1.2.0-rc.1"


def test_without_a_run_it_has_one_of_its_own(mlflow: Door, fraud: RegisteredModel) -> None:
    told = create(mlflow).json()["model_version"]
    run = Run.objects.get(uuid=told["run_id"])
    assert (run.name, run.experiment.name) == ("fraud-1.0.0", "[model]fraud")
    package = Package.objects.get()
    assert (package.kind, package.name, package.version, run.package) == (
        PackageKind.ML_MODEL,
        "fraud",
        "1.0.0",
        package,
    )
    assert "aliases" not in told, "a counted semver is not among them"


def test_what_is_logged_to_its_run_is_the_versions(mlflow: Door, new_version: Any) -> None:
    run = new_version().run
    mlflow.post("runs/log-metric", {"run_id": run.uuid, "key": "auc", "value": 0.9, "timestamp": 1})
    mlflow.post("runs/log-parameter", {"run_id": run.uuid, "key": "depth", "value": "3"})
    version = ModelVersion.objects.get()
    assert version.run.latest_metrics.get().value == 0.9
    assert version.run.params.get().value == "3"


@pytest.mark.parametrize(
    "semver", ["1", "1.2", "v1.2.0", "1.2.3.4", "01.0.0", "1.0.0-01", "latest", "1.0.0 ", "^1.0.0"]
)
def test_no_semver_is_refused_with_the_next_free_one(mlflow: Door, new_version: Any, semver: str) -> None:
    new_version("1.4.9")
    reason = refused(create(mlflow, semver), 400, "INVALID_PARAMETER_VALUE")
    assert "must be a semantic version" in reason
    assert reason.endswith("The next free one is 1.4.10.")
    assert ModelVersion.objects.count() == Run.objects.count() == 1


def test_a_taken_semver_is_refused_with_the_next_free_one(mlflow: Door, new_version: Any) -> None:
    new_version("1.4.9", description="first")
    reason = refused(create(mlflow, "1.4.9"), 400, "RESOURCE_ALREADY_EXISTS")
    assert reason == "Version '1.4.9' of 'fraud' already exists. The next free one is 1.4.10."
    assert ModelVersion.objects.count() == Run.objects.count() == 1
    assert create(mlflow, "1.4.10").status_code == 200


def test_versions_count_on_without_gaps(mlflow: Door, new_version: Any) -> None:
    made = [new_version(semver) for semver in ("", "2.0.0-rc.1", "", "0.9.0", "")]
    assert [one.semver for one in made] == ["1.0.0", "2.0.0-rc.1", "2.0.0", "0.9.0", "2.0.1"]
    assert [one.number for one in made] == [1, 2, 3, 4, 5]


def test_a_deleted_run_and_an_unknown_one_back_nothing(mlflow: Door, fraud: Any, run_id: str) -> None:
    refused(create(mlflow, run_id="0" * 32), 404, "RESOURCE_DOES_NOT_EXIST")
    mlflow.post("runs/delete", {"run_id": run_id})
    reason = refused(create(mlflow, run_id=run_id), 400, "INVALID_PARAMETER_VALUE")
    assert "must be in the 'active' state" in reason
    assert not ModelVersion.objects.exists()


def test_another_projects_run_backs_nothing(mlflow: Door, fraud: Any, other_project: Any, charlie: Any) -> None:
    theirs = runs.start(other_project.experiments.get(iid=0), by=charlie)
    for sent in ({"run_id": theirs.uuid}, {"run_id": theirs.uuid, "source": f"runs:/{theirs.uuid}/m"}):
        refused(create(mlflow, **sent), 404, "RESOURCE_DOES_NOT_EXIST")
    assert not ModelVersion.objects.exists()


SOURCES = {
    "s3://bucket/key": "It must be artifacts",
    "https://example.com/model": "It must be artifacts",
    "dbfs:/model": "It must be artifacts",
    "/etc/passwd": "local path",
    "file:///etc/passwd": "local path",
    "model": "local path",
    "runs:/{run}/../x": "without relative path references",
    "runs:/{run}/%2e%2e/x": "without relative path references",
    "runs:/{run}/a?b": "without relative path references",
    "mlflow-artifacts://host/0/{run}/artifacts": "It must be artifacts",
    "mlflow-artifacts:/0/00000000000000000000000000000000/artifacts": "run_id request parameter must identify",
    "runs:/00000000000000000000000000000000/model": "run_id request parameter must identify",
    "models:/m-00000000000000000000000000000000": "model_id request parameter must identify",
}


@pytest.mark.parametrize(("source", "says"), SOURCES.items())
def test_a_foreign_source_is_refused_with_what_would_be_right(
    mlflow: Door, fraud: Any, run_id: str, source: str, says: str
) -> None:
    reason = refused(
        create(mlflow, source=source.replace("{run}", run_id), run_id=run_id), 400, "INVALID_PARAMETER_VALUE"
    )
    assert reason.startswith("Invalid model version source")
    assert says in reason
    assert "It must be artifacts of this project: runs:/<run_id>/<path> with this run_id" in reason
    assert not ModelVersion.objects.exists()


@pytest.mark.parametrize("text", ["1", "1.0.0", "latest", "^1.0"])
def test_a_copy_has_the_files_and_the_run_of_its_original(mlflow: Door, new_version: Any, text: str) -> None:
    original = new_version("1.0.0")
    mlflow.post("registered-models/create", {"name": "copy"})
    told = create(mlflow, name="copy", source=f"models:/fraud/{text}").json()["model_version"]
    assert (told["run_id"], told["source"], told["version"]) == (original.run.uuid, "models:/fraud/1", "1")
    for where in ("fraud", "copy"):
        address = mlflow.get("model-versions/get-download-uri", {"name": where, "version": "1"}).json()
        assert address == {"artifact_uri": original.artifact_uri}


def test_a_project_may_publish_at_once(mlflow: Door, fraud: Any, project: Any, run_id: str) -> None:
    RegistryRules.objects.create(project=project, publish_at_once=True)
    create(mlflow, source=f"runs:/{run_id}/model", run_id=run_id)
    create(mlflow)
    published = ModelVersion.objects.order_by("number").values_list("published_ms", flat=True)
    assert [bool(one) for one in published] == [True, False]


def test_only_developers_create(mlflow: Door, fraud: Any, bob: Any, charlie: Any) -> None:
    refused(create(mlflow.as_(bob)), 403, "PERMISSION_DENIED")
    refused(create(mlflow.as_(charlie)), 404, "RESOURCE_DOES_NOT_EXIST")
    assert not ModelVersion.objects.exists()
