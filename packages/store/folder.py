"""The store as a local folder."""

import os
from collections.abc import Iterator
from contextlib import suppress

from django.core.files.storage import FileSystemStorage

from packages.store import draft as draft_files
from packages.store.reading import Reading


class Folder:
    """Readable by the service's own user alone; what has been written survives a power cut."""

    def __init__(self, storage: FileSystemStorage) -> None:
        self._storage = storage

    def write(self, key: str, chunks: Iterator[bytes]) -> None:
        final = self._storage.path(key)
        draft = f"{final}.part"
        _make(os.path.dirname(final))
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0) as file:
                draft_files.copy(chunks, file.fileno())
            os.rename(draft, final)
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(draft)
            raise
        _sync(os.path.dirname(final))

    def read(self, key: str, start: int, length: int) -> Reading:
        file = open(self._storage.path(key), "rb")  # noqa: SIM115 - the reader closes it
        file.seek(start)
        return Reading(file, length)

    def delete(self, key: str) -> None:
        with suppress(FileNotFoundError):
            os.unlink(self._storage.path(key))


def _make(folder: str) -> None:
    """With the folders above it, each one on the disk before something is put into it."""
    if os.path.isdir(folder):
        return
    _make(os.path.dirname(folder))
    with suppress(FileExistsError):
        os.mkdir(folder, 0o700)
    _sync(os.path.dirname(folder))


def _sync(folder: str) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
