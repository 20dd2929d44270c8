"""Where bytes lie: a local folder, or a bucket that speaks S3. Nothing else speaks to django-storages.

Keys are made of ids only (`Blob.storage_key`). An object is there whole or not at all, and what is in hand at any time
is one piece (or two parts of a multipart upload), however large the object.
"""

from collections.abc import Collection, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import new, sha256
from typing import Protocol

from django.core.files.storage import FileSystemStorage, storages

from packages.store.bucket import PART, Bucket
from packages.store.faults import faults
from packages.store.folder import Folder
from packages.store.reading import PIECE, Reading

__all__ = ["PART", "PIECE", "Reading", "Stored", "delete", "read", "write"]


@dataclass(frozen=True, slots=True)
class Stored:
    """What has been kept. `size` is in bytes, `sha256` in hex digits, and so are the other `digests`, by name."""

    size: int
    sha256: str
    digests: Mapping[str, str] = field(default_factory=dict)


def write(key: str, chunks: Iterable[bytes], *, also: Collection[str] = ()) -> Stored:
    """Keeps what `chunks` yields. When they raise, so does this, and nothing is kept.

    `also` names digests (`md5`) that are made of it besides SHA-256. Conflict with status 507 when the store is full,
    503 when it cannot be reached.
    """
    digest, size = sha256(), 0
    others = {name: new(name, usedforsecurity=False) for name in also}

    def measured() -> Generator[bytes, None, None]:
        nonlocal size
        for chunk in chunks:
            digest.update(chunk)
            for other in others.values():
                other.update(chunk)
            size += len(chunk)
            yield chunk

    with faults(), closing(measured()) as pieces:
        _place().write(key, pieces)
    return Stored(size, digest.hexdigest(), {name: other.hexdigest() for name, other in others.items()})


def read(key: str, *, start: int, length: int) -> Reading:
    """`length` bytes of the object, from its byte `start`. FileNotFoundError when there is no such object."""
    with faults():
        return _place().read(key, start, length)


def delete(key: str) -> None:
    """Doing it twice changes nothing."""
    with faults():
        _place().delete(key)


class _Place(Protocol):
    def write(self, key: str, chunks: Iterator[bytes]) -> None: ...
    def read(self, key: str, start: int, length: int) -> Reading: ...
    def delete(self, key: str) -> None: ...


def _place() -> _Place:
    storage = storages["default"]
    return Folder(storage) if isinstance(storage, FileSystemStorage) else Bucket(storage)
