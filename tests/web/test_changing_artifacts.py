"""Files sent from a browser, deleted there, and fetched as a zip."""

import io
import zipfile
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from packages.models import Blob, ProjectStorage, Verdict
from projects.models import Project
from tracking.models import Run

ROOT = "/acme/fraud/-/ml/runs"


def send(browser: Client, run: Run, path: str, content: bytes, **headers: str) -> Any:
    return browser.put(f"{ROOT}/{run.iid}/artifacts/upload/{path}", content, "text/html", headers=headers)


def names(run: Run) -> list[str]:
    run.refresh_from_db()
    return list(run.package.files.values_list("path", flat=True)) if run.package else []


def test_a_file_is_kept_as_it_was_sent(page: Client, run: Run, alice: User) -> None:
    answer = send(page, run, "a%20b/m.bin", b"\x00\x01")
    assert (answer.status_code, answer.json()) == (201, {"path": "a b/m.bin", "size": 2})
    file = run.__class__.objects.get(pk=run.pk).package.files.get()
    assert (file.path, file.blob.size, file.creator) == ("a b/m.bin", 2, alice)


@pytest.mark.parametrize("path", ["../x", "a/../../b", "%252e%252e/x", "a%00b", "a%5Cb", "x/", "a%2F%2Fb"])
def test_path_tricks_are_refused_in_json(page: Client, run: Run, path: str) -> None:
    answer = send(page, run, path, b"x")
    assert (answer.status_code, answer.json()) == (400, {"message": "Invalid path"})
    assert names(run) == []


def test_what_is_too_large_is_refused_with_the_limit(page: Client, run: Run, project: Project) -> None:
    ProjectStorage.objects.update_or_create(project=project, defaults={"file_size_limit": 10})
    answer = send(page, run, "large", b"x" * 11)
    assert answer.status_code == 413
    assert "10 bytes" in answer.json()["message"]
    assert b'data-largest="10"' in page.get(f"{ROOT}/{run.iid}/artifacts").content


def test_a_broken_upload_keeps_nothing(page: Client, run: Run) -> None:
    body = {"CONTENT_LENGTH": "5", "wsgi.input": io.BytesIO(b"abc")}
    answer = page.generic("PUT", f"{ROOT}/{run.iid}/artifacts/upload/a", b"abc", **body)
    assert answer.status_code == 400
    assert "broken off" in answer.json()["message"]
    assert names(run) == []


def test_only_those_who_may_write_send_and_delete(
    run: Run, keep: Any, bob: User, charlie: User, signed_in: Any
) -> None:
    keep("note.txt", b"hello")
    assert send(signed_in(bob), run, "x", b"x").status_code == 403
    assert send(signed_in(charlie), run, "x", b"x").status_code == 404
    assert send(signed_in(None), run, "x", b"x").status_code == 302
    assert signed_in(bob).post(f"{ROOT}/{run.iid}/artifacts/delete", {"path": "note.txt"}).status_code == 403
    assert names(run) == ["note.txt"]
    shown = signed_in(bob).get(f"{ROOT}/{run.iid}/artifacts?path=note.txt").content
    assert b"data-upload" not in shown
    assert b"Delete file" not in shown


def test_another_site_cannot_send_or_delete(run: Run, keep: Any, alice: User) -> None:
    keep("note.txt", b"hello")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    assert send(browser, run, "x", b"x").status_code == 403
    assert browser.post(f"{ROOT}/{run.iid}/artifacts/delete", {"path": "note.txt"}).status_code == 403
    assert names(run) == ["note.txt"]


def test_a_file_and_a_folder_are_deleted(page: Client, run: Run, keep: Any) -> None:
    for path in ("a/b/c", "a/d", "e", "ab"):
        keep(path, b"x")
    answer = page.post(f"{ROOT}/{run.iid}/artifacts/delete", {"path": "a/b"})
    assert answer["Location"] == f"{ROOT}/{run.iid}/artifacts?path=a"
    assert sorted(names(run)) == ["a/d", "ab", "e"]
    assert page.post(f"{ROOT}/{run.iid}/artifacts/delete", {"path": "a/d"})["Location"] == f"{ROOT}/{run.iid}/artifacts"
    assert page.post(f"{ROOT}/{run.iid}/artifacts/delete", {"path": ""}).status_code == 400
    assert sorted(names(run)) == ["ab", "e"]


def test_a_run_and_a_folder_are_fetched_as_a_zip(page: Client, run: Run, keep: Any) -> None:
    assert page.get(f"{ROOT}/{run.iid}/artifacts.zip").status_code == 404
    keep("a/b.txt", b"b")
    keep("c.txt", b"c")
    shown = page.get(f"{ROOT}/{run.iid}/artifacts?path=a").content.decode()
    assert "2 files, 2 B" in shown
    assert f"{ROOT}/{run.iid}/artifacts.zip?path=a" in shown
    answer = page.get(f"{ROOT}/{run.iid}/artifacts.zip")
    content = b"".join(answer.streaming_content)
    assert answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"] == "attachment; filename*=UTF-8''first-1.zip"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert (
        answer["Content-Length"] == str(len(content)) == page.head(f"{ROOT}/{run.iid}/artifacts.zip")["Content-Length"]
    )
    assert zipfile.ZipFile(io.BytesIO(content)).namelist() == ["a/b.txt", "c.txt"]
    folder = page.get(f"{ROOT}/{run.iid}/artifacts.zip?path=a")
    assert zipfile.ZipFile(io.BytesIO(b"".join(folder.streaming_content))).namelist() == ["b.txt"]
    assert page.get(f"{ROOT}/{run.iid}/artifacts.zip?path=../x").status_code == 400


def test_what_the_scan_found_stands_before_the_download(page: Client, run: Run, keep: Any) -> None:
    keep("model.pkl", b"x")
    found = [
        {"severity": "dangerous", "what": f"imports <os> system{number}", "where": "a.bin"} for number in range(12)
    ]
    Blob.objects.update(verdict=Verdict.DANGEROUS, findings=found)
    shown = page.get(f"{ROOT}/{run.iid}/artifacts?path=model.pkl").content.decode()
    preview = shown.partition('class="preview"')[2]
    assert "Dangerous" in shown.partition('class="preview"')[0], "the tree says it too"
    assert (
        preview.index("imports &lt;os&gt; system0") < preview.index("can run programs") < preview.index("all the same")
    )
    assert "and 2 more" in preview
    Blob.objects.update(verdict=Verdict.CLEAN, findings=[])
    shown = page.get(f"{ROOT}/{run.iid}/artifacts?path=model.pkl").content.decode()
    assert "Nothing found" in shown
    assert "can run programs" not in shown
