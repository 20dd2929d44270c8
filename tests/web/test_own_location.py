"""Pages of a run whose files lie in a bucket that is not the service's: they are shown and fetched, never changed."""

from pathlib import Path
from typing import Any

import pytest
import requests
from django.test import Client

from accounts.models import User
from packages.models import PackageFile
from packages.store import outside
from projects.models import Project
from tests.live import free_port
from tests.s3 import KEY, SECRET
from tracking.models import Run
from tracking.services import experiments, runs

ROOT = "/acme/fraud/-/ml/runs"


@pytest.fixture
def away(project: Project, alice: User, s3_server: tuple[str, Path], settings: Any) -> Any:
    """A run with `model/data.html` and `a b.txt` at `s3://outside/pages/…`."""
    url, _ = s3_server
    settings.ARTIFACT_LOCATIONS = ["s3://outside/pages"]
    settings.S3 = {"endpoint_url": url, "region_name": "us-east-1", "access_key": KEY, "secret_key": SECRET}
    outside._client.cache_clear()
    location = f"s3://outside/pages/{project.pk}"
    run = runs.start(experiments.create(project, "away", by=alice, location=location), by=alice)
    folder = run.artifact_uri.removeprefix("s3://outside/")
    for path, content in {"model/data.html": b"<script>alert(1)</script>", "a b.txt": b"hello"}.items():
        outside._client("").put_object(Bucket="outside", Key=f"{folder}/{path}", Body=content)
    yield run
    outside._client("").close()
    outside._client.cache_clear()


def test_the_tree_shows_what_lies_there_and_offers_no_change(page: Client, away: Run) -> None:
    top = page.get(f"{ROOT}/{away.iid}/artifacts")
    assert top.status_code == 200
    text = top.content.decode()
    assert away.artifact_uri in text
    assert "a b.txt" in text
    inside = page.get(f"{ROOT}/{away.iid}/artifacts", {"path": "model"}).content.decode()
    assert "data.html" in inside
    chosen = page.get(f"{ROOT}/{away.iid}/artifacts", {"path": "a b.txt"})
    assert chosen.status_code == 200
    assert chosen.context["tree"].preview.size == 5
    for offered in ("artifacts.zip", "artifacts/delete", "artifacts/upload"):
        assert offered not in text + inside + chosen.content.decode()


def test_a_file_is_downloaded_from_the_bucket(page: Client, away: Run) -> None:
    for method in (page.get, page.head):
        answer = method(f"{ROOT}/{away.iid}/artifacts/raw/model/data.html")
        assert answer.status_code == 302
    got = requests.get(page.get(f"{ROOT}/{away.iid}/artifacts/raw/model/data.html")["Location"], timeout=30)
    assert got.text == "<script>alert(1)</script>"
    assert got.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("path", ["nothing.txt", "model"])
def test_what_is_not_there_is_not_found(page: Client, away: Run, path: str) -> None:
    assert page.get(f"{ROOT}/{away.iid}/artifacts/raw/{path}").status_code == 404
    assert page.get(f"{ROOT}/{away.iid}/artifacts?path=nothing").status_code == 404


def test_zips_uploads_and_deletions_are_refused_with_the_place(page: Client, away: Run) -> None:
    place = "not kept here, but at s3://outside/pages/"
    for asked in ("artifacts.zip", "artifacts.zip?path=model"):
        answer = page.get(f"{ROOT}/{away.iid}/{asked}")
        assert (answer.status_code, place in answer.content.decode()) == (400, True)
    answer = page.generic("PUT", f"{ROOT}/{away.iid}/artifacts/upload/new.txt", b"x")
    assert (answer.status_code, place in answer.json()["message"]) == (404, True)
    assert page.post(f"{ROOT}/{away.iid}/artifacts/delete", {"path": "a b.txt"}).status_code == 404
    assert page.get(f"{ROOT}/{away.iid}/artifacts/raw/a b.txt").status_code == 302
    assert not PackageFile.objects.exists()


def test_a_bucket_that_cannot_be_reached_is_said(page: Client, away: Run, settings: Any) -> None:
    outside._client("").close()
    outside._client.cache_clear()
    settings.S3 = {**settings.S3, "endpoint_url": f"http://127.0.0.1:{free_port()}"}
    for path in ("artifacts", "artifacts/raw/a b.txt"):
        answer = page.get(f"{ROOT}/{away.iid}/{path}")
        assert answer.status_code == 503
        assert "cannot be reached" in answer.content.decode()
