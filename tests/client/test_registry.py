"""The registry as MLflow's own tests use it: the flows of its client against a REST server, in our words."""

import os
import time
import warnings
from typing import Any

import pytest

from tests.live import Tenant

with warnings.catch_warnings(action="ignore"):
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

pytestmark = [
    pytest.mark.client,
    # MLflow warns of its own future: stages.
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif("MLFLOW_CLIENT_PYTHON" in os.environ, reason="runs with this process's client"),
]
STAGES = ["None", "Staging", "Production", "Archived"]


@pytest.fixture
def client(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> MlflowClient:
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", tenant.token)
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")
    return MlflowClient(tenant.tracking_uri, tenant.tracking_uri)


@pytest.fixture
def run_id(client: MlflowClient) -> str:
    return str(client.create_run("0").info.run_id)


def ago(milliseconds: int) -> float:
    return abs(time.time() * 1000 - milliseconds)


def numbers(found: Any) -> list[int]:
    return [int(one.version) for one in found]


def refused(code: str, ask: Any) -> str:
    with pytest.raises(MlflowException) as refusal:
        ask()
    assert refusal.value.error_code == code, refusal.value
    return str(refusal.value)


# Registered models


def test_a_model_is_created_read_and_listed(client: MlflowClient) -> None:
    tags = {"key": "value", "another key": "some other value", "empty": ""}
    made = client.create_registered_model("A name with blanks, ünïcode & ampersand", tags, "The best model ever ♥")
    assert made.name == "A name with blanks, ünïcode & ampersand"
    assert made.creation_timestamp == made.last_updated_timestamp
    assert ago(made.creation_timestamp) < 600_000
    read = client.get_registered_model(made.name)
    assert (read.tags, read.description, read.latest_versions) == (tags, "The best model ever ♥", [])
    assert [one.name for one in client.search_registered_models(f"name = '{made.name}'")] == [made.name]
    refused("RESOURCE_ALREADY_EXISTS", lambda: client.create_registered_model(made.name))


def test_an_update_touches_its_time_and_nothing_else(client: MlflowClient) -> None:
    made = client.create_registered_model("m", {"a": "b"})
    for text in ("first", "second", ""):
        told = client.update_registered_model("m", text)
        assert (told.description or "", told.tags, told.creation_timestamp) == (
            text,
            {"a": "b"},
            made.creation_timestamp,
        )
        assert told.last_updated_timestamp >= made.last_updated_timestamp
        assert (client.get_registered_model("m").description or "") == text


def test_a_renamed_model_is_found_by_its_new_name_alone(client: MlflowClient, run_id: str) -> None:
    client.create_registered_model("old")
    client.create_model_version("old", f"runs:/{run_id}/model", run_id)
    client.set_registered_model_alias("old", "champion", "1")
    client.rename_registered_model("old", "new")
    assert client.get_model_version_by_alias("new", "champion").name == "new"
    assert client.get_model_version("new", "1").run_id == run_id
    for ask in (
        lambda: client.get_registered_model("old"),
        lambda: client.get_model_version("old", "1"),
        lambda: client.rename_registered_model("old", "newer"),
    ):
        refused("RESOURCE_DOES_NOT_EXIST", ask)


def test_models_are_found_page_after_page_in_any_order(client: MlflowClient) -> None:
    names = [f"model {number:02}" for number in range(25)]
    for name in reversed(names):
        client.create_registered_model(name, {"parity": str(int(name[-2:]) % 2)})
    found, token, pages = [], None, 0
    while pages == 0 or token:
        page = client.search_registered_models(max_results=10, page_token=token)
        found += [one.name for one in page]
        token, pages = page.token, pages + 1
    assert (found, pages) == (names, 3)
    backwards = client.search_registered_models("name LIKE 'model 0%'", order_by=["name DESC"])
    assert [one.name for one in backwards] == names[9::-1]
    by_time = client.search_registered_models(order_by=["last_updated_timestamp ASC", "name DESC"])
    assert [one.name for one in by_time] == names[::-1]
    even = client.search_registered_models("tags.parity = '0' AND name ILIKE 'MODEL 1%'")
    assert [one.name for one in even] == names[10:20:2]
    assert client.search_registered_models("name = 'nobody'") == []


def test_tags_of_a_model(client: MlflowClient) -> None:
    client.create_registered_model("m", {"key": "value"})
    client.set_registered_model_tag("m", "key", "changed")
    client.set_registered_model_tag("m", "numeric", 5)
    assert client.get_registered_model("m").tags == {"key": "changed", "numeric": "5"}
    for _ in range(2):
        client.delete_registered_model_tag("m", "key")
    assert client.get_registered_model("m").tags == {"numeric": "5"}
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.set_registered_model_tag("nobody", "k", "v"))
    refused("INVALID_PARAMETER_VALUE", lambda: client.set_registered_model_tag("m", "k" * 251, "v"))


