"""What lies in the store, one thing after the other: a listing of any length is never in memory as a whole."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.core.files.storage import FileSystemStorage, storages

from packages.store.bucket import s3_faults
from packages.store.faults import faults


@dataclass(frozen=True, slots=True)
class Lying:
    """An object or a leftover. `size` is in bytes."""

    key: str
    size: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Unfinished:
    """An upload in parts that the store itself keeps until somebody completes or aborts it."""

    key: str
    store_id: str
    begun_at: datetime


def objects() -> Iterator[Lying]:
    """In no particular order. What comes or goes meanwhile may or may not be among them."""
    with faults(), s3_faults():
        storage = storages["default"]
        yield from _in_folder(storage) if isinstance(storage, FileSystemStorage) else _in_bucket(storage)


def unfinished() -> Iterator[Unfinished]:
    """Uploads in parts that a bucket keeps; a local folder has none."""
    storage = storages["default"]
    if isinstance(storage, FileSystemStorage):
        return
    # Some servers answer 404 when there is none.
    with suppress(FileNotFoundError), s3_faults():
        # What django-storages does not know, its own connection does.
        pages = storage.connection.meta.client.get_paginator("list_multipart_uploads")  # type: ignore[attr-defined]
        for page in pages.paginate(Bucket=storage.bucket.name):  # type: ignore[attr-defined]
            for upload in page.get("Uploads", []):
                yield Unfinished(upload["Key"], upload["UploadId"], upload["Initiated"])


def abort(upload: Unfinished) -> None:
    """Its parts are gone. Doing it twice changes nothing."""
    with suppress(FileNotFoundError), s3_faults():
        bucket: Any = storages["default"].bucket  # type: ignore[attr-defined]
        bucket.Object(upload.key).MultipartUpload(upload.store_id).abort()


def size(key: str) -> int | None:
    """In bytes; None when there is no such object."""
    storage: Any = storages["default"]
    with suppress(FileNotFoundError), faults(), s3_faults():
        if isinstance(storage, FileSystemStorage):
            return os.stat(storage.path(key)).st_size
        return int(storage.bucket.Object(key).content_length)
    return None


def _in_folder(storage: FileSystemStorage) -> Iterator[Lying]:
    for project in _entries(storage.path("")):
        for folder in _entries(project.path) if project.is_dir(follow_symlinks=False) else ():
            for file in _entries(folder.path) if folder.is_dir(follow_symlinks=False) else ():
                with suppress(FileNotFoundError):
                    told = file.stat(follow_symlinks=False)
                    key = f"{project.name}/{folder.name}/{file.name}"
                    yield Lying(key, told.st_size, datetime.fromtimestamp(told.st_mtime, UTC))


def _entries(folder: str) -> Iterator["os.DirEntry[str]"]:
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        yield from entries


def _in_bucket(storage: Any) -> Iterator[Lying]:
    for found in storage.bucket.objects.all():
        yield Lying(found.key, found.size, found.last_modified)
