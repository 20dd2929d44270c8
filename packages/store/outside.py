"""Objects in buckets that are not ours: of experiments that keep their files at a place of their own.

What may be looked at is decided before, in `tracking.locations`; here a place is only an address. Nothing is written.
"""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.conf import settings

from packages.store.bucket import s3_faults

# Objects and folders of one listing, at most.
MOST = 10_000


def entries(place: str) -> list[tuple[str, int | None]]:
    """What lies directly at `s3://bucket/folder`: names with their size in bytes, None for a folder."""
    bucket, folder = _split(place)
    prefix = f"{folder}/"
    try:
        with s3_faults():
            return sorted(_listed(bucket, prefix))
    except FileNotFoundError:
        return []


def size(place: str) -> int:
    """Of the object, in bytes. FileNotFoundError when there is none."""
    bucket, key = _split(place)
    with s3_faults():
        return int(_client("").head_object(Bucket=bucket, Key=key)["ContentLength"])


def address(place: str, *, call: str, seconds: int, **params: str) -> str:
    """Where the object can be got (`get_object`) or put (`put_object`) without any other credential."""
    bucket, key = _split(place)
    signer = _client(settings.S3_PUBLIC_ENDPOINT_URL)
    return str(signer.generate_presigned_url(call, Params={"Bucket": bucket, "Key": key, **params}, ExpiresIn=seconds))


def _listed(bucket: str, prefix: str) -> Iterator[tuple[str, int | None]]:
    pages = _client("").get_paginator("list_objects_v2")
    found = pages.paginate(Bucket=bucket, Prefix=prefix, Delimiter="/", PaginationConfig={"MaxItems": MOST})
    for page in found:
        for folder in page.get("CommonPrefixes", []):
            yield folder["Prefix"][len(prefix) : -1], None
        for one in page.get("Contents", []):
            # An empty object of the folder's own name is how some tools make folders.
            if one["Key"] != prefix:
                yield one["Key"][len(prefix) :], int(one["Size"])


def _split(place: str) -> tuple[str, str]:
    bucket, _, key = place.removeprefix("s3://").partition("/")
    return bucket, key


@lru_cache(maxsize=2)
def _client(endpoint: str) -> Any:
    from packages.store.bucket import client

    given = settings.S3
    return client(endpoint or given["endpoint_url"], given["region_name"], given["access_key"], given["secret_key"])