def test_a_deleted_model_takes_its_versions_along(client: MlflowClient, run_id: str) -> None:
    client.create_registered_model("m")
    for _ in range(3):
        client.create_model_version("m", f"runs:/{run_id}/model", run_id)
    client.delete_registered_model("m")
    assert client.search_registered_models() == client.search_model_versions() == []
    for ask in (
        lambda: client.get_model_version("m", "2"),
        lambda: client.delete_registered_model("m"),
        lambda: client.update_registered_model("m", "x"),
        lambda: client.get_latest_versions("m"),
    ):
        refused("RESOURCE_DOES_NOT_EXIST", ask)
    assert client.get_run(run_id).info.lifecycle_stage == "active"


# Versions


def test_a_version_of_a_runs_folder(client: MlflowClient, run_id: str) -> None:
    client.create_registered_model("m")
    source = f"runs:/{run_id}/model"
    made = client.create_model_version("m", source, run_id, {"k": "v"}, "http://link", "about it")
    assert (made.name, made.version, made.status, made.current_stage) == ("m", "1", "READY", "None")
    assert (made.source, made.run_id, made.run_link, made.description) == (source, run_id, "http://link", "about it")
    assert made.tags == {"k": "v"}
    assert dict(client.get_model_version("m", "1")) == dict(made)
    [latest] = client.get_registered_model("m").latest_versions
    assert latest.version == "1"


@pytest.mark.parametrize("place", ["{root}", "{root}/model", "{root}/a/b/c", "runs:/{run}/model", "runs:/{run}"])
def test_a_version_of_any_place_in_its_run(client: MlflowClient, run_id: str, place: str) -> None:
    root = client.get_run(run_id).info.artifact_uri
    source = place.format(root=root, run=run_id)
    client.create_registered_model("m")
    assert client.create_model_version("m", source, run_id).source == source
    folder = place.partition("}")[2].removeprefix("/")
    assert client.get_model_version_download_uri("m", "1") == (f"{root}/{folder}" if folder else root)


def test_a_version_without_a_run_has_one_of_its_own(client: MlflowClient) -> None:
    """MLflow keeps none; here a version is backed by a run, by design."""
    client.create_registered_model("m")
    made = client.create_model_version("m", "")
    assert client.get_run(made.run_id).info.run_name == "m-1.0.0"
    assert client.get_model_version_download_uri("m", "1") == client.get_run(made.run_id).info.artifact_uri


FOREIGN = ["s3://bucket/model", "dbfs:/model", "/tmp/model", "file:///tmp/model", "model", "https://host/model"]


@pytest.mark.parametrize("source", FOREIGN)
@pytest.mark.parametrize("with_run", [True, False])
def test_a_foreign_source_is_refused_with_what_would_be_right(
    client: MlflowClient, run_id: str, source: str, with_run: bool
) -> None:
    """MLflow takes some of these; here a version's files are the project's own, by design."""
    client.create_registered_model("m")
    reason = refused(
        "INVALID_PARAMETER_VALUE", lambda: client.create_model_version("m", source, run_id if with_run else None)
    )
    assert f"Invalid model version source: '{source}'" in reason
    assert "runs:/<run_id>/<path> with this run_id" in reason
    assert client.search_model_versions() == []


def test_a_runs_source_without_its_run_is_refused_with_what_is_missing(client: MlflowClient, run_id: str) -> None:
    client.create_registered_model("m")
    source = f"runs:/{run_id}/model"
    reason = refused("INVALID_PARAMETER_VALUE", lambda: client.create_model_version("m", source))
    assert "The run_id request parameter must identify" in reason


def test_versions_are_found_by_all_that_mlflow_offers(client: MlflowClient, run_id: str) -> None:
    other = client.create_run("0").info.run_id
    for name in ("a", "b"):
        client.create_registered_model(name)
    for name, run in (("a", run_id), ("b", run_id), ("a", other), ("a", run_id)):
        client.create_model_version(name, f"runs:/{run}/model", run, {"of": name})
    newest_first = client.search_model_versions("name='a'", order_by=["version_number DESC"])
    assert numbers(newest_first) == [3, 2, 1]
    assert numbers(client.search_model_versions("name = 'a'", order_by=["version_number ASC"])) == [1, 2, 3]
    assert len(client.search_model_versions()) == 4
    assert len(client.search_model_versions(f"run_id = '{run_id}'")) == 3
    assert len(client.search_model_versions(f"run_id IN ('{run_id}', '{other}')")) == 4
    assert numbers(client.search_model_versions(f"source_path = 'runs:/{other}/model'")) == [2]
    assert numbers(client.search_model_versions("name='a' AND version_number >= 2", order_by=["version_number"])) == [
        2,
        3,
    ]
    assert {one.name for one in client.search_model_versions("tags.of = 'b'")} == {"b"}
    first = client.search_model_versions("name='a'", max_results=2, order_by=["version_number"])
    second = client.search_model_versions(
        "name='a'", max_results=2, order_by=["version_number"], page_token=first.token
    )
    assert (numbers(first), numbers(second), second.token or "") == ([1, 2], [3], "")
    for nonsense in ("name!", "stage = 'None'", "version_number = 'one'", "run_id IN ()"):
        refused("INVALID_PARAMETER_VALUE", lambda nonsense=nonsense: client.search_model_versions(nonsense))


