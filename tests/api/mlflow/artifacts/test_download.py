"""GET and HEAD mlflow-artifacts/artifacts/<address>"""

from hashlib import sha256
from typing import Any

import pytest

from accounts.models import User
from projects.models import Project
from projects.roles import Role
from projects.services import members, users
from tests.api.mlflow.artifacts.conftest import address
from tests.conftest import Door
from tracking.models import LoggedModel, Run

CONTENT = bytes(range(256)) * 5000


def body(answer: Any) -> bytes:
    """Reads to the end, upon which the test client closes the answer without closing the database."""
    return b"".join(answer.streaming_content)


@pytest.fixture
def kept(proxy: Door, run: Run) -> str:
    """The address of a file with `CONTENT`."""
    where = address(run, "model/weights.bin")
    assert proxy("PUT", where, CONTENT).status_code == 200
    return where


def test_a_download_streams_what_was_uploaded(proxy: Door, kept: str) -> None:
    answer = proxy.get(kept)
    assert answer.status_code == 200
    pieces = list(answer.streaming_content)
    assert b"".join(pieces) == CONTENT
    assert max(map(len, pieces)) <= 1024**2
    assert answer["Content-Length"] == str(len(CONTENT))
    assert answer["ETag"] == f'"{sha256(CONTENT).hexdigest()}"'


def test_a_browser_can_do_nothing_with_it_but_save_it(proxy: Door, run: Run) -> None:
    proxy("PUT", address(run, 'x/"evil" ö;.html'), b"<script>alert(1)</script>")
    answer = proxy.get(address(run, 'x/"evil" ö;.html'))
    body(answer)
    assert answer["Content-Disposition"] == "attachment; filename*=UTF-8''%22evil%22%20%C3%B6%3B.html"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.png", "image/png"),
        ("a.json", "application/json"),
        ("a.tar.gz", "application/gzip"),
        ("MLmodel", "application/octet-stream"),
        ("a.unheard-of", "application/octet-stream"),
    ],
)
def test_the_type_follows_from_the_name(proxy: Door, run: Run, name: str, kind: str) -> None:
    proxy("PUT", address(run, name), b"x")
    assert proxy("HEAD", address(run, name))["Content-Type"] == kind


@pytest.mark.parametrize(
    ("wanted", "start", "end"),
    [("bytes=0-9", 0, 10), ("bytes=1279990-", 1279990, 1280000), ("bytes=-10", 1279990, 1280000), ("bytes=9-9", 9, 10)],
)
def test_one_range_is_answered_with_that_part(proxy: Door, kept: str, wanted: str, start: int, end: int) -> None:
    answer = proxy.get(kept, headers={"Range": wanted})
    assert answer.status_code == 206
    assert body(answer) == CONTENT[start:end]
    assert answer["Content-Range"] == f"bytes {start}-{end - 1}/{len(CONTENT)}"
    assert answer["Content-Length"] == str(end - start)


@pytest.mark.parametrize("wanted", ["bytes=0-1,5-6", "bytes=9-3", "bytes=x", "bytes=-", "lines=1-2", "bytes=²-"])
def test_a_range_of_another_form_is_ignored(proxy: Door, kept: str, wanted: str) -> None:
    answer = proxy.get(kept, headers={"Range": wanted})
    body(answer)
    assert (answer.status_code, answer["Content-Length"]) == (200, str(len(CONTENT)))


def test_a_range_beyond_the_end_is_refused(proxy: Door, kept: str) -> None:
    assert proxy.get(kept, headers={"Range": "bytes=1280000-"}).status_code == 416


def test_a_range_of_content_that_has_changed_is_answered_with_all_of_the_new(proxy: Door, kept: str) -> None:
    tag = proxy("HEAD", kept)["ETag"]
    same = proxy.get(kept, headers={"Range": "bytes=0-9", "If-Range": tag})
    proxy("PUT", kept, b"another content")
    changed = proxy.get(kept, headers={"Range": "bytes=0-9", "If-Range": tag})
    assert (same.status_code, changed.status_code) == (206, 200)
    body(same)
    assert body(changed) == b"another content"


def test_head_tells_everything_but_the_bytes(proxy: Door, kept: str) -> None:
    whole, head = proxy.get(kept), proxy("HEAD", kept)
    body(whole)
    assert (head.status_code, head.content) == (200, b"")
    assert {**head.headers} == {**whole.headers}


def test_an_empty_file_can_be_downloaded(proxy: Door, run: Run) -> None:
    proxy("PUT", address(run, "empty"), b"")
    answer = proxy.get(address(run, "empty"))
    assert (answer.status_code, body(answer)) == (200, b"")


def test_a_logged_models_file_is_downloaded_by_its_address(proxy: Door, model: LoggedModel) -> None:
    proxy("PUT", address(model, "MLmodel"), b"x")
    assert body(proxy.get(address(model, "MLmodel"))) == b"x"


@pytest.mark.parametrize("path", ["nowhere", "model/nowhere", "model/weights.bin/x"])
def test_what_is_not_there_is_not_found(proxy: Door, kept: str, run: Run, path: str) -> None:
    answer = proxy.get(address(run, path))
    assert (answer.status_code, answer.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")


def test_nothing_is_found_in_a_run_without_artifacts(proxy: Door, run: Run) -> None:
    assert proxy.get(address(run, "a")).status_code == 404
    assert proxy("HEAD", address(run, "a")).status_code == 404


def test_a_folder_cannot_be_downloaded(proxy: Door, kept: str, run: Run) -> None:
    answer = proxy.get(address(run, "model"))
    assert answer.status_code == 400
    assert answer.json()["message"] == "Artifact path refers to a directory, not a file: 'model'"


def test_a_guest_may_list_but_not_download(proxy: Door, kept: str, run: Run, project: Project, charlie: User) -> None:
    members.set_role(charlie, project, Role.GUEST)
    guest = proxy.as_(charlie)
    assert guest.get("artifacts", {"path": address(run).removeprefix("artifacts/")}).status_code == 200
    assert guest.get(kept).status_code == 403
    assert guest("HEAD", kept).status_code == 403


def test_a_reporter_may_download_and_a_stranger_learns_nothing(proxy: Door, kept: str, bob: User) -> None:
    answer = proxy.as_(bob).get(kept)
    body(answer)
    assert answer.status_code == 200
    assert proxy.as_(users.create("mallory", password="correct horse battery")).get(kept).status_code == 404


def test_another_projects_file_is_not_found_by_its_address(
    proxy: Door, kept: str, charlie: User, other_project: Any, run: Run
) -> None:
    theirs = proxy.as_(charlie)
    theirs.root = theirs.root.replace(f"/projects/{run.project_id}/", f"/projects/{other_project.pk}/")
    assert theirs.get(kept).status_code == 404


def test_a_download_takes_few_queries(proxy: Door, kept: str, django_assert_max_num_queries: Any) -> None:
    body(proxy.get(kept))
    with django_assert_max_num_queries(5):
        body(proxy.get(kept))
