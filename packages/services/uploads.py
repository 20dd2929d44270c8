"""Files that arrive in parts: begin, put the parts, complete or abort.

The parts go into a local folder through this service, into a bucket past it. A file is there when `complete` has
answered: whole, measured and with its SHA-256. Until then nothing of it can be seen. Completing and aborting wait for
no lock while bytes are read: whoever deletes the upload's row has decided what becomes of it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from accounts.models import User
from ci.models import Job
from lib import pools
from lib.errors import InvalidInput, NotFound
from packages import store
from packages.models import Blob, Package, PackageFile, Upload, UploadPart
from packages.services import files, storage

MOST_PARTS = 10_000
# A part's address may be used so long, in seconds.
PART_LIFETIME = 6 * 3600


def begin(package: Package, path: str, *, count: int, by: User, job: Job | None = None) -> Upload:
    """InvalidInput for a path that may not be a file's, or for more parts than a store takes; Conflict for one in a
    frozen folder; refused as `storage.Room.admit` does when there is no room for a single byte more."""
    if not 0 <= count <= MOST_PARTS:
        raise InvalidInput(f"A file may have at most {MOST_PARTS} parts, not {count}", field="num_parts")
    path = files.free_path(package, path)
    storage.room(package.project).admit(1)
    upload = Upload(package=package, path=path, key=uuid4(), creator=by, job=job)
    # First the row: the store never holds parts that nothing knows of.
    upload.save()
    upload.store_id = store.begin(upload.storage_key)
    upload.save(update_fields=["store_id"])
    return upload


def part_address(upload: Upload, number: int) -> str:
    """Where the store itself takes the part; "" when it is to be put here."""
    return store.part_address(upload.storage_key, upload.store_id, number, seconds=PART_LIFETIME)


def put_part(upload: Upload, number: int, chunks: Iterable[bytes], *, size: int | None = None) -> UploadPart:
    """Keeps a part, whole or not at all, in place of an older one of its number. Refused as `storage.Room.admit` does
    when the file would not fit any more; Conflict when its folder was frozen meanwhile; NotFound when files have moved
    to a bucket since the upload began."""
    upload.package.refuse_frozen(upload.path)
    if store.is_bucket():
        raise gone()
    room, before = storage.room(upload.package.project), sum(_sizes(upload, but=number))
    if size is not None:
        room.admit(before + size)
    pools.let_go_of_connection()
    kept = store.write_part(upload.storage_key, number, _bounded(room, before, chunks))
    with transaction.atomic():
        if not Upload.objects.select_for_update(no_key=True).filter(pk=upload.pk).exists():
            store.drop(upload.storage_key, upload.store_id, [number])
            raise gone()
        made = {"size": kept.size, "etag": kept.sha256}
        return UploadPart.objects.update_or_create(upload=upload, number=number, defaults=made)[0]


def complete(upload: Upload, told: Mapping[int, str], *, by: User) -> PackageFile | None:
    """Makes the file of the parts, `told` by number with the entity tags that their senders got.

    None when another call has decided on the upload meanwhile. InvalidInput when parts are missing or others than told;
    Conflict when its folder was frozen meanwhile, which is asked before anything is joined, and again under the lock;
    refused as `files.record` does.
    """
    upload.package.refuse_frozen(upload.path)
    if not told:
        return _complete_empty(upload, by=by)
    if _arrived(upload, told):
        pools.let_go_of_connection()
    # A bucket joins them where they are. In a folder each attempt has its own place, so that none spoils another's.
    key = upload.key if upload.store_id else uuid4()
    joined = Blob(project_id=upload.package.project_id, key=key).storage_key
    try:
        stored = store.join(upload.storage_key, upload.store_id, told, into=joined)
    except FileNotFoundError:
        return None
    with transaction.atomic():
        file = None
        if Upload.objects.select_for_update().filter(pk=upload.pk).exists():
            file = files.record(upload.package, upload.path, key, stored, by=by, job=upload.job)
            Upload.objects.filter(pk=upload.pk).delete()
    if file is None:
        _delete_unless_kept(upload, key)
    store.drop(upload.storage_key, upload.store_id, told)
    return file


def abort(upload: Upload) -> None:
    """Nothing of it stays. Doing it twice changes nothing."""
    with transaction.atomic():
        found = Upload.objects.select_for_update().filter(pk=upload.pk).first()
        numbers = list(upload.parts.values_list("number", flat=True))
        if found is not None:
            found.delete()
    if found is not None:
        store.drop(upload.storage_key, upload.store_id, numbers)
        _delete_unless_kept(upload, upload.key)


def completed_since(package: Package, path: str, moment: datetime, *, by: User) -> PackageFile | None:
    """The file that an upload begun at that moment has become, or one of the same user's that took its place."""
    return package.files.filter(path=path, creator=by, created_at__gte=moment).first()


def gone() -> NotFound:
    return NotFound("No such upload: it was completed or aborted, has expired, or is somebody else's")


def of(package: Package, path: str, key: UUID) -> Upload | None:
    """The upload of a file, until it is completed, aborted or expired."""
    return Upload.objects.select_related("package__project").filter(package=package, path=path, key=key).first()


def find(key: UUID) -> Upload:
    """NotFound when it is no longer, or never was."""
    upload = Upload.objects.select_related("package__project", "creator", "job").filter(key=key).first()
    if upload is None:
        raise gone()
    return upload


def _complete_empty(upload: Upload, *, by: User) -> PackageFile:
    file = files.put(upload.package, upload.path, [], by=by, job=upload.job)
    abort(upload)
    return file


def _arrived(upload: Upload, told: Mapping[int, str]) -> bool:
    """Whether the store has these parts; False when it may have joined them already."""
    if upload.store_id:
        there = store.parts(upload.storage_key, upload.store_id)
        if there is None:
            return False
    else:
        there = {part.number: store.Arrived(part.size, part.etag) for part in upload.parts.all()}
    for number, etag in told.items():
        if number not in there or there[number].etag != etag:
            raise InvalidInput(f"Part {number} has not arrived, or another one than told", field="parts")
    storage.room(upload.package.project).admit(sum(there[number].size for number in told))
    return True


def _delete_unless_kept(upload: Upload, key: UUID) -> None:
    """What was joined and is no blob: nobody else will ever look for it."""
    project = upload.package.project_id
    if not Blob.objects.filter(project=project, key=key).exists():
        store.delete(Blob(project_id=project, key=key).storage_key)


def _sizes(upload: Upload, *, but: int) -> Iterable[int]:
    return upload.parts.exclude(number=but).values_list("size", flat=True)


def _bounded(room: storage.Room, before: int, chunks: Iterable[bytes]) -> Iterable[bytes]:
    seen = before
    for chunk in chunks:
        seen += len(chunk)
        room.admit(seen)
        yield chunk
