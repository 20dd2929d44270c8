"""Where bytes lie: a local folder, or a bucket that speaks S3. Nothing else speaks to django-storages.

Keys are made of ids only (`Blob.storage_key`). An object is there whole or not at all, and what is in hand at any time
is one piece (or two parts of a multipart upload), however large the object.
"""

import errno
import logging
import os
from collections.abc import Generator, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, islice
from typing import IO, Any, Protocol

from django.core.files.storage import FileSystemStorage, storages

from lib.errors import Conflict

logger = logging.getLogger(__name__)

PIECE = 1024**2
# S3 takes up to 10,000 parts of at least 5 MiB: objects up to 78 GiB.
PART = 8 * 1024**2

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True)
class Stored:
    """What has been kept. `size` is in bytes, `sha256` in hex digits."""

    size: int
    sha256: str


class Reading:
    """An object that has been found, in pieces of at most 1 MiB. Iterate once, and close."""

    def __init__(self, source: Any, length: int) -> None:
        self._source = source
        self._left = length

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece: bytes = self._source.read(min(PIECE, self._left)) if self._left else b""
        if not piece:
            self.close()
            raise StopIteration
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        self._source.close()


def write(key: str, chunks: Iterable[bytes]) -> Stored:
    """Keeps what `chunks` yields. When they raise, so does this, and nothing is kept.

    Conflict with status 507 when the store is full, 503 when it cannot be reached.
    """
    digest, size = sha256(), 0

    def measured() -> Generator[bytes, None, None]:
        nonlocal size
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            yield chunk

    with _faults(), closing(measured()) as pieces:
        _place().write(key, pieces)
    return Stored(size, digest.hexdigest())


def read(key: str, *, start: int, length: int) -> Reading:
    """`length` bytes of the object, from its byte `start`. FileNotFoundError when there is no such object."""
    with _faults():
        return _place().read(key, start, length)


def delete(key: str) -> None:
    """Doing it twice changes nothing."""
    with _faults():
        _place().delete(key)


class _Place(Protocol):
    def write(self, key: str, chunks: Iterator[bytes]) -> None: ...
    def read(self, key: str, start: int, length: int) -> Reading: ...
    def delete(self, key: str) -> None: ...


def _place() -> _Place:
    storage = storages["default"]
    return _Folder(storage) if isinstance(storage, FileSystemStorage) else _Bucket(storage)


@contextmanager
def _faults() -> Iterator[None]:
    """The store's own troubles, as refusals that tell a client whether to try again."""
    try:
        yield
    except FileNotFoundError:
        raise
    except OSError as error:
        logger.error("the file store failed: %s", error)
        raise _full() if error.errno in _FULL else _unavailable() from error


def _full() -> Conflict:
    return Conflict("The server has no room left for this file", code="RESOURCE_EXHAUSTED", status=507)


def _unavailable() -> Conflict:
    return Conflict("The file store cannot be reached. Try again.", code="TEMPORARILY_UNAVAILABLE", status=503)


class _Folder:
    """Readable by the service's own user alone; what has been written survives a power cut."""

    def __init__(self, storage: FileSystemStorage) -> None:
        self._storage = storage

    def write(self, key: str, chunks: Iterator[bytes]) -> None:
        final = self._storage.path(key)
        draft = f"{final}.part"
        _make(os.path.dirname(final))
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                _copy(chunks, file)
            os.rename(draft, final)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(draft)
            raise
        _sync(os.path.dirname(final))

    def read(self, key: str, start: int, length: int) -> Reading:
        file = open(self._storage.path(key), "rb")  # noqa: SIM115 - the reader closes it
        file.seek(start)
        return Reading(file, length)

    def delete(self, key: str) -> None:
        with suppress(FileNotFoundError):
            os.unlink(self._storage.path(key))


def _copy(chunks: Iterator[bytes], file: IO[bytes]) -> None:
    for chunk in chunks:
        file.write(chunk)
    file.flush()
    os.fsync(file.fileno())


def _make(folder: str) -> None:
    """With the folders above it, each one on the disk before something is put into it."""
    if os.path.isdir(folder):
        return
    _make(os.path.dirname(folder))
    with suppress(FileExistsError):
        os.mkdir(folder, 0o700)
    _sync(os.path.dirname(folder))


def _sync(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class _Bucket:
    """django-storages' own file is not used: reading through it would first copy the whole object into memory."""

    def __init__(self, storage: Any) -> None:
        self._storage = storage

    def write(self, key: str, chunks: Iterator[bytes]) -> None:
        parts = _parts(chunks)
        first = list(islice(parts, 2))
        with _s3_faults():
            if len(first) < 2:
                self._object(key).put(Body=b"".join(first), **self._storage.get_object_parameters(key))
            else:
                self._write_parts(key, chain(_drained(first), parts))

    def _write_parts(self, key: str, parts: Iterator[bytes]) -> None:
        upload = self._object(key).initiate_multipart_upload(**self._storage.get_object_parameters(key))
        try:
            done = [
                {"PartNumber": number, "ETag": upload.Part(number).upload(Body=part)["ETag"]}
                for number, part in enumerate(parts, start=1)
            ]
            upload.complete(MultipartUpload={"Parts": done})
        except BaseException:
            upload.abort()
            raise

    def read(self, key: str, start: int, length: int) -> Reading:
        # An empty range cannot be asked for.
        wanted = {"Range": f"bytes={start}-{start + length - 1}"} if length else {}
        with _s3_faults():
            return Reading(self._object(key).get(**wanted)["Body"], length)

    def delete(self, key: str) -> None:
        with _s3_faults():
            self._object(key).delete()

    def _object(self, key: str) -> Any:
        return self._storage.bucket.Object(key)


def _parts(chunks: Iterator[bytes]) -> Iterator[bytes]:
    gathered: list[bytes] = []
    size = 0
    for chunk in chunks:
        gathered.append(chunk)
        size += len(chunk)
        if size >= PART:
            yield b"".join(_drained(gathered))
            size = 0
    if gathered:
        yield b"".join(gathered)


def _drained(held: list[bytes]) -> Iterator[bytes]:
    """What is handed out is not held any longer."""
    while held:
        yield held.pop(0)


@contextmanager
def _s3_faults() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

    try:
        yield
    except ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
            raise FileNotFoundError(errno.ENOENT, "no such object") from error
        logger.error("the file store failed: %s", error)
        raise _unavailable() from error
    except BotoCoreError as error:
        logger.error("the file store failed: %s", error)
        raise _unavailable() from error
