"""A run of Alice's, a logged model of it, and the door to artifacts by address."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.test import Client

from accounts.models import User
from packages.store import listing
from projects.models import Project
from tests.conftest import Door
from tests.packages.conftest import s3_options
from tracking.models import LoggedModel, Run
from tracking.services import experiments, logged_models, runs


@pytest.fixture(autouse=True)
def store(tmp_path: Path, settings: Any) -> Path:
    """An empty local store."""
    place = tmp_path / "files"
    options = {"location": str(place), "allow_overwrite": True}
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    return place


@pytest.fixture
def bucket(store: Path, s3_server: tuple[str, Path], settings: Any) -> Iterator[Path]:
    """An empty bucket of a real S3 server instead, and the folder in which that keeps the objects."""
    url, root = s3_server
    settings.STORAGES = {**settings.STORAGES, "default": s3_options(url)}
    # Every test's project has the same id, and the server is the session's.
    storages["default"].bucket.objects.all().delete()
    for upload in listing.unfinished():
        listing.abort(upload)
    yield root / "artifacts"
    storages["default"].connection.meta.client.close()


@pytest.fixture
def run(project: Project, alice: User) -> Run:
    return runs.start(experiments.create(project, "scores", by=alice), by=alice)


@pytest.fixture
def model(run: Run, alice: User) -> LoggedModel:
    return logged_models.create(run.experiment, by=alice, name="net", source_run=run.uuid)


@pytest.fixture
def proxy(project: Project, alice: User, door: Any) -> Door:
    """What is below `mlflow-artifacts/`: `proxy.get("artifacts", {"path": …})`."""
    return door(f"/api/v4/projects/{project.pk}/ml/mlflow/api/2.0/mlflow-artifacts/", alice)


def address(owner: Run | LoggedModel, path: str = "") -> str:
    """Where the proxy has it: `artifacts/<experiment>/<run>/artifacts/<path>`."""
    return "artifacts/" + owner.artifact_uri.removeprefix("mlflow-artifacts:/") + (f"/{path}" if path else "")


def kept(place: Path) -> list[Path]:
    """Every object and every leftover in the store."""
    return [file for file in place.rglob("*") if file.is_file()]


def ours(bucket: Path, project: Project) -> set[str]:
    """The keys of a project's objects."""
    return {str(one.relative_to(bucket)) for one in kept(bucket / str(project.pk))}


# A file in parts, as MLflow's client sends it

CONTENT = [b"a" * 1000, b"b" * 1000, b"c" * 10]
WHOLE = b"".join(CONTENT)


def place(owner: Run | LoggedModel, folder: str = "") -> str:
    return address(owner, folder).removeprefix("artifacts/")


def create(
    proxy: Door, run: Run | LoggedModel, path: str = "/tmp/x/model.bin", parts: Any = 3, folder: str = ""
) -> Any:
    return proxy.post(f"mpu/create/{place(run, folder)}", {"path": path, "num_parts": parts})


def put(url: str, content: bytes, **extra: Any) -> Any:
    """As the client does: without any credential."""
    return Client().generic("PUT", url, content, content_type="", **extra)


def send(made: dict[str, Any], content: list[bytes] = CONTENT) -> list[dict[str, Any]]:
    told = []
    for credential, part in zip(made["credentials"], content, strict=True):
        answer = put(credential["url"], part)
        assert answer.status_code == 200, answer.content
        told.append({"part_number": credential["part_number"], "etag": answer["ETag"], "url": credential["url"]})
    return told


def finish(proxy: Door, run: Any, made: Any, told: Any, path: str = "model.bin", how: str = "complete") -> Any:
    body = {"path": path, "upload_id": made["upload_id"], "parts": told}
    return proxy.post(f"mpu/{how}/{place(run)}", body)


def content_of(proxy: Door, run: Any, path: str = "model.bin") -> bytes:
    return b"".join(proxy.get(address(run, path)).streaming_content)


@pytest.fixture
def made(proxy: Door, run: Run) -> Any:
    return create(proxy, run).json()
