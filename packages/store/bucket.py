"""The store as a bucket that speaks S3."""

import errno
import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from itertools import chain, islice
from typing import Any

from django.conf import settings

from lib.errors import InvalidInput
from packages.store.faults import unavailable
from packages.store.reading import PIECE, Arrived, Reading, Stored

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

    def begin(self, key: str) -> str:
        with s3_faults():
            upload = self._object(key).initiate_multipart_upload(**self._storage.get_object_parameters(key))
        return str(upload.id)

    def parts(self, key: str, store_id: str) -> dict[int, Arrived] | None:
        try:
            with s3_faults():
                listed = list(self._upload(key, store_id).parts.all())
        except FileNotFoundError:
            return None
        return {part.part_number: Arrived(part.size, part.e_tag.strip('"')) for part in listed}

    def join(self, key: str, store_id: str, parts: Mapping[int, str], into: str) -> Stored:
        """The SHA-256 is computed by reading the object: of what came in parts S3 has only checksums of checksums."""
        done = [{"PartNumber": number, "ETag": f'"{parts[number]}"'} for number in sorted(parts)]
        # Whoever asks a second time finds no upload any more, but the object.
        with suppress(FileNotFoundError), s3_faults():
            self._upload(key, store_id).complete(MultipartUpload={"Parts": done})
        return self._measured(key)

    def _measured(self, key: str) -> Stored:
        digest, size = sha256(), 0
        with s3_faults(), closing(self._object(key).get()["Body"]) as body:
            while piece := body.read(PIECE):
                digest.update(piece)
                size += len(piece)
        return Stored(size, digest.hexdigest())

    def drop(self, key: str, store_id: str, numbers: Iterable[int]) -> None:
        with suppress(FileNotFoundError), s3_faults():
            self._upload(key, store_id).abort()

    def part_address(self, key: str, store_id: str, number: int, seconds: int) -> str:
        return self._signed("upload_part", seconds, Key=key, UploadId=store_id, PartNumber=number)

    def address(self, key: str, seconds: int, headers: Mapping[str, str]) -> str:
        said = {f"Response{name.replace('-', '')}": value for name, value in headers.items()}
        return self._signed("get_object", seconds, Key=key, **said)

    def put_address(self, key: str, size: int, seconds: int) -> str:
        return self._signed("put_object", seconds, Key=key, ContentLength=size)

    def landed(self, key: str, size: int) -> datetime | None:
        """S3 shows an object when it is whole; other servers may show what is still being written."""
        found = self._object(key)
        with suppress(FileNotFoundError), s3_faults():
            changed: datetime = found.last_modified
            return changed if found.content_length == size else None
        return None

    def copy(self, key: str, into: str) -> Stored:
        """What the client said of the object besides its bytes is left behind."""
        source = {"Bucket": self._storage.bucket_name, "Key": key}
        kept = self._storage.get_object_parameters(into)
        with s3_faults():
            self._object(into).copy_from(CopySource=source, MetadataDirective="REPLACE", **kept)
        return self._measured(into)

    def _signed(self, call: str, seconds: int, **params: Any) -> str:
        signer = _public_client(self._storage) or self._storage.bucket.meta.client
        params["Bucket"] = self._storage.bucket_name
        return str(signer.generate_presigned_url(call, Params=params, ExpiresIn=seconds))

    def _upload(self, key: str, store_id: str) -> Any:
        return self._object(key).MultipartUpload(store_id)

    def _object(self, key: str) -> Any:
        return self._storage.bucket.Object(key)


def _public_client(storage: Any) -> Any:
    """A client that signs for the address where the world reaches the bucket, if that is another than ours."""
    if not settings.S3_PUBLIC_ENDPOINT_URL:
        return None
    return client(settings.S3_PUBLIC_ENDPOINT_URL, storage.region_name, storage.access_key, storage.secret_key)


@lru_cache(maxsize=4)
def client(endpoint: str | None, region: str | None, key: str | None, secret: str | None) -> Any:
    import boto3  # type: ignore[import-untyped]
    from botocore.config import Config  # type: ignore[import-untyped]

    config = Config(signature_version="s3v4", s3={"addressing_style": "path"})
    session = boto3.Session(aws_access_key_id=key, aws_secret_access_key=secret, region_name=region)
    return session.client("s3", endpoint_url=endpoint, config=config)


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
        if error.response.get("Error", {}).get("Code") == "EntityTooSmall":
            raise InvalidInput("A bucket takes parts of at least 5 MiB each, but for the last") from error
        logger.error("the file store failed: %s", error)
        raise unavailable() from error
    except BotoCoreError as error:
        logger.error("the file store failed: %s", error)
        raise unavailable() from error
