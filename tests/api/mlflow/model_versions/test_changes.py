"""Descriptions, tags, stages and deletion of versions."""

from typing import Any

import pytest

from audit.models import AuditEvent
from registry.models import ModelVersion, Stage
from tests.api.mlflow.registered_models.test_models import refused
from tests.conftest import Door
from tracking.models import Run


def transition(door: Door, version: str, stage: str, *, archive: bool = False) -> Any:
    sent = {"name": "fraud", "version": version, "stage": stage, "archive_existing_versions": archive}
    return door.post("model-versions/transition-stage", sent)


def stages() -> list[str]:
    return list(ModelVersion.objects.order_by("number").values_list("stage", flat=True))


def delete(door: Door, version: str, **more: Any) -> Any:
    return door("DELETE", "model-versions/delete", {"name": "fraud", "version": version, **more})


def test_a_description_that_is_not_sent_is_emptied(mlflow: Door, three: Any) -> None:
    for sent, kept in ({"description": "new"}, "new"), ({}, ""):
        answer = mlflow("PATCH", "model-versions/update", {"name": "fraud", "version": "1.0.0", **sent})
        assert answer.json()["model_version"]["description"] == kept
        assert ModelVersion.objects.get(number=1).description == kept


def test_a_stage_in_any_case_archives_the_others_when_asked(mlflow: Door, three: Any) -> None:
    assert transition(mlflow, "1", "production").json()["model_version"]["current_stage"] == "Production"
    transition(mlflow, "1.2.0", "PRODUCTION")
    assert stages() == ["Production", "Production", "None"]
    transition(mlflow, "3", "Production", archive=True)
    assert stages() == ["Archived", "Archived", "Production"]
    last = AuditEvent.objects.filter(action="model_version_transitioned").order_by("pk").last()
    assert last
    assert (last.details["from_stage"], last.details["to_stage"], last.details["archived"]) == (
        "None",
        "Production",
        [1, 2],
    )


@pytest.mark.parametrize(("stage", "archive"), [("nonsense", False), ("", False), ("None", True), ("Archived", True)])
def test_no_stage_is_refused_and_nothing_is_archived(mlflow: Door, three: Any, stage: str, archive: bool) -> None:
    refused(transition(mlflow, "1", stage, archive=archive), 400, "INVALID_PARAMETER_VALUE")
    assert stages() == [Stage.NONE] * 3


def test_a_version_that_an_alias_points_to_goes_only_by_force(mlflow: Door, three: Any) -> None:
    reason = refused(delete(mlflow, "champion"), 400, "INVALID_STATE")
    assert "the alias 'champion' points to it" in reason
    assert "force=true" in reason
    assert ModelVersion.objects.count() == 3
    assert delete(mlflow, "champion", force=True).json() == {}
    assert list(ModelVersion.objects.order_by("number").values_list("number", flat=True)) == [2, 3]
    answer = mlflow.get("registered-models/alias", {"name": "fraud", "alias": "champion"})
    refused(answer, 400, "INVALID_PARAMETER_VALUE")


def test_a_deleted_number_is_not_given_again_and_its_run_stays(mlflow: Door, three: Any, new_version: Any) -> None:
    run = three[2].run
    assert delete(mlflow, "2.0.0-rc.1").status_code == 200
    refused(delete(mlflow, "2.0.0-rc.1"), 404, "RESOURCE_DOES_NOT_EXIST")
    assert Run.objects.get(pk=run.pk).deleted_at is None
    again = new_version()
    assert (again.number, again.semver) == (4, "1.2.1")


def test_readers_change_nothing(mlflow: Door, three: Any, bob: Any) -> None:
    reader = mlflow.as_(bob)
    for answer in (transition(reader, "1", "Staging"), delete(reader, "2")):
        refused(answer, 403, "PERMISSION_DENIED")
    assert stages() == ["None"] * 3
