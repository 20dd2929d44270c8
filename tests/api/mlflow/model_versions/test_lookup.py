"""Each place that takes a version takes each of its names, and tells a missing one from nonsense."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.models import ModelVersion
from registry.services import files
from tests.api.mlflow.conftest import FORMS
from tests.api.mlflow.registered_models.test_models import refused
from tests.conftest import Door

# Method, path, what else is sent; and whether the row shows that it was done.
PLACES: dict[str, tuple[str, str, dict[str, Any], Callable[[ModelVersion], bool]]] = {
    "get": ("GET", "get", {}, lambda version: True),
    "update": ("PATCH", "update", {"description": "new"}, lambda version: version.description == "new"),
    "get-download-uri": ("GET", "get-download-uri", {}, lambda version: True),
    "transition-stage": ("POST", "transition-stage", {"stage": "Staging"}, lambda version: version.stage == "Staging"),
    "set-tag": ("POST", "set-tag", {"key": "k", "value": "v"}, lambda version: version.tags.filter(key="k").exists()),
    "delete-tag": ("DELETE", "delete-tag", {"key": "t"}, lambda version: not version.tags.filter(key="t").exists()),
    "delete": ("DELETE", "delete", {"force": True}, lambda version: not ModelVersion.objects.filter(pk=version.pk)),
}


def ask(door: Door, place: str, text: str) -> Any:
    method, path, more, _ = PLACES[place]
    return door(method, f"model-versions/{path}", {"name": "fraud", "version": text, **more})


@pytest.mark.parametrize(("text", "number"), FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize("place", PLACES)
def test_every_place_takes_every_name(
    mlflow: Door, three: list[ModelVersion], place: str, text: str, number: int
) -> None:
    for version in three:
        version.tags.create(key="t", value="v")
    answer = ask(mlflow, place, text)
    assert answer.status_code == 200, answer.content
    told = answer.json()
    meant, done = three[number - 1], PLACES[place][3]
    assert told.get("model_version", {}).get("version", str(number)) == str(number)
    assert told.get("artifact_uri", meant.artifact_uri) == meant.artifact_uri
    if place.startswith("get"):
        return
    fresh = [ModelVersion.objects.filter(pk=version.pk).first() or version for version in three]
    assert [done(version) for version in fresh] == [version.pk == meant.pk for version in three]


@pytest.mark.parametrize("text", ["7", "0", "9" * 30, "9.9.9", "1.0.0+build", "^9", ">2.0.0 <3"])
@pytest.mark.parametrize("place", PLACES)
def test_what_there_is_not_is_not_found(mlflow: Door, three: Any, place: str, text: str) -> None:
    assert "not found" in refused(ask(mlflow, place, text), 404, "RESOURCE_DOES_NOT_EXIST")
    assert ModelVersion.objects.count() == 3


@pytest.mark.parametrize("text", ["nobody", "one!", "v1.x.y", "\uff11", "1.2.3.4.5"])
@pytest.mark.parametrize("place", PLACES)
def test_what_means_nothing_is_told_what_would(mlflow: Door, three: Any, place: str, text: str) -> None:
    reason = refused(ask(mlflow, place, text), 400, "INVALID_PARAMETER_VALUE")
    assert "a semver, 'latest', an alias or a range" in reason
    assert ModelVersion.objects.count() == 3


@pytest.mark.parametrize(("text", "number"), FORMS.values(), ids=FORMS.keys())
def test_a_file_of_a_version_by_every_name(
    mlflow: Door, three: list[ModelVersion], alice: Any, text: str, number: int
) -> None:
    for version in three:
        files.upload(version, "which.txt", [str(version.number).encode()], by=alice)
    root = mlflow.root.replace("api/2.0/mlflow/", "")
    asked = {"name": "fraud", "version": text, "path": "which.txt"}
    answer = Door(root, mlflow.token, mlflow.client).get("model-versions/get-artifact", asked)
    assert b"".join(answer.streaming_content) == str(number).encode()


@pytest.mark.parametrize("text", ["1", "1.2.0", "latest", "champion", "^1.0"])
def test_getting_one_takes_few_queries_whatever_it_is_called(
    mlflow: Door, three: Any, text: str, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    # Who calls and may they; the model; an alias, and else a range; tags and aliases.
    with django_assert_max_num_queries(8):
        assert ask(mlflow, "get", text).status_code == 200
