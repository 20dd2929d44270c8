"""Which bytes are kept, and until when: each content once a project, as long as a file has it.

Whoever wants to use a blob locks its row first, and so does the deleter: a blob is never both given to a file and
deleted. Bytes are written before their row and deleted after it, so that a row always has its bytes; a crash between
leaves bytes without a row, never a file without bytes.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import IntegrityError, transaction

from packages import store
from packages.models import Blob
from packages.services import inspection, storage
from projects.models import Project

# Each attempt fails only when another writer or the deleter came between; five in a row is a fault.
ATTEMPTS = 5


def keep(project: Project, key: UUID, stored: store.Stored) -> Blob:
    """The project's blob of this content: one with `key`, or the one it has already. Locked until the transaction of
    the caller ends. Conflict (413) when new bytes do not fit into a limit."""
    for _ in range(ATTEMPTS):
        known = Blob.objects.select_for_update(no_key=True).filter(project=project, sha256=stored.sha256).first()
        if known is not None:
            return _with_digests(known, stored)
        try:
            with transaction.atomic():
                blob = Blob.objects.create(
                    project=project, key=key, sha256=stored.sha256, size=stored.size, **stored.digests
                )
        except IntegrityError:
            continue
        storage.take(project, blob.size)
        inspection.later(blob)
        return blob
    raise RuntimeError(f"blob {stored.sha256} kept appearing and disappearing")


def _with_digests(known: Blob, stored: store.Stored) -> Blob:
    """The same content may have come before by a way that makes no others than SHA-256."""
    missing = {name: digest for name, digest in stored.digests.items() if not getattr(known, name)}
    if missing:
        Blob.objects.filter(pk=known.pk).update(**missing)
        for name, digest in missing.items():
            setattr(known, name, digest)
    return known


def delete_unused(ids: Iterable[int]) -> None:
    """Deletes those blobs that no file has, rows first. Doing it twice changes nothing."""
    for pk in sorted(ids):
        storage_key = _delete_row(pk)
        if storage_key:
            store.delete(storage_key)


def _delete_row(pk: int) -> str:
    """The key of the blob that was deleted, or ""."""
    with transaction.atomic():
        blob = Blob.objects.select_for_update().filter(pk=pk).first()
        # Asked after the lock, in a statement of its own: what was true before may have changed while waiting.
        if blob is None or blob.files.exists():
            return ""
        blob.delete()
        storage.give_back(blob.project_id, blob.size)
    return blob.storage_key
