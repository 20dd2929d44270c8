"""Direct mode: a larger file is sent on to the bucket, and is there when it has arrived, whole and measured."""

import logging
import time
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
import requests
from django.utils import timezone

from packages import store as kept_store
from packages import tasks
from packages.models import Blob, PackageFile, ProjectStorage, Upload
from packages.services import arrivals, sweep
from projects.models import Project
from tests.api.mlflow.artifacts.conftest import address, ours, place
from tests.conftest import Door
from tracking.models import Run

SIZE = arrivals.LARGER_THAN + 1
FIRST, SECOND = b"1" * SIZE, b"2" * SIZE


@pytest.fixture(autouse=True)
def direct(bucket: Path, settings: Any) -> None:
    settings.ARTIFACTS_MODE = "direct"


def invited(proxy: Door, run: Run, path: str = "a.bin", content: bytes = FIRST) -> str:
    answer = proxy("PUT", address(run, path), content)
    assert answer.status_code == 307, answer.content
    return str(answer["Location"])


def sent(url: str, content: bytes = FIRST, status: int = 200) -> None:
    assert requests.put(url, data=content, timeout=30).status_code == status


def put(proxy: Door, run: Run, path: str = "a.bin", content: bytes = FIRST) -> str:
    url = invited(proxy, run, path, content)
    sent(url, content)
    return url


def listed(proxy: Door, run: Run) -> dict[str, int]:
    files = proxy.get("artifacts", {"path": place(run)}).json().get("files", [])
    return {one["path"]: one.get("file_size") for one in files}


def content_of(proxy: Door, run: Run, path: str = "a.bin") -> bytes:
    answer = proxy.get(address(run, path))
    assert answer.status_code == 302
    return requests.get(answer["Location"], timeout=30).content


def test_a_larger_file_is_sent_on_and_is_there_when_it_has_arrived(
    proxy: Door, run: Run, bucket: Path, project: Project
) -> None:
    url = invited(proxy, run)
    assert not PackageFile.objects.exists()
    assert listed(proxy, run) == {}
    sent(url)
    assert not PackageFile.objects.exists()
    assert listed(proxy, run) == {"a.bin": SIZE}
    file = PackageFile.objects.get()
    assert (file.blob.sha256, file.creator.username) == (sha256(FIRST).hexdigest(), "alice")
    assert content_of(proxy, run) == FIRST
    # The place that the address was signed for is empty again, and is not the file's.
    assert file.blob.storage_key not in url
    assert ours(bucket, project) == {file.blob.storage_key}
    assert not Upload.objects.exists()
    assert ProjectStorage.objects.get(project=project).used == SIZE


@pytest.mark.parametrize("look", ["get", "head", "zip", "rest", "task"])
def test_whoever_looks_first_finds_it(
    proxy: Door, run: Run, rest: Door, page: Any, project: Project, look: str
) -> None:
    put(proxy, run)
    package = run.project.packages.get()
    answer = {
        "get": lambda: proxy.get(address(run, "a.bin")),
        "head": lambda: proxy("HEAD", address(run, "a.bin")),
        "zip": lambda: page.get(f"/{project.full_path}/-/ml/runs/{run.iid}/artifacts.zip"),
        "rest": lambda: rest.get(f"projects/{project.pk}/packages/{package.pk}/package_files"),
        "task": tasks.settle_arrivals,
    }[look]()
    if answer is not None:
        assert answer.status_code in (200, 302), answer
        b"".join(answer)
    assert PackageFile.objects.get().blob.sha256 == sha256(FIRST).hexdigest()


@pytest.mark.parametrize("content", [b"", b"x", b"x" * arrivals.LARGER_THAN], ids=len)
def test_a_small_file_comes_through_the_service(proxy: Door, run: Run, content: bytes) -> None:
    """All of it has come with the request before anybody could send it on."""
    assert proxy("PUT", address(run, "a.bin"), content).status_code == 200
    assert PackageFile.objects.get().blob.size == len(content)
    assert not Upload.objects.exists()


