"""Files in parts that go into a bucket, past the service, between `mpu/create` and `mpu/complete`."""

from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import requests

from accounts.models import User
from packages import store as kept_store
from packages.models import Blob, PackageFile, Upload
from packages.services import sweep
from packages.store import listing
from projects.models import Project
from projects.roles import Role
from projects.services import members
from tests.api.mlflow.artifacts.conftest import address, create, finish, ours, place
from tests.conftest import Door
from tracking.models import Run

# A bucket takes parts of 5 MiB and more, but for the last.
CONTENT = [b"a" * 5 * 1024**2, b"b" * 10]
WHOLE = b"".join(CONTENT)


@pytest.fixture
def made(bucket: Path, proxy: Door, run: Run) -> Any:
    return create(proxy, run, parts=2).json()


def send(made: Any, content: list[bytes] = CONTENT) -> list[dict[str, Any]]:
    """As the client does, without any credential."""
    told = []
    for credential, part in zip(made["credentials"], content, strict=False):
        answer = requests.put(credential["url"], data=part, headers=credential["headers"], timeout=30)
        assert answer.status_code == 200, answer.text
        told.append({"part_number": credential["part_number"], "etag": answer.headers["ETag"]})
    return told


def listed(proxy: Door, run: Run) -> Any:
    return proxy.get("artifacts", {"path": place(run)}).json()


def content_of(proxy: Door, run: Run) -> bytes:
    return b"".join(proxy.get(address(run, "model.bin")).streaming_content)


def test_a_file_appears_when_it_is_completed_and_only_then(
    proxy: Door, run: Run, made: Any, bucket: Path, project: Project
) -> None:
    told = send(made)
    assert listed(proxy, run) == {}
    for _ in range(2):
        assert finish(proxy, run, made, told).status_code == 200
    assert content_of(proxy, run) == WHOLE
    blob = PackageFile.objects.get().blob
    assert (blob.size, blob.sha256) == (len(WHOLE), sha256(WHOLE).hexdigest())
    assert ours(bucket, project) == {blob.storage_key}
    assert list(listing.unfinished()) == []
    assert not Upload.objects.exists()


def test_bytes_that_the_project_has_already_are_kept_once(
    proxy: Door, run: Run, made: Any, bucket: Path, project: Project
) -> None:
    assert proxy("PUT", address(run, "the same"), WHOLE).status_code == 200
    assert finish(proxy, run, made, send(made)).status_code == 200
    assert ours(bucket, project) == {Blob.objects.get().storage_key}


def test_aborting_leaves_nothing_and_can_be_said_twice(
    proxy: Door, run: Run, made: Any, bucket: Path, project: Project
) -> None:
    told = send(made)
    for _ in range(2):
        assert finish(proxy, run, made, told, how="abort").status_code == 200
    assert finish(proxy, run, made, told).status_code == 404
    assert requests.put(made["credentials"][0]["url"], data=b"late", timeout=30).status_code == 404
    assert ours(bucket, project) == set()
    assert list(listing.unfinished()) == []


def test_parts_that_did_not_arrive_or_are_others_are_refused(proxy: Door, run: Run, made: Any) -> None:
    told = send(made)
    for wrong in ([*told, {"part_number": 3, "etag": "x"}], [told[0], {**told[1], "etag": "y"}], [told[0], told[0]]):
        answer = finish(proxy, run, made, wrong)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert not PackageFile.objects.exists()
    assert finish(proxy, run, made, told).status_code == 200


def test_what_is_too_large_in_the_end_is_refused_and_leaves_nothing(
    proxy: Door, run: Run, made: Any, settings: Any, bucket: Path, project: Project
) -> None:
    told = send(made)
    settings.MAX_FILE_SIZE = len(WHOLE) - 1
    assert finish(proxy, run, made, told).status_code == 413
    settings.MAX_FILE_SIZE, settings.PROJECT_STORAGE_LIMIT = len(WHOLE), len(WHOLE) - 1
    refused = finish(proxy, run, made, told)
    assert (refused.status_code, refused.json()["error_code"]) == (413, "QUOTA_EXCEEDED")
    assert listed(proxy, run) == {}
    # The client gives it up then.
    assert finish(proxy, run, made, told, how="abort").status_code == 200
    assert ours(bucket, project) == set()
    assert not Blob.objects.exists()


def test_an_upload_is_its_callers_and_its_projects_alone(
    proxy: Door, run: Run, made: Any, dana: User, alice: User, bob: User, charlie: User, other_project: Project
) -> None:
    told = send(made)
    members.set_role(alice, other_project, Role.DEVELOPER)
    elsewhere = Door(proxy.root.replace(f"/{run.project_id}/", f"/{other_project.pk}/"), proxy.token, proxy.client)
    for how in ("complete", "abort"):
        for caller, status in ((proxy.as_(dana), 404), (elsewhere, 404), (proxy.as_(bob), 403), (proxy.as_(None), 401)):
            assert finish(caller, run, made, told, how=how).status_code == status
        assert finish(proxy.as_(charlie), run, made, told, how=how).status_code == 404
    assert finish(proxy, run, made, told).status_code == 200


def test_a_parts_address_is_for_that_part_alone(proxy: Door, run: Run, made: Any) -> None:
    url = made["credentials"][0]["url"]
    assert requests.put(url.replace("partNumber=1", "partNumber=2"), data=b"x", timeout=30).status_code in (400, 403)
    assert requests.get(url, timeout=30).status_code in (400, 403)
    assert requests.delete(url, timeout=30).status_code in (400, 403)


@pytest.mark.parametrize("step", ["begin", "parts", "join", "drop"])
def test_a_bucket_that_fails_at_any_step_shows_nothing_half_and_loses_nothing(
    proxy: Door, run: Run, bucket: Path, project: Project, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fails(*_: Any) -> Any:
        raise OSError(5, "the bucket is gone")

    made = create(proxy, run, parts=2).json()
    told = send(made)
    with monkeypatch.context() as patched:
        patched.setattr(kept_store.Bucket, step, fails)
        answer = create(proxy, run, "b.bin") if step == "begin" else finish(proxy, run, made, told)
        assert (answer.status_code, answer.json()["error_code"]) == (503, "TEMPORARILY_UNAVAILABLE")
        # What there is to drop is dropped when the file is there.
        assert PackageFile.objects.count() == (1 if step == "drop" else 0)
    # What the client does next after 503: it asks again.
    assert finish(proxy, run, made, told).status_code == 200
    assert content_of(proxy, run) == WHOLE
    list(sweep.sweep(timedelta(0)))
    assert ours(bucket, project) == {Blob.objects.get().storage_key}


def test_a_kill_between_joining_and_recording_shows_nothing_and_can_be_repeated(
    proxy: Door, run: Run, made: Any, bucket: Path, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = send(made)

    def killed(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("packages.services.files.record", killed)
        with pytest.raises(KeyboardInterrupt):
            finish(proxy, run, made, told)
    assert listed(proxy, run) == {}
    # The sweep leaves alone what may still be completed.
    list(sweep.sweep(timedelta(0)))
    assert finish(proxy, run, made, told).status_code == 200
    assert content_of(proxy, run) == WHOLE
    assert ours(bucket, project) == {Blob.objects.get().storage_key}
