"""How much projects and topmost namespaces keep, how much they may, and whether one more file still fits.

A project's counter changes in the transaction that makes or deletes a blob, as the last row that is locked there; so it
is exact at any time, and of two uploads that would pass a limit together the second is refused.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import BigIntegerField, F, Max, OuterRef, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from lib import sizes
from lib.errors import Conflict, InvalidInput
from packages.models import Blob, ProjectStorage
from projects.models import Namespace, NamespaceLink, Project

# MLflow's client tries 503 again for minutes; of these two it tells the user at once.
TOO_LARGE = 413


@dataclass(frozen=True, slots=True)
class Usage:
    """In bytes. `owner` is a project's or namespace's full path; a `limit` of 0 is none."""

    owner: str
    used: int
    limit: int

    @property
    def remaining(self) -> int | None:
        """What still fits; None without a limit. Never negative, though a limit may be set below what is kept."""
        return max(self.limit - self.used, 0) if self.limit else None

    @property
    def nearly_full(self) -> int:
        """From here on a person should look after it."""
        return self.limit * 9 // 10

    def refusal(self, size: int) -> Conflict:
        kept, limit = sizes.exact(self.used), sizes.exact(self.limit)
        return Conflict(
            f"'{self.owner}' keeps {kept} of at most {limit}; a file of {sizes.exact(size)} does not fit. "
            "Delete files that are not needed, or ask an administrator for more",
            code="QUOTA_EXCEEDED",
            status=TOO_LARGE,
        )


@dataclass(frozen=True, slots=True)
class Room:
    """What a project has room for now. `tightest` is the usage that leaves the least, None without limits."""

    project: Project
    file_size_limit: int
    tightest: Usage | None

    def admit(self, size: int, *, coming: int = 0) -> None:
        """InvalidInput (413) for a file that is too large, Conflict (413) for one that does not fit. `coming` bytes of
        others count as kept already."""
        if size > self.file_size_limit:
            raise _too_large(self.file_size_limit)
        full = self.tightest
        if full is not None and size + coming > (full.remaining or 0) and not self._may_be_kept_already(size):
            raise full.refusal(size)

    def bounded(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The same chunks; refuses as `admit` does when there are more bytes than fit. The chunk that passes the limit
        is not handed on. Asks the database now, and then no more until it refuses."""
        return self._at_most(self._most(), chunks)

    def _at_most(self, most: int, chunks: Iterable[bytes]) -> Iterator[bytes]:
        seen = 0
        for chunk in chunks:
            seen += len(chunk)
            if seen > most:
                self.admit(seen)
                raise _too_large(self.file_size_limit)
            yield chunk

    def _may_be_kept_already(self, size: int) -> bool:
        """Bytes that the project has already cost nothing; but only when all of them are there can that be known."""
        return Blob.objects.filter(project=self.project, size=size).exists()

    def _most(self) -> int:
        """The size beyond which nothing can be accepted any more."""
        if self.tightest is None or (self.tightest.remaining or 0) >= self.file_size_limit:
            return self.file_size_limit
        largest = Blob.objects.filter(project=self.project).aggregate(size=Max("size"))["size"] or 0
        return min(max(self.tightest.remaining or 0, largest), self.file_size_limit)


def open_project(project: Project) -> None:
    """Gives a new project its counter."""
    ProjectStorage.objects.create(project=project)


def room(project: Project) -> Room:
    usages = [usage for usage in usages_of(project) if usage.limit]
    tightest = min(usages, key=lambda usage: usage.remaining or 0, default=None)
    return Room(project, file_size_limit(project), tightest)


def file_size_limit(project: Project) -> int:
    """The largest file that the project takes, in bytes."""
    own = _of_project(project).file_size_limit
    return settings.MAX_FILE_SIZE if own is None else own


