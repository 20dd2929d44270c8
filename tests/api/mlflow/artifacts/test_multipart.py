"""Files in parts on local disk, as MLflow's client sends and fetches them, and as nobody should."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from accounts.models import AccessToken, User
from packages import store as kept_store
from packages.models import Blob, PackageFile, Upload, UploadPart
from packages.services import uploads
from projects.models import Project
from projects.roles import Role
from projects.services import members
from tests.api.mlflow.artifacts.conftest import (
    CONTENT,
    WHOLE,
    address,
    content_of,
    create,
    finish,
    kept,
    place,
    put,
    send,
)
from tests.api.mlflow.artifacts.test_path_tricks import TRICKS
from tests.conftest import Door
from tests.packages.conftest import s3_options
from tracking.models import LoggedModel, Run


def test_a_file_in_parts_appears_when_it_is_completed_and_only_then(
    proxy: Door, run: Run, made: Any, store: Path
) -> None:
    told = send(made)
    assert proxy.get("artifacts", {"path": place(run)}).json() == {}
    answer = finish(proxy, run, made, told)
    assert (answer.status_code, answer.json()) == (200, {})
    assert content_of(proxy, run) == WHOLE
    blob = PackageFile.objects.get().blob
    assert (blob.size, blob.sha256) == (len(WHOLE), sha256(WHOLE).hexdigest())
    assert kept(store) == [store / blob.storage_key]
    assert not Upload.objects.exists()


def test_parts_in_any_order_and_sent_again(proxy: Door, run: Run, made: Any) -> None:
    last, middle, first = reversed(made["credentials"])
    put(middle["url"], b"an earlier try")
    told = [
        {"part_number": one["part_number"], "etag": put(one["url"], part)["ETag"]}
        for one, part in [(last, CONTENT[2]), (middle, CONTENT[1]), (first, CONTENT[0])]
    ]
    assert finish(proxy, run, made, told).status_code == 200
    assert content_of(proxy, run) == WHOLE
    assert not UploadPart.objects.exists()


def test_completing_again_is_answered_the_same(proxy: Door, run: Run, made: Any) -> None:
    told = send(made)
    for _ in range(3):
        assert finish(proxy, run, made, told).status_code == 200
    assert PackageFile.objects.count() == Blob.objects.count() == 1


def test_bytes_that_the_project_has_already_are_kept_once(proxy: Door, run: Run, made: Any, store: Path) -> None:
    proxy("PUT", address(run, "the same"), WHOLE)
    assert finish(proxy, run, made, send(made)).status_code == 200
    assert Blob.objects.count() == len(kept(store)) == 1
    assert finish(proxy, run, made, []).status_code == 200


def test_aborting_leaves_nothing_and_can_be_said_twice(proxy: Door, run: Run, made: Any, store: Path) -> None:
    told = send(made)
    for _ in range(2):
        assert finish(proxy, run, made, told, how="abort").status_code == 200
    assert kept(store) == []
    assert finish(proxy, run, made, told).status_code == 404
    late = put(made["credentials"][0]["url"], b"x")
    assert (late.status_code, late.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert kept(store) == []


def test_an_empty_file_has_no_parts(proxy: Door, run: Run) -> None:
    made = create(proxy, run, parts=0).json()
    assert made["credentials"] == []
    assert finish(proxy, run, made, []).status_code == 200
    assert content_of(proxy, run) == b""


def test_files_of_windows_are_named_as_there(proxy: Door, run: Run) -> None:
    made = create(proxy, run, "C:\\Users\\me\\model.bin").json()
    assert finish(proxy, run, made, send(made), path="C:\\Users\\me\\model.bin").status_code == 200
    assert content_of(proxy, run) == WHOLE


def test_a_logged_models_file_in_a_folder(proxy: Door, model: LoggedModel) -> None:
    made = create(proxy, model, folder="data/deep").json()
    answer = proxy.post(
        f"mpu/complete/{place(model, 'data/deep')}",
        {"path": "model.bin", "upload_id": made["upload_id"], "parts": send(made)},
    )
    assert answer.status_code == 200
    assert content_of(proxy, model, "data/deep/model.bin") == WHOLE


# Limits --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("parts", [-1, 10_001, 10**30])
def test_too_many_parts_are_refused(proxy: Door, run: Run, parts: int) -> None:
    answer = create(proxy, run, parts=parts)
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert "10000 parts" in answer.json()["message"]
    assert not Upload.objects.exists()


def test_what_is_too_large_is_cut_off_at_the_part_that_passes_the_limit(
    proxy: Door, run: Run, made: Any, store: Path, settings: Any
) -> None:
    settings.MAX_FILE_SIZE = len(WHOLE) - 1
    first, second, third = made["credentials"]
    for one, part in ((first, CONTENT[0]), (second, CONTENT[1])):
        assert put(one["url"], part).status_code == 200
    answer = put(third["url"], CONTENT[2])
    assert (answer.status_code, answer.json()["error_code"]) == (413, "INVALID_PARAMETER_VALUE")
    assert len(kept(store)) == 2
    # A smaller one fits: what it takes the place of does not count.
    assert put(second["url"], b"b").status_code == 200
    assert put(third["url"], CONTENT[2]).status_code == 200


def test_a_limit_that_came_down_meanwhile_holds_at_the_end(
    proxy: Door, run: Run, made: Any, store: Path, settings: Any
) -> None:
    told = send(made)
    settings.MAX_FILE_SIZE = 10
    assert finish(proxy, run, made, told).status_code == 413
    assert not PackageFile.objects.exists()
    assert finish(proxy, run, made, told, how="abort").status_code == 200
    assert kept(store) == []


def test_parts_that_did_not_arrive_or_are_others_are_refused(proxy: Door, run: Run, made: Any) -> None:
    told = send({**made, "credentials": made["credentials"][:2]}, CONTENT[:2])
    for wrong in ([*told, {"part_number": 3, "etag": "x"}], [told[0], {**told[1], "etag": "y"}], [told[0], told[0]]):
        answer = finish(proxy, run, made, wrong)
        assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert not PackageFile.objects.exists()
    assert finish(proxy, run, made, told).status_code == 200


def test_a_file_where_a_folder_is_is_refused_from_the_start(proxy: Door, run: Run) -> None:
    proxy("PUT", address(run, "model.bin/inside"), b"x")
    assert create(proxy, run).status_code == 400


# Whose ---------------------------------------------------------------------------------------------------------------


def test_cve_2026_2651_every_multipart_route_asks_who_calls_and_whether_they_may(
    proxy: Door, run: Run, made: Any, store: Path, bob: User, charlie: User
) -> None:
    told = send(made)
    before = kept(store)
    body = {"path": "model.bin", "upload_id": made["upload_id"], "parts": told, "num_parts": 1}
    callers = [(None, 401), (charlie, 404), (bob, 403)]
    for how in ("create", "complete", "abort"):
        for caller, status in callers:
            answer = proxy.as_(caller).post(f"mpu/{how}/{place(run)}", body)
            assert (how, answer.status_code) == (how, status)
    assert proxy.as_(None).get(f"presigned/{place(run, 'model.bin')}").status_code == 401
    assert proxy.as_(charlie).get(f"presigned/{place(run, 'model.bin')}").status_code == 404
    assert kept(store) == before
    assert Upload.objects.count() == 1


@pytest.mark.parametrize("how", ["complete", "abort"])
def test_an_upload_is_its_callers_alone(proxy: Door, run: Run, made: Any, store: Path, dana: User, how: str) -> None:
    told = send(made)
    another_token = proxy.as_(AccessToken.objects.get().user)
    for caller in (proxy.as_(dana), another_token):
        answer = finish(caller, run, made, told, how=how)
        assert (answer.status_code, answer.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert finish(proxy, run, made, told, path="other.bin", how=how).status_code == 404
    assert len(kept(store)) == 3


@pytest.mark.parametrize("how", ["complete", "abort"])
def test_an_upload_is_its_projects_alone(
    proxy: Door, run: Run, made: Any, other_project: Project, alice: User, door: Any, how: str
) -> None:
    members.set_role(alice, other_project, Role.DEVELOPER)
    elsewhere = Door(proxy.root.replace(f"/{run.project_id}/", f"/{other_project.pk}/"), proxy.token, proxy.client)
    assert elsewhere.root != proxy.root
    assert finish(elsewhere, run, made, send(made), how=how).status_code == 404


@pytest.mark.parametrize("upload_id", ["", "x", "a:b:c", "é", "x" * 5000])
def test_made_up_ids_are_not_found(proxy: Door, run: Run, made: Any, upload_id: Any) -> None:
    for how in ("complete", "abort"):
        assert finish(proxy, run, {"upload_id": upload_id}, send(made), how=how).status_code == 404


# Paths ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
@pytest.mark.parametrize("route", ["mpu/create", "mpu/complete", "mpu/abort", "presigned"])
def test_a_trick_in_an_address_is_refused(
    proxy: Door, run: Run, model: LoggedModel, made: Any, store: Path, route: str, trick: str
) -> None:
    told = send(made)
    before = sorted(kept(store))
    verb = "GET" if route == "presigned" else "POST"
    body = None if verb == "GET" else {"path": "secret", "num_parts": 1, "parts": told, **made}
    for owner in (run, model):
        for at in (place(owner, trick), place(owner, f"folder/{trick}"), f"{trick}/{run.uuid}"):
            answer = proxy(verb, f"{route}/{at}", body)
            # An id is for one place only, so that a trick in another is not even looked at.
            assert (answer.status_code, answer.json()["message"]) == (400, "Invalid path"), at
    assert sorted(kept(store)) == before
    assert Upload.objects.count() == 1


@pytest.mark.parametrize(
    "path",
    [
        "..",
        "a/..",
        "/",
        "a/",
        ".",
        "a\\..\\b",
        "..\\x",
        "a\u0000b",
        "a\nb",
        "a.",
        "a ",
        "C:",
        "%2e%2e",
        "a%2fb",
        "x" * 300,
        "a#b",
        "C:\\x\\..",
        "\\\\host\\..",
        "a\ud800",
    ],
)
def test_a_trick_in_the_files_name_is_refused(proxy: Door, run: Run, store: Path, path: str) -> None:
    answer = proxy.post(f"mpu/create/{place(run)}", json.dumps({"path": path, "num_parts": 1}))
    assert answer.status_code == 400
    assert kept(store) == []
    assert not Upload.objects.exists()


@pytest.mark.parametrize("path", ["../../secret", "/etc/passwd", "a/../b"])
def test_of_the_clients_own_path_only_the_name_counts(proxy: Door, run: Run, path: str) -> None:
    assert create(proxy, run, path).status_code == 200
    assert Upload.objects.get().path == path.rpartition("/")[2]


# Faults --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["begin", "write_part", "join", "drop"])
def test_a_store_that_fails_at_any_step_shows_nothing_half(
    proxy: Door, run: Run, store: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fails(*_: Any) -> Any:
        raise OSError(5, "the disk is gone")

    monkeypatch.setattr(kept_store.Folder, step, fails)
    answer = create(proxy, run)
    if answer.status_code == 200:
        made = answer.json()
        answers = [put(one["url"], part) for one, part in zip(made["credentials"], CONTENT, strict=True)]
        told = [{"part_number": n, "etag": one.get("ETag", "x")} for n, one in enumerate(answers, 1)]
        answer = next((one for one in answers if one.status_code != 200), finish(proxy, run, made, told))
    assert (answer.status_code, answer.json()["error_code"]) == (503, "TEMPORARILY_UNAVAILABLE")
    seen = PackageFile.objects.count()
    # Deleting the parts comes after the file is there.
    assert seen == (1 if step == "drop" else 0)
    if seen:
        assert content_of(proxy, run) == WHOLE


def test_a_kill_between_joining_and_recording_shows_nothing_and_can_be_repeated(
    proxy: Door, run: Run, made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = send(made)
    with monkeypatch.context() as patched:
        patched.setattr("packages.services.files.record", mock.Mock(side_effect=KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            finish(proxy, run, made, told)
    assert not PackageFile.objects.exists()
    assert finish(proxy, run, made, told).status_code == 200
    assert content_of(proxy, run) == WHOLE


def test_an_abort_while_it_is_completed_wins_whole(
    proxy: Door, run: Run, made: Any, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, join = send(made), kept_store.join

    def interrupted(*given: Any, **named: Any) -> Any:
        stored = join(*given, **named)
        uploads.abort(Upload.objects.get())
        return stored

    monkeypatch.setattr(kept_store, "join", interrupted)
    assert finish(proxy, run, made, told).status_code == 404
    assert kept(store) == []
    assert not PackageFile.objects.exists()


def test_a_part_that_comes_after_files_have_moved_to_a_bucket_is_refused(proxy: Door, run: Run, settings: Any) -> None:
    begun = create(proxy, run, "/tmp/a.bin").json()
    settings.STORAGES = {**settings.STORAGES, "default": s3_options("http://127.0.0.1:1")}
    answer = put(begun["credentials"][0]["url"], CONTENT[0])
    assert (answer.status_code, answer.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert not UploadPart.objects.exists()
