"""A package to put files into, and the store it lies in: a local folder, or a bucket of a real S3 server."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages

from accounts.models import User
from packages.models import Package, PackageKind
from projects.models import Project
from tests.s3 import KEY, SECRET


@pytest.fixture
def package(project: Project, alice: User) -> Package:
    return Package.objects.create(project=project, kind=PackageKind.GENERIC, name="set", version="1", creator=alice)


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """An empty local store."""
    place = tmp_path / "files"
    options = {"location": str(place), "allow_overwrite": True}
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    return place


def s3_options(url: str, **more: Any) -> dict[str, Any]:
    options = {
        "bucket_name": "artifacts",
        "endpoint_url": url,
        "region_name": "us-east-1",
        "access_key": KEY,
        "secret_key": SECRET,
        "addressing_style": "path",
        "signature_version": "s3v4",
        "default_acl": None,
        "file_overwrite": True,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {**options, **more}}


@pytest.fixture
def bucket(s3_server: tuple[str, Path], settings: Any) -> Iterator[Path]:
    """An S3 store, and the folder in which its server keeps the objects."""
    url, root = s3_server
    settings.STORAGES = {**settings.STORAGES, "default": s3_options(url)}
    yield root / "artifacts"
    # Or its connections would be found open when they are collected.
    storages["default"].connection.meta.client.close()


@pytest.fixture(params=["local folder", "S3 bucket"])
def any_store(request: pytest.FixtureRequest) -> Path:
    """Both kinds of store, one after the other; the folder in which the objects can be counted."""
    return request.getfixturevalue({"local folder": "folder", "S3 bucket": "bucket"}[request.param])


def kept(place: Path) -> list[str]:
    """Every object and every leftover in the store."""
    return sorted(str(file.relative_to(place)) for file in place.rglob("*") if file.is_file())