def test_a_version_is_described_tagged_and_deleted(client: MlflowClient, run_id: str) -> None:
    client.create_registered_model("m")
    for _ in range(2):
        client.create_model_version("m", f"runs:/{run_id}/model", run_id, description="first")
    assert client.update_model_version("m", "1", "second").description == "second"
    assert client.get_model_version("m", "2").description == "first"
    client.set_model_version_tag("m", "1", "k", "v")
    client.set_model_version_tag("m", key="by stage", value="v", stage="None")
    assert client.get_model_version("m", "1").tags == {"k": "v"}
    assert client.get_model_version("m", "2").tags == {"by stage": "v"}
    client.delete_model_version_tag("m", "1", "k")
    assert client.get_model_version("m", "1").tags == {}
    client.delete_model_version("m", "2")
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.get_model_version("m", "2"))
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.delete_model_version("m", "2"))
    assert client.create_model_version("m", f"runs:/{run_id}/model", run_id).version == "3"


# Stages and aliases


def test_stages_and_their_latest_versions(client: MlflowClient, run_id: str) -> None:
    client.create_registered_model("m")
    for stage in ("None", "Production", "Staging", "Production", "None"):
        made = client.create_model_version("m", f"runs:/{run_id}/model", run_id)
        assert client.transition_model_version_stage("m", made.version, stage).current_stage == stage
    assert client.get_model_version_stages("m", "1") == STAGES
    latest = {one.current_stage: one.version for one in client.get_latest_versions("m")}
    assert latest == {"None": "5", "Staging": "3", "Production": "4"}
    for stage in STAGES:
        found = client.get_latest_versions("m", [stage])
        assert [one.version for one in found] == [latest[one] for one in [stage] if one in latest]
    assert sorted(numbers(client.get_latest_versions("m", ["production", "StAgInG"]))) == [3, 4]
    client.transition_model_version_stage("m", "5", "Production", archive_existing_versions=True)
    assert [client.get_model_version("m", str(one)).current_stage for one in range(1, 6)] == [
        "None",
        "Archived",
        "Staging",
        "Archived",
        "Production",
    ]
    refused("INVALID_PARAMETER_VALUE", lambda: client.transition_model_version_stage("m", "1", "nonsense"))
    refused(
        "INVALID_PARAMETER_VALUE",
        lambda: client.transition_model_version_stage("m", "1", "None", archive_existing_versions=True),
    )


def test_an_alias_is_set_moved_and_removed(client: MlflowClient, run_id: str) -> None:
    client.create_registered_model("m")
    for _ in range(2):
        client.create_model_version("m", f"runs:/{run_id}/model", run_id)
    client.set_registered_model_alias("m", "test_alias", "1")
    client.set_registered_model_alias("m", "other", "1")
    assert client.get_registered_model("m").aliases == {"test_alias": "1", "other": "1"}
    assert sorted(client.get_model_version("m", "1").aliases) == ["other", "test_alias"]
    client.set_registered_model_alias("m", "test_alias", "2")
    assert client.get_model_version_by_alias("m", "test_alias").version == "2"
    for _ in range(2):
        client.delete_registered_model_alias("m", "test_alias")
    assert client.get_registered_model("m").aliases == {"other": "1"}
    refused("INVALID_PARAMETER_VALUE", lambda: client.get_model_version_by_alias("m", "test_alias"))
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.set_registered_model_alias("m", "test_alias", "9"))
    refused("INVALID_STATE", lambda: client.delete_model_version("m", "1"))


def test_a_copy_of_a_copy(client: MlflowClient, run_id: str) -> None:
    client.create_registered_model("staging")
    made = client.create_model_version("staging", f"runs:/{run_id}/model", run_id, {"k": "v"}, description="d")
    copy = client.copy_model_version("models:/staging/1", "prod")
    again = client.copy_model_version("models:/prod/1", "prod")
    assert (copy.version, again.version) == ("1", "2")
    for one in (copy, again):
        assert (one.run_id, one.tags, one.description) == (run_id, made.tags, "d")
    assert (copy.source, again.source) == ("models:/staging/1", "models:/prod/1")
    where = client.get_model_version_download_uri("staging", "1")
    assert [client.get_model_version_download_uri("prod", one) for one in ("1", "2")] == [where, where]
    # The client's own code; what the server said is in its message.
    reason = refused("INTERNAL_ERROR", lambda: client.copy_model_version("models:/nobody/1", "prod"))
    assert "Registered Model with name=nobody not found" in reason


def test_a_webhook_of_the_registry(client: MlflowClient) -> None:
    made = client.create_webhook("ci", "https://8.8.8.8/hook", ["model_version.created"], secret="tea")
    assert [one.webhook_id for one in client.list_webhooks()] == [made.webhook_id]
    changed = client.update_webhook(made.webhook_id, status="DISABLED")
    assert changed.status.value == "DISABLED"
    client.delete_webhook(made.webhook_id)
    refused("RESOURCE_DOES_NOT_EXIST", lambda: client.get_webhook(made.webhook_id))
