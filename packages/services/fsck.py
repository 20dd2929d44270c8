"""Do the rows, the bytes and the counters agree? Looked at without changing anything; counters can be repaired."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce

from lib import sizes
from packages import store
from packages.models import Blob
from packages.services import storage
from packages.store import listing
from projects.models import Project

BATCH = 500


@dataclass(frozen=True, slots=True)
class Problem:
    """In words; `repaired` says that it is one no more."""

    text: str
    repaired: bool = False


def bytes_of_blobs(*, read: bool = False, seen: Callable[[int], None] = lambda count: None) -> Iterator[Problem]:
    """Blobs whose bytes are missing or have another size; with `read` also those whose content is another."""
    for blob in Blob.objects.order_by("pk").iterator(BATCH):
        wrong = _wrong(blob, read=read)
        # A blob may be deleted while it is looked at, and then its bytes are rightly gone.
        if wrong and Blob.objects.filter(pk=blob.pk).exists():
            yield Problem(f"{blob.storage_key}: {wrong}{_named(blob)}")
        seen(1)


def counters(*, repair: bool = False) -> Iterator[Problem]:
    """Projects whose counter says something else than their blobs."""
    summed = Blob.objects.filter(project=OuterRef("pk")).order_by().values("project").annotate(sum=Sum("size"))
    kept = Project.objects.annotate(truth=Coalesce(Subquery(summed.values("sum")), 0)).order_by("pk")
    told = kept.values_list("pk", "storage__used", "truth")
    for pk, counted, truth in told.iterator(BATCH):
        # Uploads go on meanwhile; only under the counter's lock do both numbers belong together.
        if counted != truth and storage.recount(Project(pk=pk), dry_run=not repair) != 0:
            said = "has no counter" if counted is None else f"is said to keep {sizes.exact(counted)}"
            yield Problem(f"project {pk} {said}, and keeps {sizes.exact(truth)}", repair)


def _wrong(blob: Blob, *, read: bool) -> str:
    size = listing.size(blob.storage_key)
    if size is None:
        return "its bytes are missing"
    if size != blob.size:
        return f"it has {size} bytes instead of {blob.size}"
    return "its content has changed" if read and _digest(blob) != blob.sha256 else ""


def _digest(blob: Blob) -> str:
    digest = sha256()
    try:
        for piece in store.read(blob.storage_key, start=0, length=blob.size):
            digest.update(piece)
    except FileNotFoundError:
        return ""
    return digest.hexdigest()


def _named(blob: Blob) -> str:
    file = blob.files.select_related("package").first()
    return f" ('{file.path}' of package {file.package_id}, {file.package})" if file else ""
