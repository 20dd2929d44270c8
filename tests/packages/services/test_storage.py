"""What is kept is counted, and limits are kept: for a file, a project, and all projects of a topmost namespace."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from accounts.models import User
from lib.errors import Conflict, InvalidInput
from packages import store
from packages.models import Blob, NamespaceStorage, Package, PackageFile, PackageKind, ProjectStorage
from packages.services import files, storage
from packages.services.storage import Usage
from projects.models import Namespace, Project
from projects.services import namespaces, projects
from tests.packages.conftest import kept

GIB = 1024**3


def never() -> Iterator[bytes]:
    pytest.fail("it was read")
    yield b""


def used(project: Project) -> int:
    return storage.of_project(project).used


def in_another_project(package: Package, alice: User, path: str = "second") -> Package:
    below = namespaces.create_group("deep", by=alice, parent=package.project.namespace)
    sibling = projects.create(below, by=alice, path=path)
    return Package.objects.create(project=sibling, kind=PackageKind.GENERIC, name="set", version="1")


# Counting -------------------------------------------------------------------------------------------------------------


def test_a_project_begins_with_nothing(project: Project) -> None:
    assert ProjectStorage.objects.get(project=project).used == 0


def test_bytes_are_counted_once_and_given_back_when_no_file_has_them(
    package: Package, any_store: Path, alice: User, django_capture_on_commit_callbacks: Any
) -> None:
    for path in ("a", "b"):
        files.put(package, path, [b"same"], by=alice)
    files.put(package, "c", [b"other!"], by=alice)
    assert used(package.project) == 10
    with django_capture_on_commit_callbacks(execute=True):
        files.put(package, "c", [b"new"], by=alice)
    assert used(package.project) == 7
    with django_capture_on_commit_callbacks(execute=True):
        files.delete(package, "a")
    assert used(package.project) == 7
    with django_capture_on_commit_callbacks(execute=True):
        files.delete(package, "")
    assert used(package.project) == 0


def test_a_refused_or_broken_upload_counts_nothing(package: Package, folder: Path, alice: User) -> None:
    files.put(package, "a", [b"1"], by=alice)

    def breaks_off() -> Iterator[bytes]:
        yield b"x"
        raise InvalidInput("the client hung up")

    for path, chunks in (("b", breaks_off()), ("a/b", [b"22"])):
        with pytest.raises(InvalidInput):
            files.put(package, path, chunks, by=alice)
    assert used(package.project) == 1


def test_a_namespace_counts_what_all_projects_below_it_keep_in_one_query(
    package: Package,
    folder: Path,
    alice: User,
    group: Namespace,
    django_assert_num_queries: Any,
    other_project: Project,
) -> None:
    files.put(package, "a", [b"12345"], by=alice)
    files.put(in_another_project(package, alice), "a", [b"12345"], by=alice)
    with django_assert_num_queries(1):
        assert storage.of_namespace(group) == Usage("acme", 10, 0)
    assert storage.of_namespace(other_project.namespace).used == 0


def test_a_recount_repairs_a_counter_that_is_wrong_or_missing(package: Package, folder: Path, alice: User) -> None:
    files.put(package, "a", [b"12345"], by=alice)
    ProjectStorage.objects.update(used=7)
    assert storage.recount(package.project) == 2
    assert used(package.project) == 5
    ProjectStorage.objects.all().delete()
    files.put(package, "b", [b"123"], by=alice)
    assert used(package.project) == 8


# The largest file -----------------------------------------------------------------------------------------------------


def test_what_is_said_to_be_too_large_is_refused_before_any_of_it_is_read(
    package: Package, folder: Path, alice: User
) -> None:
    with pytest.raises(InvalidInput) as refused:
        files.put(package, "a", never(), by=alice, size=5 * GIB + 1)
    assert refused.value.status == 413
    assert "5 GiB (5368709120 bytes)" in refused.value.message
    assert kept(folder) == []


def test_what_turns_out_too_large_is_cut_off_at_the_limit_and_not_kept(
    package: Package, any_store: Path, alice: User, settings: Any
) -> None:
    settings.MAX_FILE_SIZE = 10
    before = kept(any_store)

    def arrives() -> Iterator[bytes]:
        yield from (b"x" * 6, b"x" * 4, b"x")
        pytest.fail("it was read on after the limit")

    with pytest.raises(InvalidInput) as refused:
        files.put(package, "a", arrives(), by=alice)
    assert refused.value.status == 413
    assert kept(any_store) == before
    assert files.put(package, "a", [b"x" * 5, b"x" * 5], by=alice).blob.size == 10


def test_an_administrator_gives_a_project_another_limit(package: Package, folder: Path, alice: User) -> None:
    ProjectStorage.objects.filter(project=package.project).update(file_size_limit=3)
    with pytest.raises(InvalidInput, match="3 bytes"):
        files.put(package, "a", [b"four"], by=alice)
    files.put(in_another_project(package, alice), "a", [b"four"], by=alice)


# Quotas ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["setting", "own"])
def project_limit(request: Any, settings: Any) -> Any:
    """Sets the project's limit, by either way."""

    def limit(package: Package, size: int) -> None:
        if request.param == "setting":
            settings.PROJECT_STORAGE_LIMIT = size
        else:
            settings.PROJECT_STORAGE_LIMIT = 1
            ProjectStorage.objects.filter(project=package.project).update(limit=size)

    return limit


