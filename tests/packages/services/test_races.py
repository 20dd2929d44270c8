"""Two at once: uploads of the same bytes, and an upload that meets the deleter. Nothing is kept twice or lost."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from lib.errors import InvalidInput, Refusal
from packages.models import Blob, Package, PackageFile, PackageKind
from packages.services import blobs, files, storage
from projects.services import projects
from tests.packages.conftest import kept
from tests.together import together

pytestmark = pytest.mark.django_db(transaction=True)


def whole(package: Package, path: str) -> bytes:
    return b"".join(files.opened(package, path).reading)


def test_equal_bytes_uploaded_at_once_are_kept_once(package: Package, folder: Path, alice: User) -> None:
    for number in range(5):
        content = f"round {number}".encode()
        together(*[lambda n=n: files.put(package, f"{number}/{n}", [content], by=alice) for n in range(4)])
        assert {whole(package, f"{number}/{n}") for n in range(4)} == {content}
    assert Blob.objects.count() == len(kept(folder)) == 5


def test_equal_bytes_uploaded_at_once_to_packages_of_one_project_are_kept_once(
    package: Package, folder: Path, alice: User
) -> None:
    packages = [
        Package.objects.create(project=package.project, kind=PackageKind.GENERIC, name="set", version=str(number))
        for number in range(2, 6)
    ]
    together(*[lambda one=one: files.put(one, "a", [b"same"], by=alice) for one in packages])
    assert {whole(one, "a") for one in packages} == {b"same"}
    assert Blob.objects.count() == len(kept(folder)) == 1


def test_one_path_uploaded_at_once_ends_as_one_of_the_files(package: Package, folder: Path, alice: User) -> None:
    contents = [str(number).encode() * 1000 for number in range(4)]
    together(*[lambda c=c: files.put(package, "a", [c], by=alice) for c in contents])
    assert whole(package, "a") in contents
    assert PackageFile.objects.count() == Blob.objects.count() == len(kept(folder)) == 1


def test_of_a_file_and_a_folder_of_one_name_uploaded_at_once_one_is_refused(
    package: Package, folder: Path, alice: User
) -> None:
    for number in range(5):
        name = str(number)
        answers = together(
            lambda name=name: files.put(package, name, [b"file"], by=alice),
            lambda name=name: files.put(package, f"{name}/x", [b"in a folder"], by=alice),
        )
        assert sorted(type(answer).__name__ for answer in answers) == ["InvalidInput", "PackageFile"]
    assert PackageFile.objects.count() == 5


def test_an_upload_that_meets_the_deleter_never_loses_its_bytes(package: Package, folder: Path, alice: User) -> None:
    for _ in range(20):
        blob = files.put(package, "old", [b"same"], by=alice).blob
        PackageFile.objects.all().delete()
        together(
            lambda: files.put(package, "new", [b"same"], by=alice),
            lambda blob=blob: blobs.delete_unused([blob.pk]),
        )
        assert whole(package, "new") == b"same"
        assert len(kept(folder)) == Blob.objects.count() == 1
        files.delete(package, "")


def test_an_upload_while_the_same_bytes_are_deleted_elsewhere_never_loses_them(
    package: Package, folder: Path, alice: User
) -> None:
    for number in range(20):
        files.put(package, "old", [b"same"], by=alice)
        together(
            lambda number=number: files.put(package, f"new/{number}", [b"same"], by=alice),
            lambda: files.delete(package, "old"),
        )
        assert whole(package, f"new/{number}") == b"same"
        files.delete(package, "new")
    assert kept(folder) == []


def test_a_reader_never_misses_a_file_that_is_being_replaced(package: Package, folder: Path, alice: User) -> None:
    contents = [b"a" * 10, b"b" * 20]
    files.put(package, "a", [contents[0]], by=alice)

    def replaces() -> None:
        for number in range(30):
            files.put(package, "a", [contents[number % 2]], by=alice)

    def reads() -> set[bytes]:
        return {whole(package, "a") for _ in range(60)}

    _, seen, _ = together(replaces, reads, reads)
    assert not isinstance(seen, Refusal)
    assert seen <= set(contents)


def test_bytes_are_deleted_only_after_the_transaction_that_freed_them(
    package: Package, folder: Path, alice: User
) -> None:
    files.put(package, "a", [b"old"], by=alice)

    def fails_at_the_end() -> Iterator[bytes]:
        yield b"new"
        raise InvalidInput("the client hung up")

    with pytest.raises(InvalidInput):
        files.put(package, "a", fails_at_the_end(), by=alice)
    assert whole(package, "a") == b"old"
    files.put(package, "a", [b"new"], by=alice)
    assert whole(package, "a") == b"new"
    assert len(kept(folder)) == 1


def test_of_two_uploads_that_pass_a_limit_together_one_is_refused(
    package: Package, folder: Path, alice: User, settings: Any
) -> None:
    settings.PROJECT_STORAGE_LIMIT = 35
    answers = together(*[lambda n=n: files.put(package, f"{n}", [str(n).encode() * 10], by=alice) for n in range(6)])
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict"] * 3 + ["PackageFile"] * 3
    assert storage.of_project(package.project).used == 30
    assert len(kept(folder)) == Blob.objects.count() == 3


def test_of_uploads_to_projects_of_one_namespace_no_more_are_taken_than_fit_together(
    package: Package, folder: Path, alice: User, settings: Any
) -> None:
    settings.NAMESPACE_STORAGE_LIMIT = 25
    group = package.project.namespace
    places = [package]
    for number in range(3):
        project = projects.create(group, by=alice, path=f"p{number}")
        places.append(Package.objects.create(project=project, kind=PackageKind.GENERIC, name="set", version="1"))
    answers = together(*[lambda place=place: files.put(place, "a", [b"x" * 10], by=alice) for place in places])
    assert sorted(type(answer).__name__ for answer in answers) == ["Conflict"] * 2 + ["PackageFile"] * 2
    assert storage.of_namespace(group).used == 20
    assert len(kept(folder)) == 2


def test_the_counter_is_exact_after_many_writers_and_deleters(package: Package, folder: Path, alice: User) -> None:
    def writes(number: int) -> None:
        for round_ in range(8):
            files.put(package, f"{number}/{round_ % 3}", [b"x" * (1 + (number + round_) % 5)], by=alice)
            if round_ % 4 == 3:
                files.delete(package, str(number))

    answers = together(*[lambda number=number: writes(number) for number in range(5)])
    assert answers == [None] * 5
    assert storage.of_project(package.project).used == sum(Blob.objects.values_list("size", flat=True))
    assert len(kept(folder)) == Blob.objects.count()
