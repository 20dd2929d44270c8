from typing import Any

import pytest
from django.test import Client

from projects.models import Project
from tracking.models import Run

ROOT = "/acme/fraud/-/ml/runs"


def read(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_the_tree_opens_along_the_path(page: Client, run: Run, keep: Any) -> None:
    keep("model/data/weights.bin", b"\x00\x01")
    keep("readme.txt", b"hello")
    top = page.get(f"{ROOT}/{run.iid}/artifacts").content.decode()
    assert "model" in top
    assert "weights.bin" not in top
    assert "5 B" in top
    inside = page.get(f"{ROOT}/{run.iid}/artifacts", {"path": "model/data"}).content.decode()
    assert "weights.bin" in inside
    assert "There is no preview" in page.get(f"{ROOT}/{run.iid}/artifacts?path=model/data/weights.bin").content.decode()


def test_text_is_previewed_and_escaped(page: Client, run: Run, keep: Any) -> None:
    keep("page.html", "<script>alert(1)</script> grüße".encode())
    answer = page.get(f"{ROOT}/{run.iid}/artifacts?path=page.html").content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; grüße" in answer
    assert "<script>alert" not in answer


def test_a_large_text_shows_its_beginning(page: Client, run: Run, keep: Any) -> None:
    keep("log.txt", b"x" + "ü".encode() * 100_000)
    answer = page.get(f"{ROOT}/{run.iid}/artifacts?path=log.txt")
    assert "this is its beginning" in answer.content.decode()
    assert len(answer.content) < 100_000
    assert answer.context["tree"].preview.text == "x" + "ü" * 32767


def test_empty_files_and_images_have_previews(page: Client, run: Run, keep: Any) -> None:
    keep("empty.txt", b"")
    keep("plot.png", b"\x89PNG")
    assert page.get(f"{ROOT}/{run.iid}/artifacts?path=empty.txt").context["tree"].preview.text == ""
    answer = page.get(f"{ROOT}/{run.iid}/artifacts?path=plot.png").content.decode()
    assert f'<img class="preview-image" src="{ROOT}/{run.iid}/artifacts/raw/plot.png"' in answer


def test_a_file_is_downloaded_and_never_run(page: Client, run: Run, keep: Any) -> None:
    keep("a b/ü?.html", b"<script>alert(1)</script>")
    answer = page.get(f"{ROOT}/{run.iid}/artifacts/raw/a%20b/%C3%BC%3F.html")
    assert read(answer) == b"<script>alert(1)</script>"
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert page.head(f"{ROOT}/{run.iid}/artifacts/raw/a%20b/%C3%BC%3F.html")["Content-Length"] == "25"


def test_links_of_the_tree_survive_odd_names(page: Client, run: Run, keep: Any) -> None:
    keep("50% & <more>?=.txt", b"odd")
    answer = page.get(f"{ROOT}/{run.iid}/artifacts").content.decode()
    assert "?path=50%25%20%26%20%3Cmore%3E%3F%3D.txt" in answer
    assert "odd" in page.get(f"{ROOT}/{run.iid}/artifacts?path=50%25%20%26%20%3Cmore%3E%3F%3D.txt").content.decode()


@pytest.mark.parametrize(
    "path", ["../secret", "/etc/passwd", "a/../../b", "%2e%2e/x", "a\x00b", "\\x", "none", "none/x"]
)
def test_no_path_leads_out_or_fails(page: Client, run: Run, keep: Any, path: str) -> None:
    keep("readme.txt", b"hello")
    assert page.get(f"{ROOT}/{run.iid}/artifacts", {"path": path}).status_code in (400, 404)
    assert page.get(f"{ROOT}/{run.iid}/artifacts/raw/{path}").status_code in (400, 404)


def test_a_file_has_no_inside(page: Client, run: Run, keep: Any) -> None:
    keep("readme.txt", b"hello")
    assert page.get(f"{ROOT}/{run.iid}/artifacts?path=readme.txt/x").status_code == 404


def test_a_full_folder_is_cut(page: Client, run: Run, keep: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("web.files.MOST_IN_FOLDER", 2)
    for number in range(5):
        keep(f"{number}.txt", b"x")
    assert "and 3 more" in page.get(f"{ROOT}/{run.iid}/artifacts").content.decode()
    assert "and 2 more" in page.get(f"{ROOT}/{run.iid}/artifacts?path=4.txt").content.decode()


def test_the_same_path_in_another_project_is_another_file(project: Project, page: Client, run: Run, keep: Any) -> None:
    keep("readme.txt", b"hello")
    assert page.get(f"/charlie/fraud/-/ml/runs/{run.uuid}/artifacts/raw/readme.txt").status_code == 404
