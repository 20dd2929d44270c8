"""The files of a package: put, list, find, read, delete."""

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.db.models import Value
from django.db.models.functions import StrIndex, Substr
from django.utils import timezone

from accounts.models import User
from ci.models import Job
from lib import pools
from lib.errors import InvalidInput, NotFound, Refusal
from packages import paths, store, tasks
from packages.models import Blob, Package, PackageFile
from packages.services import blobs, storage

logger = logging.getLogger(__name__)

# How often a file is looked up again that is replaced at that very moment.
ATTEMPTS = 3
DOWNLOADS_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder, by its path in the package. `size` is in bytes, None for a folder."""

    path: str
    size: int | None = None
    # What the scanner made of a file's content.
    verdict: str = field(default="", compare=False)

    @property
    def is_folder(self) -> bool:
        return self.size is None


@dataclass(frozen=True, slots=True)
class Part:
    """Some bytes of a file, from `first` to `last`, both included. Without `last` up to its end, without `first` its
    last `last` bytes.

    `only_of` is the SHA-256 of the content that it is a part of; of any other content all is wanted.
    """

    first: int | None
    last: int | None
    only_of: str = ""

    def of(self, blob: Blob) -> tuple[int, int]:
        """Where it starts, and its length. InvalidInput with status 416 when `blob` has no such bytes."""
        if self.only_of and self.only_of != blob.sha256:
            return 0, blob.size
        start = max(blob.size - (self.last or 0), 0) if self.first is None else self.first
        end = blob.size if self.first is None or self.last is None else min(self.last + 1, blob.size)
        if start >= end:
            raise InvalidInput(f"The file has {blob.size} bytes, and none of those asked for", status=416)
        return start, end - start


@dataclass(frozen=True, slots=True)
class Opened:
    """A file, and `length` of its bytes from `start`. Whoever has it closes `reading`."""

    file: PackageFile
    start: int
    length: int
    reading: store.Reading


def put(
    package: Package,
    path: str,
    chunks: Iterable[bytes],
    *,
    by: User,
    size: int | None = None,
    job: Job | None = None,
    also: Collection[str] = (),
) -> PackageFile:
    """Keeps what `chunks` yields as the file `path`, whole or not at all; an older one stays readable till then.

    `size` is what the sender says it will be, in bytes; `job` the CI job that sends it; `also` names digests that are
    made at once instead of later. InvalidInput for a path that may not exist or that a folder has; Conflict for one in
    a frozen folder; what is too large or does not fit is refused as `storage.Room.admit` says, before anything is read
    when `size` tells.
    """
    path = _file_path(path)
    room = storage.room(package.project)
    if size is not None:
        room.admit(size)
    path = free_path(package, path)
    key, bounded = uuid4(), room.bounded(chunks)
    pools.let_go_of_connection()
    stored = store.write(_new_key(package, key), bounded, also=also)
    return _kept_or_dropped(package, path, key, stored, by=by, job=job)


def record(
    package: Package, path: str, key: UUID, stored: store.Stored, *, by: User | None, job: Job | None = None
) -> PackageFile:
    """Makes the object that lies in the store under `key` the file `path`, refused as `put` does.

    The object is given away: when it is refused, or the project has these bytes already, it is deleted.
    """
    try:
        path = _file_path(path)
        storage.room(package.project).admit(stored.size)
    except Refusal:
        store.delete(_new_key(package, key))
        raise
    return _kept_or_dropped(package, path, key, stored, by=by, job=job)


def entries(package: Package, folder: str = "") -> list[Entry]:
    """What lies directly in a folder ("" for the root), by path; nothing for one that does not exist."""
    folder = paths.relative(folder)
    start = len(folder) + 2 if folder else 1
    rest = Substr("path", start)
    below = package.files.below(folder).alias(slash=StrIndex(rest, Value("/")))
    found = [Entry(*told) for told in below.filter(slash=0).values_list("path", "blob__size", "blob__verdict")]
    inner = below.filter(slash__gt=0).annotate(inner=Substr("path", 1, StrIndex(rest, Value("/")) + (start - 2)))
    found += [Entry(path) for path in inner.values_list("inner", flat=True).distinct()]
    return sorted(found, key=lambda entry: entry.path)


def find(package: Package, path: str) -> PackageFile:
    """NotFound when there is no file there; InvalidInput for a folder."""
    path = _file_path(path)
    file = package.files.select_related("blob").filter(path=path).first()
    if file is None and package.files.below(path).exists():
        raise InvalidInput(f"Artifact path refers to a directory, not a file: '{path}'", field="path")
    if file is None:
        raise NotFound(f"No such artifact: '{path}'")
    return file


def opened(package: Package, path: str, part: Part | None = None) -> Opened:
    """The file ready to be read, refused as `find` does; only `part` of it, when that is given.

    InvalidInput with status 416 when there is no such part.
    """
    for _ in range(ATTEMPTS):
        file = find(package, path)
        start, length = part.of(file.blob) if part else (0, file.blob.size)
        try:
            reading = store.read(file.blob.storage_key, start=start, length=length)
        except FileNotFoundError:
            # Replaced since it was found, so its new bytes are there; or else they are lost.
            continue
        _note_download(package)
        pools.let_go_of_connection()
        return Opened(file, start, length, reading)
    logger.error("the bytes of %s (file %s) are not in the store", file.blob.storage_key, file.pk)
    raise NotFound(f"No such artifact: '{path}'")


def unchanged(pk: int, blob: int) -> PackageFile:
    """The file, as long as it has that blob. NotFound afterwards."""
    file = PackageFile.objects.select_related("package", "blob").filter(pk=pk, blob=blob).first()
    if file is None:
        raise NotFound("No such artifact: it was deleted or replaced")
    return file


def opened_as_found(file: PackageFile, part: Part | None = None) -> Opened:
    """As `opened`, of a file that was found before: not of what may have taken its place."""
    start, length = part.of(file.blob) if part else (0, file.blob.size)
    try:
        reading = store.read(file.blob.storage_key, start=start, length=length)
    except FileNotFoundError:
        raise NotFound("No such artifact: it was deleted or replaced") from None
    pools.let_go_of_connection()
    return Opened(file, start, length, reading)


def delete(package: Package, path: str) -> None:
    """The file, or the folder with all that is in it ("" for everything). Doing it twice changes nothing."""
    path = paths.relative(path)
    with transaction.atomic():
        _lock(package).refuse_frozen(path)
        gone = package.files.below(path) | package.files.filter(path=path)
        used = set(gone.values_list("blob_id", flat=True))
        gone.delete()
        delete_unused_later(used)


def free_path(package: Package, path: str) -> str:
    """The path, if a file may be put there now. InvalidInput and Conflict as `put` raises them."""
    path = _file_path(path)
    _refuse_taken(package, path)
    package.refuse_frozen(path)
    return path


def _file_path(path: str) -> str:
    if not path:
        raise InvalidInput("Invalid path", field="path")
    return paths.relative(path)


def _new_key(package: Package, key: UUID) -> str:
    return Blob(project_id=package.project_id, key=key).storage_key


def _kept_or_dropped(
    package: Package, path: str, key: UUID, stored: store.Stored, *, by: User | None, job: Job | None
) -> PackageFile:
    try:
        file = _record(package, path, key, stored, by=by, job=job)
    except (Refusal, IntegrityError):
        # Of other errors nobody can say whether the row was committed; its bytes must stay, then.
        store.delete(_new_key(package, key))
        raise
    if file.blob.key != key:
        store.delete(_new_key(package, key))
    return file


def _record(
    package: Package, path: str, key: UUID, stored: store.Stored, *, by: User | None, job: Job | None
) -> PackageFile:
    with transaction.atomic():
        _lock(package).refuse_frozen(path)
        _refuse_taken(package, path)
        blob = blobs.keep(package.project, key, stored)
        file = package.files.filter(path=path).first() or PackageFile(package=package, path=path)
        replaced = {file.blob_id} - {None, blob.pk}
        file.blob, file.creator, file.job, file.created_at = blob, by, job, timezone.now()
        file.save()
        delete_unused_later(replaced)
    return file


def _lock(package: Package) -> Package:
    """One writer a package at a time, so that no path becomes file and folder at once."""
    locked = Package.objects.select_for_update(no_key=True).filter(pk=package.pk).first()
    if locked is None:
        raise NotFound(f"Package {package} is gone")
    return locked


def _refuse_taken(package: Package, path: str) -> None:
    if package.files.below(path).exists():
        raise InvalidInput(f"'{path}' is a folder here, and cannot be a file as well", field="path")
    blocking = package.files.filter(path__in=paths.folders(path)).values_list("path", flat=True).first()
    if blocking is not None:
        raise InvalidInput(f"'{blocking}' is a file here, and cannot be a folder as well", field="path")


def delete_unused_later(ids: Collection[int]) -> None:
    """The bytes of these blobs, after the caller's transaction, unless a file has them then."""
    if ids:
        transaction.on_commit(partial(tasks.delete_unused_blobs.delay, sorted(ids)), robust=True)


def _note_download(package: Package) -> None:
    """At most once in DOWNLOADS_NOTED_EVERY: thousands of files that are fetched at once cost one write."""
    now = timezone.now()
    if package.last_downloaded_at is None or package.last_downloaded_at <= now - DOWNLOADS_NOTED_EVERY:
        Package.objects.filter(pk=package.pk).update(last_downloaded_at=now)
