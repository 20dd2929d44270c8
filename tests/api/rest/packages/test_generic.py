"""Files of generic packages: up, down, and what is refused."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from packages.models import Blob, Package, PackageFile
from packages.services import files
from projects.roles import Role
from projects.services import members
from tests.api.rest.packages.conftest import content, kept, put
from tests.conftest import Door

DATA = b"some,data\n" * 1000


def test_a_file_is_kept_and_given_back(here: Door) -> None:
    answered = here("PUT", "packages/generic/data-set/1.0.0/train/a+b.csv", DATA, content_type="text/csv")
    assert (answered.status_code, answered.json()) == (201, {"message": "201 Created"})
    got = here.get("packages/generic/data-set/1.0.0/train/a+b.csv")
    assert (got.status_code, content(got)) == (200, DATA)
    assert got["Content-Disposition"] == "attachment; filename*=UTF-8''a%2Bb.csv"
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["X-Checksum-SHA256"] == hashlib.sha256(DATA).hexdigest()
    assert got["ETag"] == f'"{got["X-Checksum-SHA256"]}"'


def test_head_and_ranges(here: Door) -> None:
    put(here, "packages/generic/set/1/a.bin", b"0123456789")
    head = here("HEAD", "packages/generic/set/1/a.bin")
    assert (head.status_code, head.content, head["Content-Length"]) == (200, b"", "10")
    assert head["Accept-Ranges"] == "bytes"
    part = here.get("packages/generic/set/1/a.bin", headers={"range": "bytes=2-4"})
    assert (part.status_code, content(part), part["Content-Range"]) == (206, b"234", "bytes 2-4/10")
    beyond = here.get("packages/generic/set/1/a.bin", headers={"range": "bytes=10-"})
    assert beyond.status_code == 416
    assert beyond.json()["message"].startswith("416 ")


def test_the_package_file_is_told_with_all_its_digests_at_once(here: Door, project: Any) -> None:
    told = put(here, "packages/generic/set/1/deep/er/a.bin", DATA)
    assert told == {
        "id": PackageFile.objects.get().pk,
        "package_id": Package.objects.get().pk,
        "created_at": told["created_at"],
        "file_name": "deep/er/a.bin",
        "size": len(DATA),
        "file_md5": hashlib.md5(DATA).hexdigest(),
        "file_sha1": hashlib.sha1(DATA).hexdigest(),
        "file_sha256": hashlib.sha256(DATA).hexdigest(),
        "verdict": "pending",
        "findings": [],
        "pipelines": [],
    }


def test_content_that_came_without_them_gets_its_digests(here: Door, project: Any, alice: Any) -> None:
    package = Package.objects.create(project=project, kind="generic", name="other", version="1")
    files.put(package, "a.bin", [DATA], by=alice)
    assert Blob.objects.get().md5 == ""
    assert put(here, "packages/generic/set/1/a.bin", DATA)["file_md5"] == hashlib.md5(DATA).hexdigest()
    assert Blob.objects.get().sha1 == hashlib.sha1(DATA).hexdigest()


def test_a_file_of_the_same_name_is_replaced(here: Door, store: Path, django_capture_on_commit_callbacks: Any) -> None:
    older = put(here, "packages/generic/set/1/a.bin", b"old")
    with django_capture_on_commit_callbacks(execute=True):
        newer = put(here, "packages/generic/set/1/a.bin", b"new")
    assert newer["id"] == older["id"]
    assert content(here.get("packages/generic/set/1/a.bin")) == b"new"
    assert len(kept(store)) == 1


def test_the_status_of_a_package_may_be_said_and_changed(here: Door) -> None:
    assert here("PUT", "packages/generic/set/1/a?status=hidden", b"x").status_code == 201
    assert here.get("packages").json() == []
    assert [one["status"] for one in here.get("packages", {"status": "hidden"}).json()] == ["hidden"]
    assert content(here.get("packages/generic/set/1/a")) == b"x"
    here("PUT", "packages/generic/set/1/b", b"x")
    assert Package.objects.get().status == "hidden"
    here("PUT", "packages/generic/set/1/b?status=default", b"x")
    assert Package.objects.get().status == "default"


@pytest.mark.parametrize("query", ["status=processing", "status=x", "select=everything"])
def test_odd_wishes_are_refused(here: Door, query: str) -> None:
    answered = here("PUT", f"packages/generic/set/1/a?{query}", b"x")
    assert (answered.status_code, answered.json()) == (400, {"error": f"{query.partition('=')[0]} is invalid"})
    assert not Package.objects.exists()


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("a%20b/1/f", "package_name"),
        ("%C3%A9/1/f", "package_name"),
        ("@scope/1/f", "package_name"),
        ("x" * 256 + "/1/f", "package_name"),
        ("set/1..2/f", "package_version"),
        ("set/1%202/f", "package_version"),
        ("set/%D9%A3/f", "package_version"),
        ("set/1/a%20b", "file_name"),
        ("set/1/folder/a~b", "file_name"),
        ("/1/f", "package_name"),
        ("set//f", "package_version"),
    ],
)
def test_names_that_gitlab_refuses(here: Door, address: str, field: str) -> None:
    for method in ("PUT", "GET") if field != "file_name" else ("PUT",):
        answered = here(method, f"packages/generic/{address}", b"x" if method == "PUT" else None)
        assert answered.status_code == 400
        assert list(answered.json()["message"]) == [field]
    assert not Package.objects.exists()


def test_folders_may_be_called_as_anywhere_else(here: Door) -> None:
    assert put(here, "packages/generic/set/1/my%20folder/a.bin")["file_name"] == "my folder/a.bin"


def test_what_is_not_there(here: Door) -> None:
    assert here.get("packages/generic/set/1/a").json() == {"message": "404 Package Not Found"}
    put(here, "packages/generic/set/1/folder/a")
    missing = here.get("packages/generic/set/1/b")
    assert (missing.status_code, missing.json()["message"][:13]) == (404, "404 Not Found")
    assert here.get("packages/generic/set/1/folder").status_code == 400
    assert here("HEAD", "packages/generic/set/2/folder/a").status_code == 404
    assert here("DELETE", "packages/generic/set/1/folder/a").status_code == 405


def test_a_file_beyond_the_limit_leaves_nothing(here: Door, store: Path, settings: Any) -> None:
    settings.MAX_FILE_SIZE = 10
    answered = here("PUT", "packages/generic/set/1/a", b"x" * 11)
    assert answered.status_code == 413
    assert answered.json()["message"].startswith("413 Request Entity Too Large - The file is larger than 10 ")
    assert (kept(store), PackageFile.objects.count(), here.get("packages").json()) == ([], 0, [])
    assert here("PUT", "packages/generic/set/1/a", b"x" * 10).status_code == 201


def test_a_project_that_is_full_says_so(here: Door, store: Path, run: Any, settings: Any) -> None:
    settings.PROJECT_STORAGE_LIMIT = 15
    put(here, "packages/generic/set/1/a", b"x" * 10)
    for address in ("packages/generic/set/1/b", f"packages/ml_models/candidate:{run.iid}/files/b"):
        answered = here("PUT", address, b"y" * 6)
        assert answered.status_code == 413
        assert answered.json()["message"].startswith("413 Request Entity Too Large - 'acme/fraud' keeps 10 ")
    assert (len(kept(store)), PackageFile.objects.count()) == (1, 1)
    assert len(here.get("packages").json()) == 1


def test_who_may(here: Door, project: Any, bob: Any, dana: Any, charlie: Any) -> None:
    assert here.as_(dana)("PUT", "packages/generic/set/1/a", b"x").status_code == 201
    assert here.as_(bob)("PUT", "packages/generic/set/1/a", b"y").status_code == 403
    assert content(here.as_(bob).get("packages/generic/set/1/a")) == b"x"
    assert here.as_(charlie).get("packages/generic/set/1/a").status_code == 404
    members.set_role(charlie, project, Role.GUEST)
    assert here.as_(charlie).get("packages/generic/set/1/a").status_code == 403


def test_anybody_may_fetch_from_a_public_project(here: Door, project: Any) -> None:
    put(here, "packages/generic/set/1/a")
    assert here.as_(None).get("packages/generic/set/1/a").status_code == 404
    project.visibility = 20
    project.save()
    assert content(here.as_(None).get("packages/generic/set/1/a")) == b"x"
    assert len(here.as_(None).get("packages").json()) == 1
    assert here.as_(None)("PUT", "packages/generic/set/1/a", b"y").status_code == 401
