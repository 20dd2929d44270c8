"""A published version's files cannot change, whichever way they are addressed; all else about it can.

Each way is tried on an open version first, where it works, so that a refusal is known to come of the publishing.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.identity import Identity
from accounts.models import User
from packages.models import Blob, Package, PackageFile, Upload
from packages.services import sweep
from projects.models import Project
from registry.models import ModelVersion
from registry.services import files, versions
from tests.api.mlflow.artifacts.conftest import CONTENT, address, create, finish, put, send
from tests.conftest import Door
from tracking.models import Run
from tracking.services import purge

PATH = "model/weights.bin"


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Any) -> Path:
    """An empty local store."""
    place = tmp_path / "files"
    options = {"location": str(place), "allow_overwrite": True}
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    return place


@pytest.fixture
def proxy(project: Project, alice: User, door: Any) -> Door:
    return door(f"/api/v4/projects/{project.pk}/ml/mlflow/api/2.0/mlflow-artifacts/", alice)


@pytest.fixture
def here(project: Project, alice: User, door: Any) -> Door:
    return door(f"/api/v4/projects/{project.pk}/", alice)


@pytest.fixture
def version(mlflow: Door, new_version: Any, alice: User) -> ModelVersion:
    """Of a run's folder `model`, with one file; the run has another file beside it."""
    run_id = mlflow.post("runs/create").json()["run"]["info"]["run_id"]
    made: ModelVersion = new_version("1.0.0", run_id=run_id, source=f"runs:/{run_id}/model")
    files.upload(made, "weights.bin", [b"kept"], by=alice)
    return ModelVersion.objects.select_related("model__project", "run__package", "run__experiment").get()


@pytest.fixture
def own(new_version: Any, alice: User) -> ModelVersion:
    """With a run and package of its own, as GitLab's clients make it."""
    made: ModelVersion = new_version("1.0.0")
    files.upload(made, PATH, [b"kept"], by=alice)
    return ModelVersion.objects.select_related("model__project", "run__package", "run__experiment").get()


@pytest.fixture(params=["version", "own"])
def either(request: pytest.FixtureRequest) -> ModelVersion:
    found: ModelVersion = request.getfixturevalue(request.param)
    return found


def package(run: Run) -> str:
    return f"packages/{run.package_id}"


def file(run: Run) -> int:
    return PackageFile.objects.get(package=run.package, path=PATH).pk


@pytest.fixture
def ways(mlflow: Door, proxy: Door, here: Door, page: Client) -> dict[str, Callable[[Run], Any]]:
    """What changes the file, each as one request."""
    candidate = "packages/ml_models/candidate:"
    return {
        "PUT an artifact": lambda run: proxy("PUT", address(run, PATH), b"new"),
        "DELETE an artifact": lambda run: proxy("DELETE", address(run, PATH)),
        "DELETE its folder": lambda run: proxy("DELETE", address(run, "model")),
        "DELETE all artifacts": lambda run: proxy("DELETE", address(run)),
        "upload-artifact": lambda run: upload_call(mlflow, run),
        "mpu/create": lambda run: create(proxy, run, "/tmp/weights.bin", folder="model"),
        "an empty file in parts": lambda run: whole(proxy, run),
        "PUT by the number of the run": lambda run: here("PUT", f"{candidate}{run.iid}/files/{PATH}", b"new"),
        "PUT by the id of the run": lambda run: here("PUT", f"{candidate}{run.uuid}/files/{PATH}", b"new"),
        "DELETE the package": lambda run: here("DELETE", package(run)),
        "DELETE the package file": lambda run: here("DELETE", f"{package(run)}/package_files/{file(run)}"),
        **by_version(here),
        **in_a_browser(page),
    }


def backed(run: Run) -> tuple[ModelVersion, str]:
    """The version that the run backs, and the file's path in it."""
    found = ModelVersion.objects.select_related("model").get(run=run)
    return found, PATH.removeprefix("model/") if found.folder else PATH


