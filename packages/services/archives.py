"""A folder of a package, or all of it, as a zip that is made while it is sent.

Files are stored as they are: models hardly compress, and the zip's size is known before its first byte. A file that is
replaced or lost meanwhile breaks the zip off, so that no download is complete and wrong.
"""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from django.db.models import Count, Sum
from zipstream import ZipStream

from lib.errors import NotFound
from packages import paths, store
from packages.models import Package, PackageFile


@dataclass(frozen=True, slots=True)
class Total:
    """How many files, and their bytes."""

    files: int
    size: int


@dataclass(frozen=True, slots=True)
class Archive:
    """`size` bytes that `pieces` yields. Whoever has it closes `pieces`."""

    name: str
    size: int
    pieces: Iterator[bytes]


def total(package: Package, folder: str = "") -> Total:
    counted = package.files.below(paths.relative(folder)).aggregate(files=Count("pk"), size=Sum("blob__size"))
    return Total(counted["files"], counted["size"] or 0)


def of(package: Package, folder: str = "", *, name: str) -> Archive:
    """Names in it start in the folder; they are in order. NotFound when there is no file in the folder."""
    folder = paths.relative(folder.removesuffix("/"))
    files = list(package.files.below(folder).select_related("blob").order_by("path"))
    if not files:
        raise NotFound(f"There are no files in '{folder}'" if folder else "There are no files")
    start = len(folder) + 1 if folder else 0
    archive = ZipStream(sized=True)
    for file in files:
        archive.add(_content(file), file.path[start:], size=file.blob.size)
    return Archive(f"{paths.name(folder) or name}.zip", len(archive), _pieces(archive))


def _pieces(archive: ZipStream) -> Iterator[bytes]:
    with closing(archive.finalize()) as pieces:
        yield from pieces


def _content(file: PackageFile) -> Iterator[bytes]:
    """Opened when its turn comes. FileNotFoundError when it was replaced or deleted since the zip began."""
    with closing(store.read(file.blob.storage_key, start=0, length=file.blob.size)) as reading:
        yield from reading
