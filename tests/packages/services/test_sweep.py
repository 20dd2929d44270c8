"""The sweep removes what nothing names, and nothing else; fsck tells what does not agree."""

import io
import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from lib.progress import Progress
from packages import store, tasks
from packages.models import Blob, Package, PackageFile, ProjectStorage, Upload
from packages.services import files, storage, sweep
from packages.store import listing
from tests.packages.conftest import kept

NOW = timedelta(0)


def key_of(package: Package, key: UUID) -> str:
    return Blob(project=package.project, key=key).storage_key


def lay(place: Path, key: str, *, hours: float = 0) -> str:
    """A file that has lain there for so long."""
    path = place / key
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    age(path, hours)
    return key


def age(path: Path, hours: float) -> None:
    at = time.time() - hours * 3600
    os.utime(path, (at, at))


# What there may be in a store, each laid down by a function; it returns the keys that must survive and those that must
# not, when all that is older than 24 hours is swept.
Laid = tuple[set[str], set[str]]


def whole_file(place: Path, package: Package, alice: User, hours: float) -> Laid:
    blob = files.put(package, uuid4().hex, [uuid4().bytes], by=alice).blob
    age(place / blob.storage_key, hours)
    return {blob.storage_key}, set()


def draft_beside_a_file(place: Path, package: Package, alice: User, hours: float) -> Laid:
    survives, _ = whole_file(place, package, alice, hours)
    [key] = survives
    return survives, {lay(place, f"{key}.part", hours=hours)}


def draft(place: Path, package: Package, alice: User, hours: float) -> Laid:
    return set(), {lay(place, f"{key_of(package, uuid4())}.part", hours=hours)}


def object_without_a_row(place: Path, package: Package, alice: User, hours: float) -> Laid:
    return set(), {lay(place, key_of(package, uuid4()), hours=hours)}


def object_of_another_project(place: Path, package: Package, alice: User, hours: float) -> Laid:
    """As a blob's, but below another project's number: not that blob's bytes."""
    survives, _ = whole_file(place, package, alice, hours)
    [key] = survives
    return survives, {lay(place, f"9{key}", hours=hours)}


def part_without_an_upload(place: Path, package: Package, alice: User, hours: float) -> Laid:
    return set(), {lay(place, f"{key_of(package, uuid4())}.7.part", hours=hours)}


def upload_on_its_way(place: Path, package: Package, alice: User, hours: float) -> Laid:
    upload = Upload.objects.create(package=package, path="a", creator=alice)
    ends = ("", ".part", ".1.part", ".10000.part", ".3.0123456789abcdef.part")
    return {lay(place, upload.storage_key + end, hours=hours) for end in ends}, set()


def upload_that_nobody_ended(place: Path, package: Package, alice: User, hours: float) -> Laid:
    upload = Upload.objects.create(package=package, path="a", creator=alice)
    Upload.objects.filter(pk=upload.pk).update(created_at=timezone.now() - timedelta(days=8))
    return set(), {lay(place, f"{upload.storage_key}.{number}.part", hours=hours) for number in (1, 2)}


def somebody_elses(place: Path, package: Package, alice: User, hours: float) -> Laid:
    name = uuid4().hex
    strange = (
        f"1/{name[:2]}/{name}.txt",
        f"1/{'00' if name[:2] != '00' else '11'}/{name}",
        f"x/{name[:2]}/{name}.part",
        f"1/{name[:2]}/{name.upper()}x",
        f"0/{name[:2]}/{name}",
    )
    return {lay(place, key, hours=hours) for key in strange}, set()


KINDS = [
    whole_file,
    draft_beside_a_file,
    draft,
    object_without_a_row,
    object_of_another_project,
    part_without_an_upload,
    upload_on_its_way,
    upload_that_nobody_ended,
    somebody_elses,
]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(laid=st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from([0, 1, 23, 25, 1000])), max_size=8))
def test_orphans_are_removed_and_nothing_else(package: Package, folder: Path, alice: User, laid: Any) -> None:
    expected, gone = set(kept(folder)), set()
    for kind, hours in laid:
        survive, orphans = kind(folder, package, alice, hours)
        expected |= survive if hours > 24 else survive | orphans
        gone |= orphans if hours > 24 else set()
    shown = {orphan.key for orphan in sweep.sweep(timedelta(hours=24), dry_run=True) if orphan.size is not None}
    # Parts of uploads that nobody ended are seen only when the upload is gone.
    assert shown <= gone
    assert set(kept(folder)) == expected | gone
    list(sweep.sweep(timedelta(hours=24)))
    assert set(kept(folder)) == expected
    assert list(sweep.sweep(timedelta(hours=24))) == []
    assert set(PackageFile.objects.values_list("blob_id", flat=True)) == set(Blob.objects.values_list("pk", flat=True))


def test_a_store_of_either_kind_is_swept(package: Package, any_store: Path, alice: User) -> None:
    list(sweep.sweep(NOW))
    file = files.put(package, "a", [b"x" * (2 * store.PART + 1)], by=alice)
    orphan = key_of(package, uuid4())
    store.write(orphan, [b"orphan"])
    assert [found.key for found in sweep.sweep()] == []
    assert [(found.key, found.size) for found in sweep.sweep(NOW)] == [(orphan, 6)]
    assert listing.size(orphan) is None
    assert listing.size(file.blob.storage_key) == 2 * store.PART + 1


