"""The store as a bucket that speaks S3."""

import errno
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain, islice
from typing import Any

from packages.store.faults import unavailable
from packages.store.reading import Reading

logger = logging.getLogger(__name__)

# S3 takes up to 10,000 parts of at least 5 MiB: objects up to 78 GiB.
PART = 8 * 1024**2


class Bucket:
    """django-storages' own file is not used: reading through it would first copy the whole object into memory."""

    def __init__(self, storage: Any) -> None:
        self._storage = storage

    def write(self, key: str, chunks: Iterator[bytes]) -> None:
        parts = _parts(chunks)
        first = list(islice(parts, 2))
        with s3_faults():
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
        with s3_faults():
            return Reading(self._object(key).get(**wanted)["Body"], length)

    def delete(self, key: str) -> None:
        with s3_faults():
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
def s3_faults() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

    try:
        yield
    except ClientError as error:
        if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404:
            raise FileNotFoundError(errno.ENOENT, "no such object") from error
        logger.error("the file store failed: %s", error)
        raise unavailable() from error
    except BotoCoreError as error:
        logger.error("the file store failed: %s", error)
        raise unavailable() from error
