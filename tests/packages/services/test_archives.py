"""A folder as a zip, made while it is sent."""

import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from lib.errors import NotFound
from packages import store
from packages.models import Blob, Package, PackageFile
from packages.services import archives, files


def kept(package: Package, alice: User, *paths: str) -> None:
    for path in paths:
        files.put(package, path, [path.encode()], by=alice)


def unzipped(archive: archives.Archive) -> zipfile.ZipFile:
    content = b"".join(archive.pieces)
    assert len(content) == archive.size
    read = zipfile.ZipFile(io.BytesIO(content))
    assert read.testzip() is None
    return read


def test_it_holds_everything_in_order_under_its_name(package: Package, alice: User, any_store: Path) -> None:
    paths = ["b/模型 🤖.bin", "a.txt", "b/c/d.txt", "50% off.txt", "empty"]
    kept(package, alice, *paths)
    files.put(package, "empty", [], by=alice)
    archive = archives.of(package, name="run-1")
    assert archive.name == "run-1.zip"
    read = unzipped(archive)
    assert read.namelist() == sorted(paths)
    assert all(read.read(path) == (b"" if path == "empty" else path.encode()) for path in paths)
    assert all(info.compress_type == zipfile.ZIP_STORED for info in read.infolist())


def test_of_a_folder_it_holds_what_is_below(package: Package, alice: User, folder: Path) -> None:
    kept(package, alice, "model/data/x", "model/MLmodel", "model2/y", "Model/z")
    archive = archives.of(package, "model/", name="run-1")
    assert archive.name == "model.zip"
    assert unzipped(archive).namelist() == ["MLmodel", "data/x"]
    assert archives.total(package, "model") == archives.Total(2, len("model/data/x" + "model/MLmodel"))
    assert archives.total(package).files == 4


@pytest.mark.parametrize("where", ["", "none", "a.txt"])
def test_nothing_makes_no_zip(package: Package, alice: User, folder: Path, where: str) -> None:
    if where:
        kept(package, alice, "a.txt")
    with pytest.raises(NotFound):
        archives.of(package, where, name="x")


def test_thousands_of_files_are_read_one_after_the_other(
    package: Package, alice: User, folder: Path, monkeypatch: Any
) -> None:
    blob = files.put(package, "0000", [b"x" * 10_000], by=alice).blob
    more = [PackageFile(package=package, path=f"{number:04}", blob=blob, creator=alice) for number in range(1, 3000)]
    PackageFile.objects.bulk_create(more)
    opened: list[store.Reading] = []
    read = store.read

    def reading(*args: Any, **kwargs: Any) -> store.Reading:
        assert all(one._source.closed for one in opened)
        opened.append(read(*args, **kwargs))
        return opened[-1]

    monkeypatch.setattr(store, "read", reading)
    assert len(unzipped(archives.of(package, name="x")).namelist()) == 3000
    assert len(opened) == 3000


def test_an_aborted_download_closes_what_it_read(package: Package, alice: User, folder: Path, monkeypatch: Any) -> None:
    files.put(package, "large", [b"x" * store.PIECE] * 3, by=alice)
    opened: list[store.Reading] = []
    read = store.read
    monkeypatch.setattr(store, "read", lambda *a, **k: opened.append(read(*a, **k)) or opened[-1])
    pieces = archives.of(package, name="x").pieces
    for _ in range(2):
        next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert [one._source.closed for one in opened] == [True]


@pytest.mark.parametrize("change", ["replaced", "lost", "cut"])
def test_a_file_that_changes_meanwhile_breaks_it_off(package: Package, alice: User, folder: Path, change: str) -> None:
    kept(package, alice, "a", "b")
    archive = archives.of(package, name="x")
    key = package.files.get(path="b").blob.storage_key
    if change == "cut":
        (folder / key).write_bytes(b"")
    else:
        store.delete(key)
    got = bytearray()
    with pytest.raises((FileNotFoundError, RuntimeError)):  # noqa: PT012 - in the midst of it
        for piece in archive.pieces:
            got += piece
    assert len(got) < archive.size
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(io.BytesIO(bytes(got)))


class Zeros:
    def read(self, wanted: int) -> bytes:
        return bytes(wanted)

    def close(self) -> None:
        pass


class Sparse(io.RawIOBase):
    """Zeros are places that were not written to."""

    def __init__(self, file: Any) -> None:
        self.file = file

    def take(self, pieces: Iterator[bytes]) -> None:
        zeros = bytes(store.PIECE)
        for piece in pieces:
            if piece == zeros:
                self.file.seek(len(piece), io.SEEK_CUR)
            else:
                self.file.write(piece)
        self.file.truncate()


def test_more_than_4_gib_in_flat_memory(
    package: Package, alice: User, folder: Path, monkeypatch: Any, tmp_path: Path
) -> None:
    kept(package, alice, "a.bin", "z.txt")
    size = 4 * 1024**3 + store.PIECE
    large = package.files.get(path="a.bin").blob
    Blob.objects.filter(pk=large.pk).update(size=size)
    read = store.read

    def reading(key: str, *, start: int, length: int) -> store.Reading:
        return store.Reading(Zeros(), length) if length == size else read(key, start=start, length=length)

    monkeypatch.setattr(store, "read", reading)
    archive = archives.of(package, name="x")
    tracemalloc.start()
    with (tmp_path / "large.zip").open("wb") as file:
        Sparse(file).take(archive.pieces)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 * 1024**2
    assert (tmp_path / "large.zip").stat().st_size == archive.size
    with zipfile.ZipFile(tmp_path / "large.zip") as made:
        assert [info.file_size for info in made.infolist()] == [size, 5]
        assert made.read("z.txt") == b"z.txt"
    (tmp_path / "large.zip").unlink()