def test_a_project_keeps_exactly_as_much_as_it_may(
    package: Package, any_store: Path, alice: User, project_limit: Any
) -> None:
    project_limit(package, 10)
    files.put(package, "a", [b"12345"], by=alice)
    before = kept(any_store)
    for size, chunks in ((6, never()), (None, [b"123", b"456"])):
        with pytest.raises(Conflict) as refused:
            files.put(package, "b", chunks, by=alice, size=size)
        assert (refused.value.status, refused.value.code) == (413, "QUOTA_EXCEEDED")
        assert "'acme/fraud' keeps 5 bytes of at most 10 bytes" in refused.value.message
        assert "a file of 6 bytes does not fit" in refused.value.message
    assert kept(any_store) == before
    assert PackageFile.objects.count() == Blob.objects.count() == 1
    files.put(package, "b", [b"54321"], by=alice, size=5)
    assert used(package.project) == 10


def test_equal_bytes_cost_nothing_and_are_taken_by_a_full_project(
    package: Package, folder: Path, alice: User, project_limit: Any
) -> None:
    files.put(package, "a", [b"12345"], by=alice)
    project_limit(package, 5)
    for path, size in (("b", 5), ("c", None)):
        files.put(package, path, [b"12", b"345"], by=alice, size=size)
    with pytest.raises(Conflict, match="does not fit"):
        files.put(package, "d", [b"54321"], by=alice, size=5)
    assert len(kept(folder)) == 1
    assert used(package.project) == 5


def test_of_a_full_project_no_more_is_read_than_its_largest_file_has(
    package: Package, folder: Path, alice: User, project_limit: Any
) -> None:
    files.put(package, "a", [b"12345"], by=alice)
    project_limit(package, 5)

    def arrives() -> Iterator[bytes]:
        yield from (b"12345", b"6")
        pytest.fail("it was read on")

    with pytest.raises(Conflict, match="does not fit"):
        files.put(package, "b", arrives(), by=alice)


def test_a_limit_of_zero_is_none(package: Package, folder: Path, alice: User, settings: Any) -> None:
    settings.PROJECT_STORAGE_LIMIT = settings.NAMESPACE_STORAGE_LIMIT = 1
    ProjectStorage.objects.filter(project=package.project).update(limit=0)
    NamespaceStorage.objects.create(namespace=package.project.namespace, limit=0)
    files.put(package, "a", [b"12345"], by=alice)
    assert storage.of_project(package.project).remaining is None


def test_a_limit_set_below_what_is_kept_refuses_only_what_is_new(package: Package, folder: Path, alice: User) -> None:
    files.put(package, "a", [b"12345"], by=alice)
    ProjectStorage.objects.update(limit=2)
    assert storage.of_project(package.project).remaining == 0
    files.put(package, "b", [b"12345"], by=alice)
    with pytest.raises(Conflict):
        files.put(package, "b", [b"1"], by=alice)


@pytest.mark.parametrize("way", ["setting", "own"])
def test_projects_below_a_topmost_namespace_share_its_limit(
    package: Package, folder: Path, alice: User, group: Namespace, way: str, settings: Any, other_project: Project
) -> None:
    sibling = in_another_project(package, alice)
    files.put(package, "a", [b"12345"], by=alice)
    if way == "setting":
        settings.NAMESPACE_STORAGE_LIMIT = 8
    else:
        NamespaceStorage.objects.create(namespace=group, limit=8)
    for size, chunks in ((4, never()), (None, [b"1234"])):
        with pytest.raises(Conflict, match="'acme' keeps 5 bytes of at most 8 bytes"):
            files.put(sibling, "a", chunks, by=alice, size=size)
    files.put(sibling, "a", [b"123"], by=alice)
    theirs = Package.objects.create(project=other_project, kind=PackageKind.GENERIC, name="set", version="1")
    files.put(theirs, "a", [b"12345"], by=alice)


# Objects that are in the store already --------------------------------------------------------------------------------


def stored(package: Package, content: bytes) -> tuple[Any, store.Stored]:
    key = uuid4()
    return key, store.write(Blob(project=package.project, key=key).storage_key, [content])


def test_an_object_in_the_store_becomes_a_file(package: Package, any_store: Path, alice: User) -> None:
    key, what = stored(package, b"12345")
    file = files.record(package, "a", key, what, by=alice)
    assert (file.blob.key, used(package.project)) == (key, 5)
    again, what = stored(package, b"12345")
    assert files.record(package, "b", again, what, by=alice).blob.key == key
    assert used(package.project) == 5
    assert len([name for name in kept(any_store) if key.hex in name or again.hex in name]) == 1


@pytest.mark.parametrize(
    ("path", "limits"), [("a", {"limit": 4}), ("a", {"file_size_limit": 4}), ("../a", {}), ("taken/x", {})]
)
def test_an_object_that_is_refused_is_deleted(
    package: Package, any_store: Path, alice: User, path: str, limits: dict[str, int]
) -> None:
    files.put(package, "taken", [b"1"], by=alice)
    before = kept(any_store)
    ProjectStorage.objects.filter(project=package.project).update(**limits)
    key, what = stored(package, b"12345")
    with pytest.raises((Conflict, InvalidInput)):
        files.record(package, path, key, what, by=alice)
    assert kept(any_store) == before
    assert used(package.project) == 1
