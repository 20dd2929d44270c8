"""A store that fails on purpose: no row, no bytes, nothing counted, and an answer that says what to do."""

import errno
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from lib.errors import Conflict
from packages.models import Blob, Package, PackageFile, PackageKind
from packages.services import files, storage, sweep
from packages.store import bucket as buckets
from packages.store import folder as folders
from projects.models import Project

CHUNKS = [b"x" * 1024] * 8


@pytest.fixture
def place(tmp_path: Path, settings: Any) -> Path:
    """An empty local store."""
    options = {"location": str(tmp_path / "files"), "allow_overwrite": True}
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    return tmp_path / "files"


@pytest.fixture
def package(project: Project, alice: User) -> Package:
    return Package.objects.create(project=project, kind=PackageKind.GENERIC, name="set", version="1", creator=alice)


def fails(number: int) -> Any:
    def call(*args: Any, **kwargs: Any) -> Any:
        raise OSError(number, os.strerror(number))

    return call


def kept(place: Path) -> list[str]:
    return sorted(str(file.relative_to(place)) for file in place.rglob("*") if file.is_file())


@pytest.mark.parametrize(("number", "status"), [(errno.EIO, 503), (errno.ENOSPC, 507), (errno.EDQUOT, 507)])
@pytest.mark.parametrize("where", ["mkdir", "open", "fsync", "rename"])
def test_a_disk_that_fails(
    package: Package, place: Path, alice: User, monkeypatch: Any, where: str, number: int, status: int
) -> None:
    files.put(package, "a", [b"old"], by=alice)
    before = kept(place)
    with monkeypatch.context() as broken:
        broken.setattr(*{"mkdir": (folders, "_make")}.get(where, (folders.os, where)), fails(number))
        with pytest.raises(Conflict) as refused:
            files.put(package, "a", CHUNKS, by=alice)
    assert refused.value.status == status
    assert kept(place) == before
    assert (Blob.objects.count(), storage.of_project(package.project).used) == (1, 3)
    assert b"".join(files.opened(package, "a").reading) == b"old"
    assert files.put(package, "a", CHUNKS, by=alice).blob.size == 8 * 1024


def test_a_disk_that_fails_in_the_middle(package: Package, place: Path, alice: User, monkeypatch: Any) -> None:
    def copies(chunks: Iterator[bytes], descriptor: int) -> None:
        os.write(descriptor, next(chunks))
        raise OSError(errno.EIO, "it broke")

    monkeypatch.setattr(folders.draft_files, "copy", copies)
    with pytest.raises(Conflict) as refused:
        files.put(package, "a", CHUNKS, by=alice)
    assert refused.value.status == 503
    assert kept(place) == []
    assert not PackageFile.objects.exists()


def test_a_disk_that_cannot_delete_keeps_the_answer_and_leaves_the_rest_to_the_sweep(
    package: Package, place: Path, alice: User, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    old = files.put(package, "a", [b"old"], by=alice).blob
    with monkeypatch.context() as broken, django_capture_on_commit_callbacks(execute=True):
        broken.setattr(folders.Folder, "delete", fails(errno.EIO))
        files.put(package, "a", [b"new"], by=alice)
    # Whether the row went with the task or not, nothing of it is left afterwards.
    assert len(kept(place)) == 2
    assert {orphan.key for orphan in sweep.sweep(timedelta(0))} == {old.storage_key}
    assert kept(place) == [PackageFile.objects.get().blob.storage_key]
    assert storage.of_project(package.project).used == 3


class Failing:
    """An S3 object whose calls fail, some of them."""

    def __init__(self, broken: str) -> None:
        self.broken = broken
        self.aborted = False

    def _call(self, name: str) -> None:
        from botocore.exceptions import EndpointConnectionError

        if name == self.broken:
            raise EndpointConnectionError(endpoint_url="http://s3")

    def put(self, **kwargs: Any) -> None:
        self._call("put")

    def initiate_multipart_upload(self, **kwargs: Any) -> "Failing":
        self._call("initiate")
        return self

    def Part(self, number: int) -> "Failing":
        return self

    def upload(self, **kwargs: Any) -> dict[str, str]:
        self._call("part")
        return {"ETag": "x"}

    def complete(self, **kwargs: Any) -> None:
        self._call("complete")

    def abort(self) -> None:
        self.aborted = True


@pytest.mark.parametrize(
    ("broken", "size"), [("put", 1), ("initiate", 17 * 1024**2), ("part", 17 * 1024**2), ("complete", 17 * 1024**2)]
)
def test_a_bucket_that_fails(
    package: Package, alice: User, settings: Any, monkeypatch: Any, broken: str, size: int
) -> None:
    options = {"bucket_name": "artifacts", "access_key": "key", "secret_key": "secret", "region_name": "us-east-1"}
    backend = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    fake = Failing(broken)
    monkeypatch.setattr(buckets.Bucket, "_object", lambda self, key: fake)
    with pytest.raises(Conflict) as refused:
        files.put(package, "a", [b"x" * min(size, 1024**2)] * max(size // 1024**2, 1), by=alice)
    assert refused.value.status == 503
    assert fake.aborted == (broken in ("part", "complete"))
    assert not PackageFile.objects.exists()
    assert not Blob.objects.exists()
    assert storage.of_project(package.project).used == 0


FULL_DISK = """
import os, sys
from django.conf import settings
settings.configure(STORAGES={"default": {"BACKEND": "django.core.files.storage.FileSystemStorage",
    "OPTIONS": {"location": sys.argv[1], "allow_overwrite": True}}})
from lib.errors import Conflict
from packages import store
store.write("1/aa/small", [b"x" * 1000])
try:
    store.write("1/aa/large", [b"x" * 65536] * 64)
except Conflict as refused:
    left = sorted(name for _, _, names in os.walk(sys.argv[1]) for name in names)
    print(refused.status, left, len(b"".join(store.read("1/aa/small", start=0, length=1000))))
"""


def test_a_disk_that_is_full() -> None:
    """A file system of 1 MiB of this test's own, where user namespaces are allowed."""
    inside = f'mount -t tmpfs -o size=1m none /mnt && exec "{sys.executable}" -c "$0" /mnt/files'
    root = Path(__file__).resolve().parents[2]
    try:
        done = subprocess.run(
            ["unshare", "-rm", "sh", "-c", inside, FULL_DISK], cwd=root, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        pytest.skip("there is no unshare")
    if "unshare" in done.stderr or "mount:" in done.stderr:
        pytest.skip(f"user namespaces are off: {done.stderr.strip()}")
    assert done.stdout.strip().splitlines()[-1:] == ["507 ['small'] 1000"], done.stderr
