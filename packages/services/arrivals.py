"""Files that clients put into the bucket by themselves, past the service: invite, and settle what has arrived.

An invitation is an address that is signed for one object of one size, and a row that knows what it will be. What has
arrived there is copied, by the bucket, to a place for which no address was ever signed; the copy is read once, measured
and becomes the file. So whoever uses an address again, however late, changes no file: where it leads nothing is read
any more, and the sweep removes what is put there.

Nobody tells that a file has arrived. So it is looked for before a package's files are listed, found, changed or
counted, and by a task every few seconds. No lock of the database is held while bytes are read: whoever deletes the row
has decided, and a second reader throws its copy away.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta
from threading import Lock
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from ci.models import Job
from lib import pools
from lib.errors import Refusal
from packages import paths, store
from packages.models import Blob, Package, Upload
from packages.services import files, storage
from projects.models import Project

logger = logging.getLogger(__name__)

# In bytes. What is no larger has come whole with the request before anybody looks at it (`mlops.bodies.SMALL`), and
# would only be sent twice; what is larger a bucket does not take at once.
LARGER_THAN, LARGEST = 1024**2, 5 * 1024**3
# In seconds: until then a client must begin to send to the address it was given.
LIFETIME = 900
# An invitation that nothing has come of is kept so long: the sending itself may take hours.
GIVEN_UP_AFTER = timedelta(seconds=LIFETIME, hours=6)
# Invitations of one package that nothing has come of yet; each is asked for whenever its files are looked at.
MOST_WAITING = 100
# Statuses of a store that cannot be reached or is full: those end, and the file is waited for.
_PASSING = (503, 507)

# Within one process nobody reads what another thread reads already.
_turns = tuple(Lock() for _ in range(64))


def invite(package: Package, path: str, *, size: int, by: User, job: Job | None = None) -> str:
    """Where the file can be put; "" when it has to come through the service.

    That is so for a file that is small, or too large to be put at once; where the store has no addresses; and when the
    last invitation to this path has not led to a file yet: then the client may not get to the bucket. Refused as
    `files.put` does, with what is on its way counted as kept already.
    """
    room = storage.room(package.project)
    room.admit(size)
    if not LARGER_THAN < size <= LARGEST:
        return ""
    settle(package, path)
    path = files.free_path(package, path)
    waiting = list(_waiting().filter(package=package).values_list("path", flat=True)[:MOST_WAITING])
    if len(waiting) == MOST_WAITING or any(_meet(other, path) for other in waiting):
        return ""
    room.admit(size, coming=_coming(package.project))
    upload = Upload(package=package, path=path, size=size, creator=by, job=job)
    address = store.put_address(upload.storage_key, size=size, seconds=LIFETIME)
    if address:
        upload.save()
    return address


def settle(package: Package, path: str = "") -> None:
    """Makes files of what has arrived for `path`, for what lies below it and for the folders above it; for the whole
    package without it. What came last stays, where several came for one path.

    What does not fit any more, or is refused otherwise, is deleted, and the log says so: nobody waits for an answer.
    """
    if settings.ARTIFACTS_MODE == "direct":
        _settle(upload for upload in _waiting().filter(package=package) if _meet(upload.path, path))


def settle_package(project: Project, pk: int) -> None:
    """The same by the package's id, which may be nobody's."""
    if settings.ARTIFACTS_MODE == "direct":
        _settle(_waiting().filter(package__project=project, package=pk))


def settle_all() -> None:
    """In every mode: what was begun in direct mode is ended in any."""
    for package in sorted(set(_waiting().values_list("package", flat=True))):
        try:
            _settle(_waiting().filter(package=package))
        except Refusal as refusal:
            logger.warning("files that have arrived must wait: %s", refusal.message)


def overdue() -> QuerySet[Upload]:
    """Invitations that nothing will come of any more."""
    return _waiting().filter(created_at__lt=timezone.now() - GIVEN_UP_AFTER)


def _waiting() -> QuerySet[Upload]:
    return Upload.objects.exclude(size=None).select_related("package__project", "creator", "job").order_by("pk")


def _coming(project: Project) -> int:
    """In bytes."""
    return _waiting().filter(package__project=project).order_by().aggregate(sum=Sum("size"))["sum"] or 0


def _meet(one: str, other: str) -> bool:
    """Whether they are the same, or one is a folder that the other lies in."""
    return one == other or not other or one in paths.folders(other) or other in paths.folders(one)


def _settle(waiting: Iterable[Upload]) -> None:
    landed = [(at, upload) for upload in waiting if (at := store.landed(upload.storage_key, size=upload.size or 0))]
    for _, upload in sorted(landed, key=lambda pair: (pair[0], pair[1].pk)):
        pools.let_go_of_connection()
        with _turns[upload.pk % len(_turns)]:
            _take_in(upload)


def _take_in(upload: Upload) -> None:
    if not Upload.objects.filter(pk=upload.pk).exists():
        return
    key = uuid4()
    pools.let_go_of_connection()
    try:
        stored = store.copy(upload.storage_key, into=_place(upload, key))
    except FileNotFoundError:
        return  # another process was faster
    try:
        settled = _recorded(upload, key, stored)
    except Refusal as refusal:
        if refusal.status in _PASSING:
            raise
        logger.warning("dropped %s of %s, which has arrived: %s", upload.path, upload.package, refusal.message)
        settled = bool(Upload.objects.filter(pk=upload.pk).delete())
    if settled:
        store.delete(upload.storage_key)


def _recorded(upload: Upload, key: UUID, stored: store.Stored) -> bool:
    """Whether the upload is at its end, by this or another call."""
    with transaction.atomic():
        mine = Upload.objects.select_for_update().filter(pk=upload.pk).exists()
        if mine and stored.size == upload.size:
            files.record(upload.package, upload.path, key, stored, by=upload.creator, job=upload.job)
            Upload.objects.filter(pk=upload.pk).delete()
            return True
    store.delete(_place(upload, key))
    return not mine


def _place(upload: Upload, key: UUID) -> str:
    return Blob(project_id=upload.package.project_id, key=key).storage_key