def by_version(here: Door) -> dict[str, Callable[[Run], Any]]:
    def of(run: Run) -> str:
        found, path = backed(run)
        return f"ml/models/{found.model.name}/versions/{found.semver}/files/{path}"

    def by_id(run: Run) -> str:
        found, path = backed(run)
        return f"packages/ml_models/{found.pk}/files/{path}"

    return {
        "PUT by the id of the version": lambda run: here("PUT", by_id(run), b"new"),
        "PUT a file of the version": lambda run: here("PUT", of(run), b"new"),
        "DELETE a file of the version": lambda run: here("DELETE", of(run)),
    }


def upload_call(mlflow: Door, run: Run) -> Any:
    place = f"{mlflow.root}upload-artifact?run_uuid={run.uuid}&path={PATH}"
    headers = {"authorization": f"Bearer {mlflow.token}"}
    return mlflow.client.post(place, b"new", content_type="application/octet-stream", headers=headers)


def whole(proxy: Door, run: Run) -> Any:
    begun = create(proxy, run, "/tmp/weights.bin", 0, folder="model")
    if begun.status_code != 200:
        return begun
    place = f"mpu/complete/{run.artifact_uri.removeprefix('mlflow-artifacts:/')}/model"
    return proxy.post(place, {"path": "weights.bin", "upload_id": begun.json()["upload_id"], "parts": []})


def in_a_browser(page: Client) -> dict[str, Callable[[Run], Any]]:
    root, binary = "/acme/fraud/-", "application/octet-stream"

    def files_of(run: Run) -> str:
        found, _ = backed(run)
        return f"{root}/ml/models/{found.model.name}/versions/{found.number}/files"

    return {
        "upload to the version in a browser": lambda run: page.put(
            f"{files_of(run)}/upload/{backed(run)[1]}", b"new", binary
        ),
        "delete from the version in a browser": lambda run: page.post(
            f"{files_of(run)}/delete", {"path": backed(run)[1]}
        ),
        "upload from a browser": lambda run: page.put(
            f"{root}/ml/runs/{run.iid}/artifacts/upload/{PATH}", b"new", binary
        ),
        "delete in a browser": lambda run: page.post(f"{root}/ml/runs/{run.iid}/artifacts/delete", {"path": PATH}),
        "delete the folder in a browser": lambda run: page.post(
            f"{root}/ml/runs/{run.iid}/artifacts/delete", {"path": "model"}
        ),
        "delete the package in a browser": lambda run: page.post(f"{root}/{package(run)}/delete"),
        "delete the package file in a browser": lambda run: page.post(
            f"{root}/{package(run)}/files/{file(run)}/delete"
        ),
    }


WAYS = [
    "PUT an artifact", "DELETE an artifact", "DELETE its folder", "DELETE all artifacts", "upload-artifact",
    "mpu/create", "an empty file in parts", "PUT by the number of the run", "PUT by the id of the run",
    "DELETE the package", "DELETE the package file", "PUT by the id of the version", "PUT a file of the version",
    "DELETE a file of the version", "upload to the version in a browser", "delete from the version in a browser",
    "upload from a browser", "delete in a browser",
    "delete the folder in a browser", "delete the package in a browser", "delete the package file in a browser",
]  # fmt: skip


def kept(version: ModelVersion) -> bytes:
    path = PATH.removeprefix("model/") if version.folder else PATH
    return b"".join(files.opened(version, path).reading)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_its_files_is_open_until_it_is_published(ways: Any, either: ModelVersion, way: str) -> None:
    answer = ways[way](either.run)
    assert answer.status_code in (200, 201, 204, 302), answer.content


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_its_files_is_refused_once_it_is(ways: Any, either: ModelVersion, way: str, alice: User) -> None:
    versions.publish(either, by=Identity(alice))
    answer = ways[way](either.run)
    assert answer.status_code in (400, 409), answer.content
    assert "published model version" in answer.content.decode()
    assert kept(either) == b"kept"
    assert PackageFile.objects.count() == 1
    assert not Upload.objects.exists()
    assert Package.objects.get(pk=either.run.package_id).frozen_folders == [either.folder]


def test_both_lists_of_ways_are_the_same(ways: Any) -> None:
    assert list(ways) == WAYS


