"""The files of a model version: shown, fetched, sent by a page's script, deleted; frozen once it is published."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.identity import Identity
from accounts.models import User
from packages.models import Blob, PackageFile, Verdict
from projects.models import Project
from registry.models import ModelVersion
from registry.services import versions as version_services
from tests.web.registered import FIRST, LIST, ML_MODEL, SECOND, two_versions
from tracking.models import Run

pytestmark = pytest.mark.usefixtures("versions")


@pytest.fixture
def versions(project: Project, run: Run, keep: Any, alice: User) -> list[ModelVersion]:
    keep("model/MLmodel", ML_MODEL)
    keep("model/data/weights.bin", b"w" * 10)
    keep("other.txt", b"not the model's")
    run.refresh_from_db()
    return two_versions(project, run, alice)


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def send(browser: Client, path: str, content: bytes = b"new") -> Any:
    return browser.put(f"{FIRST}/files/upload/{path}", content, content_type="application/octet-stream")


def paths() -> set[str]:
    return set(PackageFile.objects.values_list("path", flat=True))


def test_the_tree_begins_at_the_versions_folder(page: Client) -> None:
    told = text(page.get(f"{FIRST}/files"))
    assert "?path=data" in told
    assert "?path=MLmodel" in told
    assert "other.txt" not in told
    assert "2 files" in told
    assert "weights.bin" in text(page.get(f"{FIRST}/files", {"path": "data"}))
    assert "amount" in text(page.get(f"{FIRST}/files", {"path": "MLmodel"}))
    assert "No files" in text(page.get(f"{SECOND}/files"))


def test_the_verdict_of_the_scan_stands_beside_a_file(page: Client) -> None:
    Blob.objects.update(verdict=Verdict.DANGEROUS)
    assert "Dangerous" in text(page.get(f"{FIRST}/files", {"path": "data/weights.bin"}))


def test_a_file_and_all_of_them_are_fetched(page: Client) -> None:
    answer = page.get(f"{FIRST}/files/raw/data/weights.bin")
    assert b"".join(answer.streaming_content) == b"w" * 10
    assert answer["Content-Disposition"].startswith("attachment")
    assert page.head(f"{FIRST}/files/raw/data/weights.bin")["Content-Length"] == "10"
    archive = page.get(f"{FIRST}/files.zip")
    content = b"".join(archive.streaming_content)
    assert content.startswith(b"PK")
    assert b"data/weights.bin" in content
    assert b"other.txt" not in content
    assert "classifier-1.0.0" in archive["Content-Disposition"]


def test_nothing_outside_of_the_folder_is_reached(page: Client) -> None:
    for trick in ("../other.txt", "%2e%2e/other.txt", "data/../../other.txt", "/other.txt", "other.txt", "a%00b"):
        assert page.get(f"{FIRST}/files/raw/{trick}").status_code in (400, 404), trick
        assert send(page, trick.replace("other", "sent")).status_code in (201, 400, 404), trick
        page.post(f"{FIRST}/files/delete", {"path": trick})
        assert page.get(f"{FIRST}/files", {"path": trick}).status_code in (400, 404), trick
    assert "other.txt" in paths()
    assert {path for path in paths() if not path.startswith("model/")} == {"other.txt"}


def test_a_file_is_sent_into_the_folder(page: Client) -> None:
    answer = send(page, "data/more%20weights.bin", b"12345")
    assert answer.status_code == 201
    assert json.loads(answer.content) == {"path": "data/more weights.bin", "size": 5}
    assert "model/data/more weights.bin" in paths()


def test_a_version_of_its_own_keeps_files_in_its_own_package(page: Client, project: Project) -> None:
    page.put(f"{SECOND}/files/upload/a.bin", b"x", content_type="application/octet-stream")
    package = PackageFile.objects.get(path="a.bin").package
    assert (package.name, package.version, package.kind) == ("classifier", "1.1.0", "ml_model")


def test_a_file_and_a_folder_are_deleted(page: Client) -> None:
    answer = page.post(f"{FIRST}/files/delete", {"path": "data/weights.bin"})
    assert answer["Location"] == f"{FIRST}/files"
    assert paths() == {"model/MLmodel", "other.txt"}
    assert page.post(f"{FIRST}/files/delete", {"path": ""}).status_code == 400
    assert paths() == {"model/MLmodel", "other.txt"}


def test_published_files_are_frozen_for_everybody(page: Client, versions: list[ModelVersion], alice: User) -> None:
    version_services.publish(versions[0], by=Identity(alice))
    answer = send(page, "data/weights.bin")
    assert answer.status_code == 409
    assert "published" in json.loads(answer.content)["message"]
    page.post(f"{FIRST}/files/delete", {"path": "MLmodel"})
    told = text(page.get(f"{FIRST}/files", {"path": "MLmodel"}))
    assert "its files cannot change any more" in told
    assert "data-upload" not in told
    assert "Delete file" not in told
    assert paths() == {"model/MLmodel", "model/data/weights.bin", "other.txt"}


def test_only_those_who_may_write_send(
    bob: User, charlie: User, dana: User, signed_in: Any, versions: list[ModelVersion]
) -> None:
    assert send(signed_in(bob), "x.bin").status_code == 403
    assert send(signed_in(charlie), "x.bin").status_code == 404
    assert send(signed_in(None), "x.bin").status_code == 302
    assert "model/x.bin" not in paths()
    assert send(signed_in(dana), "x.bin").status_code == 201


def test_another_site_cannot_send(alice: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    assert send(browser, "x.bin").status_code == 403
    assert "model/x.bin" not in paths()


def test_another_method_is_refused(page: Client) -> None:
    assert page.post(f"{FIRST}/files/upload/x.bin").status_code == 405
    assert page.get(f"{FIRST}/files/upload/x.bin").status_code == 405
    assert page.put(f"{LIST}/classifier/versions/9/files/upload/x.bin", b"x").status_code == 404
