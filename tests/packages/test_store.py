"""Local folder and S3 bucket keep the same promises."""

import resource
import stat
import tracemalloc
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from lib.errors import Conflict
from packages import store
from tests.packages.conftest import kept, s3_options


def new_key() -> str:
    return f"1/{uuid4().hex[:2]}/{uuid4().hex}"


@pytest.mark.parametrize("size", [0, 1, store.PIECE + 1, store.PART, 2 * store.PART + 5])
def test_what_was_written_is_read_back_with_its_size_and_sha256(any_store: Path, size: int) -> None:
    content = bytes(range(256)) * (size // 256) + b"x" * (size % 256)
    key = new_key()
    pieces = (content[at : at + store.PIECE] for at in range(0, size, store.PIECE))
    assert store.write(key, pieces) == store.Stored(size, sha256(content).hexdigest())
    read = list(store.read(key, start=0, length=size))
    assert b"".join(read) == content
    assert all(len(piece) <= store.PIECE for piece in read)
    store.delete(key)


@pytest.mark.parametrize(
    ("start", "length", "expected"), [(0, 3, b"012"), (4, 6, b"456789"), (9, 1, b"9"), (2, 0, b"")]
)
def test_a_part_can_be_read(any_store: Path, start: int, length: int, expected: bytes) -> None:
    key = new_key()
    store.write(key, [b"0123456789"])
    assert b"".join(store.read(key, start=start, length=length)) == expected
    store.delete(key)


@pytest.mark.parametrize("before", [0, 1, 20], ids=["at once", "in the first part", "in the third part"])
def test_an_abort_leaves_nothing_behind(any_store: Path, before: int) -> None:
    def breaks_off() -> Iterator[bytes]:
        yield from [b"x" * store.PIECE] * before
        raise RuntimeError("the sender is gone")

    already = kept(any_store)
    with pytest.raises(RuntimeError, match="the sender is gone"):
        store.write(new_key(), breaks_off())
    assert kept(any_store) == already


def test_deleting_twice_changes_nothing_and_the_object_is_gone(any_store: Path) -> None:
    key = new_key()
    store.write(key, [b"x"])
    store.delete(key)
    store.delete(key)
    with pytest.raises(FileNotFoundError):
        store.read(key, start=0, length=1)


def test_only_the_service_itself_may_look_into_the_local_folder(folder: Path) -> None:
    store.write(new_key(), [b"x"])
    modes = {(place.is_dir(), stat.S_IMODE(place.stat().st_mode)) for place in [folder, *folder.rglob("*")]}
    assert modes == {(True, 0o700), (False, 0o600)}


def test_a_full_disk_is_told_as_507_and_leaves_nothing(folder: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * store.PIECE, limits[1]))
    try:
        with pytest.raises(Conflict) as refused:
            store.write(new_key(), [b"x" * store.PIECE] * 3)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert refused.value.status == 507
    assert kept(folder) == []


def test_a_folder_that_cannot_be_made_is_told_as_503(folder: Path) -> None:
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("in the way")
    with pytest.raises(Conflict) as refused:
        store.write(new_key(), [b"x"])
    assert refused.value.status == 503


@pytest.mark.parametrize("size", [1, 2 * store.PART])
def test_a_bucket_that_refuses_the_credential_is_told_as_503(
    s3_server: tuple[str, Path], settings: Any, size: int
) -> None:
    settings.STORAGES = {**settings.STORAGES, "default": s3_options(s3_server[0], secret_key="wrong")}
    for attempt in (lambda: store.write(new_key(), [b"x" * size]), lambda: store.read("1/aa/bb", start=0, length=1)):
        with pytest.raises(Conflict) as refused:
            attempt()
        assert refused.value.status == 503
        assert "wrong" not in refused.value.message


def test_what_is_held_of_a_large_object_is_a_few_parts_at_most(bucket: Path) -> None:
    key = new_key()
    store.write(key, [b"The first call loads much that stays."])
    tracemalloc.start()
    store.write(key, (b"x" * store.PIECE for _ in range(60)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    store.delete(key)
    assert peak < 4 * store.PART
