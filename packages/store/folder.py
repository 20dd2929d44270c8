"""The store as a local folder."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from hashlib import sha256
from secrets import token_hex

from django.core.files.storage import FileSystemStorage

from packages.store import draft as draft_files
from packages.store.reading import PIECE, Reading, Stored


class Folder:
    """Readable by the service's own user alone; what has been written survives a power cut."""

    def __init__(self, storage: FileSystemStorage) -> None:
        self._storage = storage

    def write(self, key: str, chunks: Iterator[bytes]) -> None:
        final = self._storage.path(key)
        draft = f"{final}.part"
        _write(draft, final, chunks)

    def read(self, key: str, start: int, length: int) -> Reading:
        file = open(self._storage.path(key), "rb")  # noqa: SIM115 - the reader closes it
        file.seek(start)
        return Reading(file, length)

    def delete(self, key: str) -> None:
        with suppress(FileNotFoundError):
            os.unlink(self._storage.path(key))

    def begin(self, key: str) -> str:
        return ""

    def write_part(self, key: str, number: int, chunks: Iterator[bytes]) -> None:
        self._replace(_part(key, number), chunks)

    def parts(self, key: str, store_id: str) -> None:
        return None

    def join(self, key: str, store_id: str, parts: Mapping[int, str], into: str) -> Stored:
        digest, size = sha256(), 0

        def joined() -> Iterator[bytes]:
            nonlocal size
            for number in sorted(parts):
                with open(self._storage.path(_part(key, number)), "rb") as file:
                    while piece := file.read(PIECE):
                        digest.update(piece)
                        size += len(piece)
                        yield piece

        self._replace(into, joined())
        return Stored(size, digest.hexdigest())

    def drop(self, key: str, store_id: str, numbers: Iterable[int]) -> None:
        for number in numbers:
            self.delete(_part(key, number))

    def part_address(self, key: str, store_id: str, number: int, seconds: int) -> str:
        return ""

    def address(self, key: str, seconds: int, headers: Mapping[str, str]) -> str:
        return ""

    def put_address(self, key: str, size: int, seconds: int) -> str:
        return ""

    def landed(self, key: str, size: int) -> None:
        """Nothing comes but through the service."""

    def copy(self, key: str, into: str) -> Stored:
        raise FileNotFoundError(key)

    def _replace(self, key: str, chunks: Iterator[bytes]) -> None:
        """An older object stays till the new one is whole; two writers at once do not meet."""
        final = self._storage.path(key)
        draft = f"{final.removesuffix('.part')}.{token_hex(8)}.part"
        _write(draft, final, chunks)


def _part(key: str, number: int) -> str:
    return f"{key}.{number}.part"


def _write(draft: str, final: str, chunks: Iterator[bytes]) -> None:
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
