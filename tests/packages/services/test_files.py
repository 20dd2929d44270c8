"""Files of a package: whole or not at all, once a project, and never lost to the deleter."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from lib.errors import InvalidInput, NotFound
from packages import tasks
from packages.models import Blob, Package, PackageFile, PackageKind
from packages.services import blobs, files
from packages.services.files import Entry, Part
from projects.models import Project
from tests.packages.conftest import kept


def content(package: Package, path: str, part: Part | None = None) -> bytes:
    opened = files.opened(package, path, part)
    return b"".join(opened.reading)


def test_a_file_is_kept_with_its_size_and_sha256(package: Package, any_store: Path, alice: User) -> None:
    file = files.put(package, "model/MLmodel", [b"flavors", b": {}\n"], by=alice)
    assert content(package, "model/MLmodel") == b"flavors: {}\n"
    assert (file.blob.size, file.creator) == (12, alice)
    assert file.blob.sha256 == "7f8f4a879eefb3f9fed9c6af4077c9acb0db066b2906d6570c42913478686b0f"
    assert (any_store / file.blob.storage_key).read_bytes() == b"flavors: {}\n"


def test_equal_bytes_are_kept_once_in_a_project(package: Package, folder: Path, alice: User) -> None:
    for path in ("a", "b", "c/d"):
        files.put(package, path, [b"same"], by=alice)
    assert Blob.objects.count() == 1
    assert len(kept(folder)) == 1


def test_projects_never_share_bytes(package: Package, folder: Path, alice: User, other_project: Project) -> None:
    theirs = Package.objects.create(project=other_project, kind=PackageKind.GENERIC, name="set", version="1")
    files.put(package, "a", [b"same"], by=alice)
    files.put(theirs, "a", [b"same"], by=alice)
    assert len(kept(folder)) == 2
    with pytest.raises(NotFound):
        files.find(theirs, "b")


def test_a_replaced_file_has_the_new_bytes_and_the_old_ones_are_deleted_after_commit(
    package: Package, any_store: Path, alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    old = files.put(package, "a", [b"old"], by=alice).blob
    with django_capture_on_commit_callbacks(execute=True):
        files.put(package, "a", [b"new"], by=alice)
        assert (any_store / old.storage_key).exists()
    assert content(package, "a") == b"new"
    assert PackageFile.objects.count() == 1
    assert not (any_store / old.storage_key).exists()
    assert not Blob.objects.filter(pk=old.pk).exists()


def test_while_a_new_file_arrives_the_old_one_can_be_read_and_stays_if_the_rest_never_comes(
    package: Package, any_store: Path, alice: User
) -> None:
    files.put(package, "a", [b"old"], by=alice)
    before = kept(any_store)

    def arrives() -> Iterator[bytes]:
        yield b"ne"
        assert content(package, "a") == b"old"
        raise InvalidInput("the client hung up")

    with pytest.raises(InvalidInput):
        files.put(package, "a", arrives(), by=alice)
    assert content(package, "a") == b"old"
    assert kept(any_store) == before


def test_a_file_whose_end_never_comes_does_not_exist(package: Package, any_store: Path, alice: User) -> None:
    before = kept(any_store)

    def arrives() -> Iterator[bytes]:
        yield b"x"
        raise InvalidInput("the client hung up")

    with pytest.raises(InvalidInput):
        files.put(package, "a", arrives(), by=alice)
    assert files.entries(package) == []
    assert Blob.objects.count() == 0
    assert kept(any_store) == before


@pytest.mark.parametrize(("first", "second"), [("a", "a/b"), ("a", "a/b/c"), ("a/b", "a"), ("a/b/c", "a/b")])
def test_a_path_is_a_file_or_a_folder_never_both(
    package: Package, folder: Path, alice: User, first: str, second: str
) -> None:
    files.put(package, first, [b"1"], by=alice)
    with pytest.raises(InvalidInput, match="cannot be a"):
        files.put(package, second, [b"2"], by=alice)
    assert [file.path for file in package.files.all()] == [first]


@pytest.mark.parametrize("path", ["", "../a", "/a", "a//b", "a/%2e%2e/b"])
def test_a_path_that_may_not_exist_is_refused_by_every_service(
    package: Package, folder: Path, alice: User, path: str
) -> None:
    attempts = [lambda: files.put(package, path, [b"x"], by=alice), lambda: files.find(package, path)]
    if path:
        attempts += [lambda: files.entries(package, path), lambda: files.delete(package, path)]
    for attempt in attempts:
        with pytest.raises(InvalidInput, match=r"^Invalid path$"):
            attempt()
    assert kept(folder) == []


@pytest.fixture
def tree(package: Package, folder: Path, alice: User) -> Package:
    for path in ("z.txt", "a/1", "a/2/3", "a/2/4/5", "A/6", "a%/7", "a_/8", "aa/9", "ä/模型/x"):
        files.put(package, path, [path.encode()], by=alice)
    return package


@pytest.mark.parametrize(
    ("folder_", "expected"),
    [
        ("", ["A/", "a/", "a%/", "a_/", "aa/", "z.txt", "ä/"]),
        ("a", ["a/1", "a/2/"]),
        ("a/2", ["a/2/3", "a/2/4/"]),
        ("A", ["A/6"]),
        ("a%", ["a%/7"]),
        ("ä", ["ä/模型/"]),
        ("ä/模型", ["ä/模型/x"]),
        ("a/1", []),
        ("nowhere", []),
    ],
)
def test_a_folder_lists_its_own_files_and_folders(tree: Package, folder_: str, expected: list[str]) -> None:
    assert [entry.path + "/" * entry.is_folder for entry in files.entries(tree, folder_)] == expected


def test_a_file_is_listed_with_its_size_and_a_folder_without(tree: Package) -> None:
    assert files.entries(tree, "a") == [Entry("a/1", 3), Entry("a/2", None)]


def test_a_listing_takes_two_queries_however_much_there_is(tree: Package, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):
        files.entries(tree)


def test_deleting_a_file_leaves_the_others(tree: Package) -> None:
    files.delete(tree, "a/1")
    assert [entry.path for entry in files.entries(tree, "a")] == ["a/2"]


def test_deleting_a_folder_takes_what_is_in_it_and_nothing_of_a_like_name(
    tree: Package, folder: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        files.delete(tree, "a")
    left = sorted(tree.files.values_list("path", flat=True))
    assert left == ["A/6", "a%/7", "a_/8", "aa/9", "z.txt", "ä/模型/x"]
    assert len(kept(folder)) == Blob.objects.count() == 6


def test_deleting_everything_or_twice_is_no_error(tree: Package, folder: Path) -> None:
    files.delete(tree, "")
    files.delete(tree, "")
    files.delete(tree, "nowhere")
    assert files.entries(tree) == []


def test_bytes_stay_as_long_as_any_file_has_them(
    package: Package, folder: Path, alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    files.put(package, "a", [b"same"], by=alice)
    files.put(package, "b", [b"same"], by=alice)
    with django_capture_on_commit_callbacks(execute=True):
        files.delete(package, "a")
    assert content(package, "b") == b"same"
    with django_capture_on_commit_callbacks(execute=True):
        files.delete(package, "b")
    assert kept(folder) == []


def test_the_deleting_task_may_run_twice_and_for_what_is_gone(package: Package, folder: Path, alice: User) -> None:
    file = files.put(package, "a", [b"x"], by=alice)
    tasks.delete_unused_blobs([file.blob_id])
    assert content(package, "a") == b"x"
    blob = file.blob_id
    file.delete()
    for _ in range(2):
        tasks.delete_unused_blobs([blob])
    assert kept(folder) == []


def test_a_folder_cannot_be_read_and_a_missing_file_is_not_found(tree: Package) -> None:
    with pytest.raises(InvalidInput, match="refers to a directory"):
        files.find(tree, "a")
    with pytest.raises(NotFound, match="No such artifact: 'nowhere'"):
        files.find(tree, "nowhere")


def test_a_file_whose_bytes_are_lost_is_not_found_and_the_loss_is_logged(
    package: Package, folder: Path, alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    file = files.put(package, "a", [b"x"], by=alice)
    (folder / file.blob.storage_key).unlink()
    with pytest.raises(NotFound):
        files.opened(package, "a")
    assert "not in the store" in caplog.text


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (Part(0, 3), b"0123"),
        (Part(8, 99), b"89"),
        (Part(5, None), b"56789"),
        (Part(None, 2), b"89"),
        (Part(None, 99), b"0123456789"),
        (Part(0, 0, only_of="0" * 64), b"0123456789"),
    ],
)
def test_a_part_is_read_as_http_counts(
    package: Package, any_store: Path, alice: User, part: Part, expected: bytes
) -> None:
    files.put(package, "a", [b"0123456789"], by=alice)
    assert content(package, "a", part) == expected


@pytest.mark.parametrize("part", [Part(10, None), Part(10, 20), Part(None, 0)])
def test_a_part_beyond_the_file_is_refused_with_416(package: Package, folder: Path, alice: User, part: Part) -> None:
    files.put(package, "a", [b"0123456789"], by=alice)
    with pytest.raises(InvalidInput) as refused:
        files.opened(package, "a", part)
    assert refused.value.status == 416


def test_a_blob_that_another_writer_kept_first_is_used(package: Package, folder: Path, alice: User) -> None:
    file = files.put(package, "a", [b"same"], by=alice)
    again = blobs.keep(package.project, file.blob.key, blobs.store.Stored(4, file.blob.sha256))
    assert again.pk == file.blob_id