def test_unfinished_uploads_in_a_bucket_are_aborted(package: Package, bucket: Path, alice: User) -> None:
    held = Upload.objects.create(package=package, path="a", creator=alice)
    orphan = key_of(package, uuid4())
    place: Any = storages["default"]
    for key in (held.storage_key, orphan, "notours"):
        place.bucket.Object(key).initiate_multipart_upload()
    if not list(listing.unfinished()):
        pytest.skip("this S3 server does not list its unfinished uploads")
    assert [found.key for found in sweep.sweep()] == []
    assert orphan in [found.key for found in sweep.sweep(NOW) if found.kind == "unfinished upload in parts"]
    assert {upload.key for upload in listing.unfinished()} == {held.storage_key, "notours"}


def test_content_that_lost_its_files_and_its_task_is_swept(package: Package, folder: Path, alice: User) -> None:
    blob = files.put(package, "a", [b"12345"], by=alice).blob
    PackageFile.objects.all().delete()
    assert list(sweep.sweep()) == []
    assert [found.kind for found in sweep.sweep(NOW)] == ["content that no file has"]
    assert kept(folder) == []
    assert storage.of_project(blob.project).used == 0


def test_the_task_sweeps_with_the_grace_of_the_settings(package: Package, folder: Path, settings: Any) -> None:
    lay(folder, f"{key_of(package, uuid4())}.part", hours=3)
    tasks.sweep_orphans()
    assert len(kept(folder)) == 1
    settings.ORPHAN_GRACE_HOURS = 2
    tasks.sweep_orphans()
    assert kept(folder) == []


def test_looking_up_takes_a_few_queries_however_many_objects(
    package: Package, folder: Path, django_assert_max_num_queries: Any
) -> None:
    for _ in range(50):
        lay(folder, key_of(package, uuid4()), hours=30)
    with django_assert_max_num_queries(6):
        assert len(list(sweep.sweep(dry_run=True))) == 50


# The commands ---------------------------------------------------------------------------------------------------------


def test_the_command_shows_and_sweeps(package: Package, folder: Path, capsys: Any) -> None:
    orphan = lay(folder, f"{key_of(package, uuid4())}.part", hours=3)
    call_command("sweep")
    assert capsys.readouterr().out == ""
    call_command("sweep", "--older-than", "2", "--dry-run")
    said = capsys.readouterr()
    assert said.out == f"{orphan}  unfinished file, 1 B\n"
    assert said.err == "Found 1 orphans with 1 bytes.\n"
    assert kept(folder) == [orphan]
    call_command("sweep", "--older-than", "2h")
    assert capsys.readouterr().err == "Removed 1 orphans with 1 bytes.\n"
    assert kept(folder) == []


@pytest.mark.parametrize("text", ["-1", "x", "1w", "", "nan", "1e99"])
def test_a_length_of_time_that_is_none_is_refused(text: str, db: None) -> None:
    with pytest.raises(CommandError, match="is no length of time"):
        call_command("sweep", f"--older-than={text}")


def test_fsck_finds_lost_changed_and_shortened_bytes(
    package: Package, any_store: Path, alice: User, capsys: Any
) -> None:
    for path, content in (("whole", b"12345"), ("lost", b"abc"), ("short", b"12"), ("changed", b"abcd")):
        files.put(package, path, [content], by=alice)
    blobs = {file.path: file.blob for file in package.files.select_related("blob")}
    call_command("fsck", "--read")
    assert capsys.readouterr().out == ""
    store.delete(blobs["lost"].storage_key)
    store.write(blobs["short"].storage_key, [b"1"])
    store.write(blobs["changed"].storage_key, [b"abcx"])
    for arguments, expected in ((["--read"], 3), ([], 2)):
        with pytest.raises(SystemExit):
            call_command("fsck", *arguments)
        said = capsys.readouterr()
        assert len(said.out.splitlines()) == expected, said.out
        assert "its bytes are missing ('lost' of package" in said.out
        assert "it has 1 bytes instead of 2" in said.out
        assert said.err == f"{expected} problems\n"


def test_fsck_repairs_counters(package: Package, folder: Path, alice: User, other_project: Any, capsys: Any) -> None:
    files.put(package, "a", [b"12345"], by=alice)
    ProjectStorage.objects.filter(project=package.project).update(used=9)
    ProjectStorage.objects.filter(project=other_project).delete()
    with pytest.raises(SystemExit):
        call_command("fsck")
    said = capsys.readouterr().out
    assert f"project {package.project.pk} is said to keep 9 bytes, and keeps 5 bytes" in said
    assert f"project {other_project.pk} has no counter, and keeps 0 bytes" in said
    assert ProjectStorage.objects.get().used == 9
    call_command("fsck", "--repair")
    assert capsys.readouterr().err == "0 problems, 2 more repaired\n"
    call_command("fsck")
    assert ProjectStorage.objects.get(project=package.project).used == 5


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_bar_moves_in_a_terminal_and_nowhere_else() -> None:
    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        with Progress(4, stream, unit="files") as progress:
            progress.step(2)
            progress.clear()
            progress.step(1)
    assert pipe.getvalue() == ""
    assert " 75%  3 files" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\x1b[K")