@pytest.mark.parametrize("way", ["a new file", "a file below", "a file that would be its folder"])
def test_nothing_is_added_either(proxy: Door, version: ModelVersion, alice: User, way: str) -> None:
    versions.publish(version, by=Identity(alice))
    path = {"a new file": "model/b", "a file below": "model/c/d", "a file that would be its folder": "model"}[way]
    assert proxy("PUT", address(version.run, path), b"x").status_code == 400
    assert PackageFile.objects.get().path == PATH


def test_what_was_begun_before_is_neither_continued_nor_completed(
    proxy: Door, version: ModelVersion, alice: User, store: Path
) -> None:
    begun = create(proxy, version.run, "/tmp/weights.bin", folder="model").json()
    told = send(begun)
    versions.publish(version, by=Identity(alice))
    part = put(begun["credentials"][0]["url"], CONTENT[0])
    assert part.status_code == 400
    assert b"published model version" in part.content
    place = f"mpu/complete/{version.run.artifact_uri.removeprefix('mlflow-artifacts:/')}/model"
    answer = proxy.post(place, {"path": "weights.bin", "upload_id": begun["upload_id"], "parts": told})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_STATE")
    assert kept(version) == b"kept"
    assert Blob.objects.count() == 1
    aborted = proxy.post(place.replace("complete", "abort"), {"path": "weights.bin", "upload_id": begun["upload_id"]})
    assert aborted.status_code == 200
    assert not Upload.objects.exists()
    assert len([one for one in store.rglob("*") if one.is_file()]) == 1


def test_neither_purge_nor_sweep_takes_its_files(version: ModelVersion, alice: User) -> None:
    versions.publish(version, by=Identity(alice))
    Run.objects.update(deleted_at=1)
    assert purge.purge(timedelta(0)).total == 0
    assert list(sweep.sweep(timedelta(0))) == []
    assert kept(version) == b"kept"


def test_the_rest_of_its_run_is_as_open_as_before(
    mlflow: Door, proxy: Door, version: ModelVersion, alice: User
) -> None:
    versions.publish(version, by=Identity(alice))
    run = version.run
    assert proxy("PUT", address(run, "plots/a.png"), b"x").status_code == 200
    assert proxy("PUT", address(run, "model2/a"), b"x").status_code == 200
    assert proxy("DELETE", address(run, "plots")).status_code == 200
    begun = create(proxy, run).json()
    assert finish(proxy, run, begun, send(begun)).status_code == 200
    metric = {"run_id": run.uuid, "key": "auc", "value": 1, "timestamp": 1}
    param = {"run_id": run.uuid, "key": "depth", "value": "3"}
    tag = {"run_id": run.uuid, "key": "k", "value": "v"}
    for path, sent in (("log-metric", metric), ("log-parameter", param), ("set-tag", tag)):
        assert mlflow.post(f"runs/{path}", sent).status_code == 200
    paths = run.package.files.order_by("path").values_list("path", flat=True)
    assert list(paths) == ["model.bin", PATH, "model2/a"]


def test_its_description_tags_stage_and_aliases_change(mlflow: Door, version: ModelVersion, alice: User) -> None:
    versions.publish(version, by=Identity(alice))
    of = {"name": "fraud", "version": "1"}
    for method, path, more in (
        ("PATCH", "model-versions/update", {"description": "new"}),
        ("POST", "model-versions/set-tag", {"key": "k", "value": "v"}),
        ("POST", "model-versions/transition-stage", {"stage": "Production"}),
        ("POST", "registered-models/alias", {"alias": "a"}),
    ):
        assert mlflow(method, path, {**of, **more}).status_code == 200
    version.refresh_from_db()
    assert (version.description, version.stage, version.tags.get(key="k").value) == ("new", "Production", "v")
    assert version.aliases.get().name == "a"
    assert version.published_ms is not None


def test_a_deleted_version_gives_its_files_back(mlflow: Door, proxy: Door, version: ModelVersion, alice: User) -> None:
    versions.publish(version, by=Identity(alice))
    assert mlflow("DELETE", "model-versions/delete", {"name": "fraud", "version": "1"}).status_code == 200
    assert proxy("PUT", address(version.run, PATH), b"new").status_code == 200
    assert Package.objects.get().frozen_folders == []
