"""Bytes that nothing names: found, and removed.

A kill between the bytes and their row leaves bytes without a row, an upload that nobody ends leaves its parts, and a
lost task leaves a blob that no file has. Only what is older than a grace time is looked at, because an upload that is
on its way has no row yet; and only what has a name as this service gives them, whatever else lies in the bucket.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from packages import store
from packages.models import Blob, Upload
from packages.services import arrivals, blobs
from packages.store import listing
from packages.store.listing import Lying

# How many names are looked up in one query.
BATCH = 500

# `Blob.storage_key`, and what is written beside it before it is whole.
_OURS = re.compile(
    r"(?P<project>[1-9][0-9]{0,17})/(?P<head>[0-9a-f]{2})/(?P<name>(?P=head)[0-9a-f]{30})(?P<draft>(\.[0-9a-f]+)*\.part)?",
    re.ASCII,
)

T = TypeVar("T")

Place = tuple[int, UUID]


@dataclass(frozen=True, slots=True)
class Orphan:
    """`kind` is what it is to a person, `key` where it lies; `size` is in bytes, None where only the store knows."""

    kind: str
    key: str
    size: int | None


def default_grace() -> timedelta:
    return timedelta(hours=settings.ORPHAN_GRACE_HOURS)


def sweep(
    grace: timedelta | None = None, *, dry_run: bool = False, seen: Callable[[int], None] = lambda count: None
) -> Iterator[Orphan]:
    """Removes orphans older than `grace` and yields each when it is gone; finds them only for `dry_run`.

    `seen` is told how many objects were looked at. Doing it twice, or twice at once, changes nothing.
    """
    before = timezone.now() - (default_grace() if grace is None else grace)
    if not dry_run:
        # What has arrived is a file, not an orphan.
        arrivals.settle_all()
    yield from _expired_uploads(dry_run=dry_run)
    yield from _unused_blobs(before, dry_run=dry_run)
    for batch in _batches(listing.objects()):
        for orphan in _orphans(batch, before):
            if not dry_run:
                store.delete(orphan.key)
            yield orphan
        seen(len(batch))
    yield from _unfinished(before, dry_run=dry_run)


def _expired_uploads(*, dry_run: bool) -> Iterator[Orphan]:
    """Without their rows their parts are orphans like any other, this time or the next."""
    before = timezone.now() - timedelta(hours=settings.UPLOAD_EXPIRY_HOURS)
    expired = Upload.objects.filter(size=None, created_at__lt=before) | arrivals.overdue()
    for upload in expired.select_related("package").order_by("pk").iterator(BATCH):
        if not dry_run:
            with transaction.atomic():
                # Whoever completes it just now holds its row.
                if Upload.objects.select_for_update().filter(pk=upload.pk).first() is None:
                    continue
                Upload.objects.filter(pk=upload.pk).delete()
        yield Orphan("upload that was never ended", upload.storage_key, None)


def _unused_blobs(before: datetime, *, dry_run: bool) -> Iterator[Orphan]:
    found = Blob.objects.unused().filter(created_at__lt=before).order_by("pk")
    for blob in found.iterator(BATCH):
        if not dry_run:
            blobs.delete_unused([blob.pk])
        yield Orphan("content that no file has", blob.storage_key, blob.size)


def _orphans(batch: Iterable[Lying], before: datetime) -> Iterator[Orphan]:
    old = [(lying, named) for lying in batch if lying.changed_at < before and (named := _OURS.fullmatch(lying.key))]
    places = {_place(named) for _, named in old}
    arriving, kept = _arriving(places), _kept(places)
    for lying, named in old:
        # The parts of an upload that may still be completed are in use; a draft beside a finished object is not.
        used = arriving if named["draft"] else arriving | kept
        if _place(named) not in used:
            kind = "unfinished file" if named["draft"] else "object without a row"
            yield Orphan(kind, lying.key, lying.size)


def _unfinished(before: datetime, *, dry_run: bool) -> Iterator[Orphan]:
    for batch in _batches(listing.unfinished()):
        old = [(upload, named) for upload in batch if (named := _OURS.fullmatch(upload.key))]
        arriving = _arriving({_place(named) for _, named in old})
        for upload, named in old:
            if upload.begun_at < before and _place(named) not in arriving:
                if not dry_run:
                    listing.abort(upload)
                yield Orphan("unfinished upload in parts", upload.key, None)


def _place(named: re.Match[str]) -> Place:
    return int(named["project"]), UUID(named["name"])


def _kept(places: Iterable[Place]) -> set[Place]:
    return set(Blob.objects.filter(key__in={key for _, key in places}).values_list("project_id", "key"))


def _arriving(places: Iterable[Place]) -> set[Place]:
    found = Upload.objects.filter(key__in={key for _, key in places})
    return set(found.values_list("package__project_id", "key"))


def _batches(items: Iterator[T]) -> Iterator[list[T]]:
    while batch := list(islice(items, BATCH)):
        yield batch