def usages_of(project: Project) -> list[Usage]:
    """Whatever may stop an upload: the project's own usage, and that of its topmost namespace if that has a limit."""
    top = _topmost(project)
    above = [of_namespace(top)] if top is not None and _namespace_limit(top) else []
    return [of_project(project), *above]


def of_project(project: Project) -> Usage:
    return of_row(_of_project(project))


def of_row(row: ProjectStorage) -> Usage:
    limit = settings.PROJECT_STORAGE_LIMIT if row.limit is None else row.limit
    return Usage(row.project.full_path, row.used, limit)


def of_namespace(namespace: Namespace) -> Usage:
    """Of all projects below it, in one query; only a topmost namespace has a limit."""
    found = Namespace.objects.filter(pk=namespace.pk).annotate(
        used=Coalesce(Subquery(_used_below()), 0), path_=F("route__path"), limit=F("storage__limit")
    )
    used, path, limit, parent = found.values_list("used", "path_", "limit", "parent_id").get()
    default = settings.NAMESPACE_STORAGE_LIMIT if limit is None else limit
    return Usage(path, used, default if parent is None else 0)


def take(project: Project, size: int) -> None:
    """Counts bytes that were just kept. Conflict (413) when they do not fit; the caller's transaction ends with it."""
    if not ProjectStorage.objects.filter(project=project).update(used=F("used") + size):
        recount(project)
    usage = of_project(project)
    if usage.limit and usage.used > usage.limit:
        raise Usage(usage.owner, usage.used - size, usage.limit).refusal(size)
    top = _topmost(project)
    if top is None or not _namespace_limit(top):
        return
    # The last lock of all: two projects below it are counted one after the other.
    Namespace.objects.select_for_update(no_key=True).get(pk=top.pk)
    usage = of_namespace(top)
    if usage.used > usage.limit:
        raise Usage(usage.owner, usage.used - size, usage.limit).refusal(size)


def give_back(project_id: int, size: int) -> None:
    """Counts bytes that are no longer kept, in the transaction that deletes their row."""
    ProjectStorage.objects.filter(project=project_id).update(used=F("used") - size)


def recount(project: Project, *, dry_run: bool = False) -> int | None:
    """Sets the counter to what the rows say, unless `dry_run`. By how much it was wrong, in bytes; None when there was
    none."""
    with transaction.atomic():
        # Whoever has changed a blob and not its counter yet adds to what is counted here.
        row = ProjectStorage.objects.select_for_update(no_key=True).filter(project=project).first()
        truth = Blob.objects.filter(project=project).aggregate(sum=Coalesce(Sum("size"), 0))["sum"]
        if not dry_run:
            ProjectStorage.objects.update_or_create(project=project, defaults={"used": truth})
    return None if row is None else row.used - truth


def _of_project(project: Project) -> ProjectStorage:
    # Asked anew each time: what has been loaded with the project may have been changed since.
    return ProjectStorage.objects.filter(project=project).select_related("project__route").first() or ProjectStorage(
        project=project
    )


def _topmost(project: Project) -> Namespace | None:
    above = NamespaceLink.objects.filter(descendant=project.namespace_id).values("ancestor")
    return Namespace.objects.select_related("storage").filter(pk__in=above, parent=None).first()


def _namespace_limit(top: Namespace) -> int:
    limit = top.storage.limit if hasattr(top, "storage") else None
    return settings.NAMESPACE_STORAGE_LIMIT if limit is None else limit


def _used_below() -> Subquery:
    below = ProjectStorage.objects.filter(project__namespace__links_up__ancestor=OuterRef("pk")).order_by()
    summed = below.annotate(all=Value(1)).values("all").annotate(sum=Sum("used")).values("sum")
    return Subquery(summed, output_field=BigIntegerField())


def _too_large(limit: int) -> InvalidInput:
    return InvalidInput(
        f"The file is larger than {sizes.exact(limit)}, which is the most that a file of this project may have",
        status=TOO_LARGE,
    )
