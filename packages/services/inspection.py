"""What is in each content: its other digests, and whether something in it would run when it is loaded.

Every new blob is inspected after its transaction, in the background. What was lost on the way (a broker that was away,
a process that ended) is found by `Verdict.PENDING` and done later.
"""

import logging
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from functools import partial
from hashlib import md5, sha1

from django.db import transaction
from django.utils import timezone

from accounts import caller
from audit.services import events as audit
from lib import background
from lib.errors import Conflict
from packages import store
from packages.models import Blob, Verdict
from packages.scanner import process

logger = logging.getLogger(__name__)

# Of the names that a content has; they matter little, as contents are told by their bytes.
MOST_NAMES = 20
# Until then somebody is probably at it.
PATIENCE = timedelta(minutes=1)


def later(blob: Blob) -> None:
    from packages import tasks  # they import this module

    transaction.on_commit(partial(tasks.inspect_blob.delay, blob.pk), robust=True)


def pending(*, all_ages: bool = False) -> list[int]:
    """The blobs that wait for longer than they should, oldest first; `all_ages` for the youngest as well."""
    waiting = Blob.objects.filter(verdict=Verdict.PENDING)
    if not all_ages:
        waiting = waiting.filter(created_at__lt=timezone.now() - PATIENCE)
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def everything() -> list[int]:
    return list(Blob.objects.order_by("pk").values_list("pk", flat=True))


def inspect_pending() -> None:
    for pk in pending():
        inspect(pk)


def inspect(pk: int, *, again: bool = False) -> Blob | None:
    """Records digests, verdict and findings. Once is enough unless `again`; None when it is gone or needs no more.

    A store that cannot be reached leaves it pending.
    """
    blob = Blob.objects.filter(pk=pk).first()
    if blob is None or (blob.verdict != Verdict.PENDING and not again):
        return None
    names = list(blob.files.values_list("path", flat=True)[:MOST_NAMES])
    try:
        blob.md5, blob.sha1 = _digests(blob)
        with closing(_Source(blob)) as source:
            scanned = process.scan(blob.size, names, source.read)
    except FileNotFoundError:
        return _lost(blob)
    except Conflict:
        logger.warning("blob %d could not be inspected, as the store cannot be reached", pk)
        return None
    blob.verdict, blob.findings, blob.inspected_at = scanned.verdict, scanned.findings, timezone.now()
    return _recorded(blob, names)


def _recorded(blob: Blob, names: list[str]) -> Blob:
    kept = ("md5", "sha1", "verdict", "findings", "inspected_at")
    with transaction.atomic():
        before = Blob.objects.select_for_update().filter(pk=blob.pk).values_list("verdict", flat=True).first()
        Blob.objects.filter(pk=blob.pk).update(**{name: getattr(blob, name) for name in kept})
        if blob.verdict == Verdict.DANGEROUS and before not in (None, Verdict.DANGEROUS):
            _tell(blob, names)
    return blob


def _tell(blob: Blob, names: list[str]) -> None:
    """It is the service itself that found it, not whoever's request or command it is done in."""
    found = [f"{finding['what']} {finding['where']}".strip() for finding in blob.findings[:3]]
    logger.warning("dangerous content in project %d: blob %d, %r: %s", blob.project_id, blob.pk, names[:3], found)
    with caller.calling(None):
        details = {"files": names[:3], "found": found, "sha256": blob.sha256}
        name = names[0] if names else f"blob {blob.pk}"
        audit.record("dangerous_file_found", project=blob.project, target=name, details=details)


def _lost(blob: Blob) -> Blob | None:
    if not Blob.objects.filter(pk=blob.pk).exists():
        return None
    logger.error("the bytes of blob %d are not in the store", blob.pk)
    blob.verdict, blob.inspected_at = Verdict.UNREADABLE, timezone.now()
    blob.findings = [{"severity": "unreadable", "what": "its bytes are not in the store", "where": ""}]
    return _recorded(blob, [])


def _digests(blob: Blob) -> tuple[str, str]:
    digests = md5(usedforsecurity=False), sha1(usedforsecurity=False)
    with closing(store.read(blob.storage_key, start=0, length=blob.size)) as reading:
        for piece in background.unhurried(reading):
            for digest in digests:
                digest.update(piece)
    return digests[0].hexdigest(), digests[1].hexdigest()


class _Source:
    """Parts of a blob. Those that follow each other are read from one opened object."""

    def __init__(self, blob: Blob) -> None:
        self._blob = blob
        self._at = 0
        self._ahead = b""
        self._reading: store.Reading | None = None
        self._coming: Iterator[bytes] = iter(())

    def read(self, offset: int, length: int) -> bytes:
        if self._reading is None or offset != self._at:
            self.close()
            rest = self._blob.size - offset
            self._reading, self._at = store.read(self._blob.storage_key, start=offset, length=rest), offset
            self._coming = background.unhurried(self._reading)
        pieces = [self._ahead, *self._pieces(length - len(self._ahead))]
        content = b"".join(pieces)
        content, self._ahead = content[:length], content[length:]
        if len(content) < length:
            raise FileNotFoundError("the object is shorter than it was")
        self._at += length
        return content

    def _pieces(self, wanted: int) -> Iterator[bytes]:
        while wanted > 0 and (piece := next(self._coming, b"")):
            wanted -= len(piece)
            yield piece

    def close(self) -> None:
        if self._reading is not None:
            self._reading.close()
        self._reading, self._ahead = None, b""
