"""Registered models: made, read, renamed, described, tagged, deleted."""

from collections.abc import Callable
from typing import Any

import pytest

from audit.models import AuditEvent
from registry.models import ModelVersion, RegisteredModel
from tests.conftest import Door
from tracking.models import Run

PROMPT = {"key": "mlflow.prompt.is_prompt", "value": "true"}


def refused(answer: Any, status: int, code: str) -> str:
    """The reason."""
    assert (answer.status_code, answer.json()["error_code"]) == (status, code), answer.content
    return str(answer.json()["message"])


def test_a_model_is_kept_as_it_was_sent(mlflow: Door, project: Any, alice: Any) -> None:
    sent = {"name": "a@b 漢", "description": "about it", "tags": [{"key": "k", "value": "v"}]}
    told = mlflow.post("registered-models/create", sent).json()["registered_model"]
    model = RegisteredModel.objects.get()
    assert (told["name"], told["description"], told["tags"]) == ("a@b 漢", "about it", [{"key": "k", "value": "v"}])
    assert (told["creation_timestamp"], told["last_updated_timestamp"]) == (model.created_ms, model.created_ms)
    assert (model.project, model.creator, model.is_prompt, model.last_number) == (project, alice, False, 0)
    assert mlflow.get("registered-models/get", {"name": "a@b 漢"}).json()["registered_model"] == told


def test_a_name_is_taken_once_even_by_the_same_request(mlflow: Door, fraud: RegisteredModel) -> None:
    reason = refused(mlflow.post("registered-models/create", {"name": "fraud"}), 400, "RESOURCE_ALREADY_EXISTS")
    assert reason == "Registered Model (name=fraud) already exists."
    assert RegisteredModel.objects.get() == fraud


def test_a_model_and_a_prompt_share_no_name(mlflow: Door, fraud: RegisteredModel) -> None:
    answer = mlflow.post("registered-models/create", {"name": "fraud", "tags": [PROMPT]})
    assert "already taken by a registered model" in refused(answer, 400, "RESOURCE_ALREADY_EXISTS")
    fraud.refresh_from_db()
    assert not fraud.is_prompt


@pytest.mark.parametrize("name", ["", " ", "a/b", "a:b", "..", "x" * 256])
def test_a_name_that_no_address_can_hold_is_refused(mlflow: Door, name: str) -> None:
    refused(mlflow.post("registered-models/create", {"name": name}), 400, "INVALID_PARAMETER_VALUE")
    assert not RegisteredModel.objects.exists()


@pytest.mark.parametrize("count", [1, 10])
def test_reading_one_takes_as_many_queries_however_many_versions_it_has(
    mlflow: Door, new_version: Any, count: int, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for number in range(count):
        new_version()
        alias = {"name": "fraud", "alias": f"a{number}", "version": str(number + 1)}
        mlflow.post("registered-models/alias", alias)
    # Who calls and may they; the model, again with tags and aliases, the latest by stage with their details.
    with django_assert_max_num_queries(11):
        told = mlflow.get("registered-models/get", {"name": "fraud"}).json()["registered_model"]
    assert len(told["aliases"]) == count
    assert [one["version"] for one in told["latest_versions"]] == [str(count)]


def test_a_renamed_model_keeps_all_it_has(mlflow: Door, three: Any, fraud: RegisteredModel) -> None:
    told = mlflow.post("registered-models/rename", {"name": "fraud", "new_name": "abuse"}).json()["registered_model"]
    fraud.refresh_from_db()
    assert told["name"] == fraud.name == "abuse"
    assert told["aliases"] == [{"alias": "champion", "version": "1"}]
    assert fraud.versions.count() == 3
    answer = mlflow.get("model-versions/get", {"name": "abuse", "version": "^1.0"})
    assert answer.json()["model_version"]["version"] == "2"
    refused(mlflow.get("registered-models/get", {"name": "fraud"}), 404, "RESOURCE_DOES_NOT_EXIST")


def test_a_taken_name_renames_nothing(mlflow: Door, fraud: RegisteredModel) -> None:
    mlflow.post("registered-models/create", {"name": "abuse"})
    answer = mlflow.post("registered-models/rename", {"name": "fraud", "new_name": "abuse"})
    refused(answer, 400, "RESOURCE_ALREADY_EXISTS")
    assert sorted(RegisteredModel.objects.values_list("name", flat=True)) == ["abuse", "fraud"]


def test_a_description_is_changed_and_emptied(mlflow: Door, fraud: RegisteredModel) -> None:
    for text in ("new", ""):
        answer = mlflow("PATCH", "registered-models/update", {"name": "fraud", "description": text})
        assert answer.json()["registered_model"].get("description", "") == text
        fraud.refresh_from_db()
        assert fraud.description == text


def test_a_tag_is_set_overwritten_and_deleted(mlflow: Door, fraud: RegisteredModel) -> None:
    for value in ("1", "2"):
        mlflow.post("registered-models/set-tag", {"name": "fraud", "key": "k", "value": value})
        assert fraud.tags.get().value == value
    for _ in range(2):
        assert mlflow("DELETE", "registered-models/delete-tag", {"name": "fraud", "key": "k"}).status_code == 200
    assert not fraud.tags.exists()


def test_a_deleted_model_leaves_its_runs_and_its_name(mlflow: Door, three: Any) -> None:
    assert mlflow("DELETE", "registered-models/delete", {"name": "fraud"}).json() == {}
    assert not RegisteredModel.objects.exists()
    assert not ModelVersion.objects.exists()
    assert Run.objects.filter(deleted_at=None).count() == 3
    refused(mlflow("DELETE", "registered-models/delete", {"name": "fraud"}), 404, "RESOURCE_DOES_NOT_EXIST")
    mlflow.post("registered-models/create", {"name": "fraud"})
    answer = mlflow.post("model-versions/create", {"name": "fraud"})
    assert answer.json()["model_version"]["version"] == "1"
    deleted = AuditEvent.objects.get(action="registered_model_deleted")
    assert deleted.details["name"] == "fraud"


def test_readers_read_and_strangers_see_nothing(mlflow: Door, three: Any, bob: Any, charlie: Any) -> None:
    assert mlflow.as_(bob).get("registered-models/get", {"name": "fraud"}).status_code == 200
    refused(mlflow.as_(bob)("DELETE", "registered-models/delete", {"name": "fraud"}), 403, "PERMISSION_DENIED")
    asked = mlflow.as_(charlie).get("registered-models/get", {"name": "fraud"})
    refused(asked, 404, "RESOURCE_DOES_NOT_EXIST")
    assert RegisteredModel.objects.count() == 1