def test_whoever_sends_a_private_token_is_not_sent_on(proxy: Door, run: Run) -> None:
    """HTTP clients would hand it to the bucket."""
    door = Door(proxy.root, None, proxy.client)
    answer = door("PUT", address(run, "a.bin"), FIRST, headers={"private-token": proxy.token})
    assert answer.status_code == 200
    assert PackageFile.objects.get().blob.sha256 == sha256(FIRST).hexdigest()


def test_without_a_bucket_or_in_another_mode_nobody_is_sent_on(proxy: Door, run: Run, settings: Any) -> None:
    settings.ARTIFACTS_MODE = "proxied"
    assert proxy("PUT", address(run, "a.bin"), FIRST).status_code == 200


def test_the_address_takes_exactly_the_size_that_was_told(proxy: Door, run: Run, bucket: Path) -> None:
    url = invited(proxy, run)
    assert "content-length" in url
    for wrong in (FIRST[:-1], FIRST + b"x", b""):
        sent(url, wrong, status=403)
    assert listed(proxy, run) == {}
    sent(url)
    assert listed(proxy, run) == {"a.bin": SIZE}


def test_an_object_of_another_size_is_no_file(
    proxy: Door, run: Run, bucket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were there a bucket that does not hold to the signed size, or shows what is still being written."""
    invited(proxy, run)
    upload = Upload.objects.get()
    kept_store.write(upload.storage_key, [b"short"])
    assert listed(proxy, run) == {}
    # Even if it is cut between being seen and being copied.
    monkeypatch.setattr(kept_store, "landed", lambda *_, **__: timezone.now())
    assert listed(proxy, run) == {}
    assert Upload.objects.get() == upload
    assert ours(bucket, run.project) == {upload.storage_key}


def test_using_the_address_again_after_the_file_is_there_changes_nothing(
    proxy: Door, run: Run, bucket: Path, project: Project
) -> None:
    url = put(proxy, run)
    assert listed(proxy, run) == {"a.bin": SIZE}
    sent(url, SECOND)
    assert content_of(proxy, run) == FIRST
    tasks.settle_arrivals()
    assert content_of(proxy, run) == FIRST
    # What was put there belongs to nobody, and is swept.
    assert len(ours(bucket, project)) == 2
    list(sweep.sweep(timedelta(0)))
    assert ours(bucket, project) == {PackageFile.objects.get().blob.storage_key}


def test_using_the_address_again_before_that_replaces_the_bytes_as_a_whole(proxy: Door, run: Run) -> None:
    sent(put(proxy, run), SECOND)
    assert listed(proxy, run) == {"a.bin": SIZE}
    assert PackageFile.objects.get().blob.sha256 == sha256(SECOND).hexdigest()
    assert content_of(proxy, run) == SECOND


def test_the_bytes_are_replaced_while_they_are_settled(proxy: Door, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    url, copy = put(proxy, run), kept_store.copy

    def interrupted(*given: Any, **named: Any) -> Any:
        stored = copy(*given, **named)
        sent(url, SECOND)
        return stored

    monkeypatch.setattr(kept_store, "copy", interrupted)
    assert listed(proxy, run) == {"a.bin": SIZE}
    assert PackageFile.objects.get().blob.sha256 == sha256(content_of(proxy, run)).hexdigest()


def test_two_who_settle_at_once_make_one_file(
    proxy: Door, run: Run, bucket: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(proxy, run)
    copy, package = kept_store.copy, project.packages.get()

    def another_process_is_faster(*given: Any, **named: Any) -> Any:
        stored = copy(*given, **named)
        monkeypatch.setattr(kept_store, "copy", copy)
        monkeypatch.setattr(arrivals, "_turns", (Lock(),))
        arrivals.settle(package)
        return stored

    monkeypatch.setattr(kept_store, "copy", another_process_is_faster)
    assert listed(proxy, run) == {"a.bin": SIZE}
    assert ours(bucket, project) == {PackageFile.objects.get().blob.storage_key}
    assert ProjectStorage.objects.get(project=project).used == SIZE


def test_equal_bytes_are_kept_once(proxy: Door, run: Run, bucket: Path, project: Project) -> None:
    put(proxy, run, "a.bin")
    put(proxy, run, "folder/b.bin")
    assert listed(proxy, run) == {"a.bin": SIZE, "folder": None}
    assert PackageFile.objects.count() == 2
    assert ours(bucket, project) == {Blob.objects.get().storage_key}


# In which order -------------------------------------------------------------------------------------------------------


def test_the_last_that_was_sent_stays(proxy: Door, run: Run, django_capture_on_commit_callbacks: Any) -> None:
    put(proxy, run, content=FIRST)
    put(proxy, run, content=SECOND)
    assert content_of(proxy, run) == SECOND
    put(proxy, run, content=FIRST)
    assert proxy("PUT", address(run, "a.bin"), b"small").status_code == 200
    assert listed(proxy, run) == {"a.bin": 5}
    put(proxy, run, content=SECOND)
    assert proxy("DELETE", address(run, "a.bin")).status_code == 200
    assert listed(proxy, run) == {}
    tasks.settle_arrivals()
    assert listed(proxy, run) == {}


def test_deleting_a_folder_deletes_what_has_arrived_in_it(proxy: Door, run: Run) -> None:
    put(proxy, run, "folder/a.bin")
    put(proxy, run, "other.bin")
    assert proxy("DELETE", address(run, "folder")).status_code == 200
    tasks.settle_arrivals()
    assert listed(proxy, run) == {"other.bin": SIZE}


def test_who_asks_again_before_anything_has_come_sends_it_through_the_service(proxy: Door, run: Run) -> None:
    """Perhaps that client cannot reach the bucket, or did not see where to."""
    late = invited(proxy, run)
    assert proxy("PUT", address(run, "a.bin"), SECOND).status_code == 200
    assert content_of(proxy, run) == SECOND
    # What comes by the first address now has come last.
    sent(late)
    assert content_of(proxy, run) == FIRST


def test_a_file_and_a_folder_never_share_a_path(
    proxy: Door, run: Run, bucket: Path, caplog: pytest.LogCaptureFixture, project: Project
) -> None:
    put(proxy, run, "a")
    refused = proxy("PUT", address(run, "a/b"), FIRST)
    assert (refused.status_code, refused.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    late = invited(proxy, run, "c")
    assert proxy("PUT", address(run, "c/d"), b"small").status_code == 200
    sent(late)
    with caplog.at_level(logging.WARNING, "packages.services.arrivals"):
        assert listed(proxy, run) == {"a": SIZE, "c": None}
    assert "'c' is a folder here" in caplog.text
    assert not Upload.objects.exists()
    assert len(ours(bucket, project)) == Blob.objects.count() == 2


# How much -------------------------------------------------------------------------------------------------------------


def test_what_is_too_large_is_refused_before_it_is_sent(proxy: Door, run: Run, settings: Any) -> None:
    settings.MAX_FILE_SIZE = SIZE - 1
    assert proxy("PUT", address(run, "a.bin"), FIRST).status_code == 413
    settings.MAX_FILE_SIZE, settings.PROJECT_STORAGE_LIMIT = SIZE, SIZE - 1
    refused = proxy("PUT", address(run, "a.bin"), FIRST)
    assert (refused.status_code, refused.json()["error_code"]) == (413, "QUOTA_EXCEEDED")
    assert not Upload.objects.exists()


def test_what_is_on_its_way_counts_for_the_quota(proxy: Door, run: Run, settings: Any) -> None:
    settings.PROJECT_STORAGE_LIMIT, settings.MAX_FILE_SIZE = 2 * SIZE - 1, SIZE
    first = invited(proxy, run, "a.bin", FIRST)
    assert proxy("PUT", address(run, "b.bin"), SECOND).status_code == 413
    sent(first)
    assert listed(proxy, run) == {"a.bin": SIZE}


def test_a_full_project_takes_what_it_has_already_once_more(
    proxy: Door, run: Run, settings: Any, bucket: Path, project: Project
) -> None:
    settings.PROJECT_STORAGE_LIMIT = settings.MAX_FILE_SIZE = SIZE
    for path in ("a.bin", "b.bin"):
        put(proxy, run, path)
        assert path in listed(proxy, run)
    urls = [invited(proxy, run, path) for path in ("c.bin", "d.bin")]
    for url in urls:
        sent(url)
    assert len(listed(proxy, run)) == 4
    assert ours(bucket, project) == {Blob.objects.get().storage_key}


def test_what_does_not_fit_any_more_when_it_has_come_leaves_nothing(
    proxy: Door, run: Run, settings: Any, bucket: Path, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    put(proxy, run)
    settings.PROJECT_STORAGE_LIMIT = SIZE - 1
    with caplog.at_level(logging.WARNING, "packages.services.arrivals"):
        assert listed(proxy, run) == {}
    assert "keeps 0 bytes of at most" in caplog.text
    assert ours(bucket, project) == set()
    assert not Upload.objects.exists()
    assert not Blob.objects.exists()


def test_one_package_waits_for_a_bounded_number(proxy: Door, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "MOST_WAITING", 2)
    urls = [invited(proxy, run, name) for name in ("a", "b")]
    assert proxy("PUT", address(run, "c"), FIRST).status_code == 200
    sent(urls[0])
    assert listed(proxy, run) == {"a": SIZE, "c": SIZE}
    invited(proxy, run, "d")


# Faults ---------------------------------------------------------------------------------------------------------------


def test_what_never_comes_is_given_up(proxy: Door, run: Run, bucket: Path, project: Project) -> None:
    invited(proxy, run)
    list(sweep.sweep(timedelta(0)))
    assert Upload.objects.exists()
    Upload.objects.update(created_at=timezone.now() - arrivals.GIVEN_UP_AFTER - timedelta(seconds=1))
    assert [one.kind for one in sweep.sweep(timedelta(0))] == ["upload that was never ended"]
    assert not Upload.objects.exists()


def test_what_has_come_is_settled_by_the_sweep_and_not_swept(proxy: Door, run: Run) -> None:
    put(proxy, run)
    Upload.objects.update(created_at=timezone.now() - arrivals.GIVEN_UP_AFTER - timedelta(seconds=1))
    assert list(sweep.sweep(timedelta(0))) == []
    assert PackageFile.objects.get().blob.sha256 == sha256(FIRST).hexdigest()


def test_an_address_that_has_expired_is_of_no_use(proxy: Door, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrivals, "LIFETIME", 1)
    url = invited(proxy, run)
    time.sleep(2)
    answer = requests.put(url, data=FIRST, timeout=30)
    # S3 says 403, the suite's server 400.
    assert answer.status_code in (400, 403)
    assert "AccessDenied" in answer.text
    assert listed(proxy, run) == {}


@pytest.mark.parametrize("step", ["landed", "copy", "delete"])
def test_a_bucket_that_fails_at_any_step_shows_nothing_half_and_loses_nothing(
    proxy: Door, run: Run, bucket: Path, project: Project, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    put(proxy, run)

    def fails(*_: Any) -> Any:
        raise OSError(5, "the bucket is gone")

    with monkeypatch.context() as patched:
        patched.setattr(kept_store.Bucket, step, fails)
        answer = proxy.get("artifacts", {"path": place(run)})
        assert (answer.status_code, answer.json()["error_code"]) == (503, "TEMPORARILY_UNAVAILABLE")
        tasks.settle_arrivals()
    assert listed(proxy, run) == {"a.bin": SIZE}
    assert content_of(proxy, run) == FIRST
    list(sweep.sweep(timedelta(0)))
    assert ours(bucket, project) == {Blob.objects.get().storage_key}


@pytest.mark.parametrize("at", ["packages.services.files.record", "packages.store.delete"])
def test_a_kill_while_it_is_settled_shows_nothing_half_and_loses_nothing(
    proxy: Door, run: Run, bucket: Path, project: Project, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    put(proxy, run)

    def killed(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(at, killed)
        with pytest.raises(KeyboardInterrupt):
            arrivals.settle(project.packages.get())
    assert PackageFile.objects.count() == (0 if at.endswith("record") else 1)
    assert listed(proxy, run) == {"a.bin": SIZE}
    assert content_of(proxy, run) == FIRST
    list(sweep.sweep(timedelta(0)))
    assert ours(bucket, project) == {Blob.objects.get().storage_key}
