"""Where bytes lie: a local folder, or a bucket that speaks S3. Nothing else speaks to django-storages.

Keys are made of ids only (`Blob.storage_key`). An object is there whole or not at all, and what is in hand at any time
is one piece (or two parts of a multipart upload), however large the object.
"""

import errno
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import datetime
from hashlib import new, sha256
from typing import Protocol

from django.core.files.storage import FileSystemStorage, storages

from lib import background
from packages.store.bucket import PART, Bucket
from packages.store.faults import faults
from packages.store.folder import Folder
from packages.store.reading import PIECE, Arrived, Reading, Stored

__all__ = [
    "PART",
    "PIECE",
    "Arrived",
    "Reading",
    "Stored",
    "address",
    "begin",
    "copy",
    "delete",
    "drop",
    "is_bucket",
    "join",
    "landed",
    "part_address",
    "parts",
    "put_address",
    "read",
    "write",
    "write_part",
]


def write(key: str, chunks: Iterable[bytes], *, also: Collection[str] = ()) -> Stored:
    """Keeps what `chunks` yields. When they raise, so does this, and nothing is kept.

    `also` names digests (`md5`) that are made of it besides SHA-256. Conflict with status 507 when the store is full,
    503 when it cannot be reached.
    """
    return _measured(chunks, lambda place, pieces: place.write(key, pieces), also)


def _measured(
    chunks: Iterable[bytes], write: Callable[["_Place", Iterator[bytes]], None], also: Collection[str] = ()
) -> Stored:
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

    with faults(), background.urgent(), closing(measured()) as pieces:
        write(_place(), pieces)
    return Stored(size, digest.hexdigest(), {name: other.hexdigest() for name, other in others.items()})


def read(key: str, *, start: int, length: int) -> Reading:
    """`length` bytes of the object, from its byte `start`. FileNotFoundError when there is no such object."""
    with faults():
        return _place().read(key, start, length)


def delete(key: str) -> None:
    """Doing it twice changes nothing."""
    with faults():
        _place().delete(key)


# Objects that arrive in parts -----------------------------------------------------------------------------------------


def is_bucket() -> bool:
    """Whether the store has addresses of its own, so that clients can read and write there."""
    return isinstance(_place(), Bucket)


def begin(key: str) -> str:
    """Makes ready for the object's parts. The name that the store has for this, or "" when it needs none."""
    with faults():
        return _place().begin(key)


def write_part(key: str, number: int, chunks: Iterable[bytes]) -> Stored:
    """Keeps one part in a local folder, as `write` does. Sent again, it takes the place of the older one.

    FileNotFoundError where there is a bucket: parts go there themselves.
    """

    def write(place: _Place, pieces: Iterator[bytes]) -> None:
        if not isinstance(place, Folder):
            raise FileNotFoundError(errno.ENOENT, "the store is no folder", key)
        place.write_part(key, number, pieces)

    return _measured(chunks, write)


def parts(key: str, store_id: str) -> dict[int, Arrived] | None:
    """The parts that a bucket has, by number; None when it knows nothing of them, or no longer."""
    with faults():
        return _place().parts(key, store_id)


def join(key: str, store_id: str, parts: Mapping[int, str], *, into: str) -> Stored:
    """Makes the object `into` of the parts, given with their entity tags. Doing it twice changes nothing.

    A bucket joins them where they are: `into` is `key` there. FileNotFoundError when there are no parts any more.
    """
    with faults():
        return _place().join(key, store_id, parts, into)


def drop(key: str, store_id: str, numbers: Iterable[int]) -> None:
    """Deletes the parts, not the object. Doing it twice changes nothing."""
    with faults():
        _place().drop(key, store_id, numbers)


def part_address(key: str, store_id: str, number: int, *, seconds: int) -> str:
    """Where a client may PUT the part without any other credential; "" in a local folder."""
    return _place().part_address(key, store_id, number, seconds)


def address(key: str, *, seconds: int, headers: Mapping[str, str]) -> str:
    """Where a client may GET the object without any other credential, answered with `headers`; "" in a local folder."""
    return _place().address(key, seconds, headers)


# Objects that clients put past the service ----------------------------------------------------------------------------


def put_address(key: str, *, size: int, seconds: int) -> str:
    """Where a client may PUT an object of exactly `size` bytes without any other credential; "" in a local folder."""
    return _place().put_address(key, size, seconds)


def landed(key: str, *, size: int) -> datetime | None:
    """When the object came into the bucket; None as long as there is none of `size` bytes."""
    with faults():
        return _place().landed(key, size)


def copy(key: str, *, into: str) -> Stored:
    """Another object of the same bytes; they are measured as they lie in that one. FileNotFoundError when there is no
    object under `key`. When it raises, `into` may be there or not."""
    with faults():
        return _place().copy(key, into)


class _Place(Protocol):
    def write(self, key: str, chunks: Iterator[bytes]) -> None: ...
    def read(self, key: str, start: int, length: int) -> Reading: ...
    def delete(self, key: str) -> None: ...
    def begin(self, key: str) -> str: ...
    def parts(self, key: str, store_id: str) -> dict[int, Arrived] | None: ...
    def join(self, key: str, store_id: str, parts: Mapping[int, str], into: str) -> Stored: ...
    def drop(self, key: str, store_id: str, numbers: Iterable[int]) -> None: ...
    def part_address(self, key: str, store_id: str, number: int, seconds: int) -> str: ...
    def address(self, key: str, seconds: int, headers: Mapping[str, str]) -> str: ...
    def put_address(self, key: str, size: int, seconds: int) -> str: ...
    def landed(self, key: str, size: int) -> datetime | None: ...
    def copy(self, key: str, into: str) -> Stored: ...


def _place() -> _Place:
    storage = storages["default"]
    return Folder(storage) if isinstance(storage, FileSystemStorage) else Bucket(storage)
