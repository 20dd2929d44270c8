"""…/versions/:version/files: the tree, and files up and down."""

import hashlib
import io
import zipfile
from typing import Any
from urllib.parse import quote

import pytest

from packages.models import PackageFile
from projects.roles import Role
from projects.services import members
from registry.services import files, versions
from tracking.services import artifacts

WEIGHTS = bytes(range(256)) * 40


@pytest.fixture
def version(model: Any, by: Any) -> Any:
    return versions.create(model, by=by)


@pytest.fixture
def kept(version: Any, alice: Any) -> Any:
    """MLmodel, data/weights.bin and data/deep/a.txt."""
    for path, content in {"MLmodel": b"flavors: {}", "data/weights.bin": WEIGHTS, "data/deep/a.txt": b"a"}.items():
        files.upload(version, path, [content], by=alice, size=len(content))
    return version


def body(answered: Any) -> bytes:
    return b"".join(answered.streaming_content)


def paths(answered: Any) -> list[tuple[str, str]]:
    assert answered.status_code == 200, answered.content
    return [(one["type"], one["path"]) for one in answered.json()]


def test_a_file_goes_up_and_comes_down(ml: Any, version: Any, alice: Any) -> None:
    address = f"models/fraud/versions/latest/files/{quote('some folder/ü.bin')}"
    sent = ml("PUT", address, WEIGHTS, content_type="application/octet-stream")
    assert sent.status_code == 201, sent.content
    told = sent.json()
    assert (told["name"], told["path"], told["type"], told["size"]) == ("ü.bin", "some folder/ü.bin", "blob", 10240)
    assert told["sha256"] == hashlib.sha256(WEIGHTS).hexdigest()
    assert (told["verdict"], told["findings"]) == ("pending", [])
    got = ml.get(address)
    assert (got.status_code, body(got)) == (200, WEIGHTS)
    assert got["ETag"] == f'"{told["sha256"]}"'
    assert PackageFile.objects.get().creator == alice


def test_parts_and_heads(ml: Any, kept: Any) -> None:
    address = "models/fraud/versions/1/files/data/weights.bin"
    part = ml.get(address, headers={"range": "bytes=256-259"})
    assert (part.status_code, body(part), part["Content-Range"]) == (206, b"\x00\x01\x02\x03", "bytes 256-259/10240")
    assert ml.get(address, headers={"range": "bytes=99999-"}).status_code == 416
    head = ml("HEAD", address)
    assert (head.status_code, head["Content-Length"], head.content) == (200, "10240", b"")


def test_the_tree_is_listed_by_folder_or_whole(ml: Any, kept: Any) -> None:
    root = ml.get("models/fraud/versions/1/files")
    assert paths(root) == [("blob", "MLmodel"), ("tree", "data")]
    assert root.json()[0]["sha256"] == hashlib.sha256(b"flavors: {}").hexdigest()
    assert root["X-Total"] == "2"
    listed = ml.get("models/fraud/versions/1/files", {"path": "data"})
    assert paths(listed) == [("tree", "data/deep"), ("blob", "data/weights.bin")]
    whole = ml.get("models/fraud/versions/1/files", {"recursive": "true"})
    assert paths(whole) == [("blob", "MLmodel"), ("blob", "data/deep/a.txt"), ("blob", "data/weights.bin")]
    below = ml.get("models/fraud/versions/1/files", {"recursive": "true", "path": "data/deep/"})
    assert paths(below) == [("blob", "data/deep/a.txt")]
    assert paths(ml.get("models/fraud/versions/1/files", {"path": "nowhere"})) == []
    page = ml.get("models/fraud/versions/1/files", {"per_page": 1, "page": 2})
    assert paths(page) == [("tree", "data")]


def test_only_what_is_in_the_versions_folder_is_its(ml: Any, model: Any, by: Any, run: Any, alice: Any) -> None:
    for path in ("model/MLmodel", "model/data/a", "models/other", "notes.txt"):
        artifacts.upload(run.project, f"{run.experiment.iid}/{run.uuid}/artifacts/{path}", [b"x"], by=alice, size=1)
    versions.create(model, by=by, run_id=run.uuid, source=f"runs:/{run.uuid}/model")
    assert paths(ml.get("models/fraud/versions/1/files")) == [("blob", "MLmodel"), ("tree", "data")]
    whole = ml.get("models/fraud/versions/1/files", {"recursive": "true"})
    assert paths(whole) == [("blob", "MLmodel"), ("blob", "data/a")]
    assert ml.get("models/fraud/versions/1/files/notes.txt").status_code == 404
    assert ml("DELETE", "models/fraud/versions/1/files/data").status_code == 204
    assert PackageFile.objects.filter(path__startswith="model").count() == 2


def test_files_and_folders_are_deleted(ml: Any, kept: Any) -> None:
    assert ml("DELETE", "models/fraud/versions/1/files/data/deep/a.txt").status_code == 204
    assert ml("DELETE", "models/fraud/versions/1/files/data/deep/a.txt").json() == {"message": "404 File Not Found"}
    assert ml("DELETE", "models/fraud/versions/1/files/data").status_code == 204
    assert list(PackageFile.objects.values_list("path", flat=True)) == ["MLmodel"]


def test_a_published_versions_files_cannot_change(ml: Any, kept: Any) -> None:
    ml.post("models/fraud/versions/1/publish")
    before = list(PackageFile.objects.order_by("path").values_list("path", "blob"))
    for method in ("PUT", "DELETE"):
        for path in ("MLmodel", "data/new.bin" if method == "PUT" else "data"):
            refused = ml(method, f"models/fraud/versions/1/files/{path}", b"x")
            assert refused.status_code == 409, refused.content
    assert list(PackageFile.objects.order_by("path").values_list("path", "blob")) == before
    assert body(ml.get("models/fraud/versions/1/files/MLmodel")) == b"flavors: {}"


@pytest.mark.parametrize("path", ["../x", "a/../../x", "a//b", "%2e%2e/x", "C:/x", "a%5Cb", "%00", "a%23b", "x."])
def test_a_path_that_may_not_exist_is_refused(ml: Any, kept: Any, path: str) -> None:
    for method in ("GET", "PUT", "DELETE"):
        assert ml(method, f"models/fraud/versions/1/files/{path}", b"").status_code in (400, 404)
    assert PackageFile.objects.count() == 3


def test_a_folder_is_no_file(ml: Any, kept: Any) -> None:
    assert ml.get("models/fraud/versions/1/files/data").status_code == 400
    assert ml("PUT", "models/fraud/versions/1/files/data", b"x").status_code == 400


def test_a_guest_sees_the_tree_and_does_not_download(ml: Any, kept: Any, project: Any, bob: Any) -> None:
    guest = ml.as_(bob)
    members.set_role(bob, project, Role.GUEST)
    assert guest.get("models/fraud/versions/1/files").status_code == 200
    assert guest.get("models/fraud/versions/1/files/MLmodel").status_code == 403
    members.set_role(bob, project, Role.REPORTER)
    assert body(guest.get("models/fraud/versions/1/files/MLmodel")) == b"flavors: {}"


def test_a_version_comes_whole_as_a_zip(ml: Any, kept: Any) -> None:
    for asked, name, expected in (
        ({}, "fraud-1.0.0.zip", ["MLmodel", "data/deep/a.txt", "data/weights.bin"]),
        ({"path": "data/"}, "data.zip", ["deep/a.txt", "weights.bin"]),
    ):
        answered = ml.get("models/fraud/versions/latest/archive.zip", asked)
        assert (answered.status_code, answered["Content-Type"]) == (200, "application/zip")
        assert name in answered["Content-Disposition"]
        with zipfile.ZipFile(io.BytesIO(body(answered))) as archive:
            assert archive.testzip() is None
            assert archive.namelist() == expected


def test_a_version_without_files_is_no_zip(ml: Any, version: Any) -> None:
    assert ml.get("models/fraud/versions/1/archive.zip").status_code == 404
    assert ml.get("models/fraud/versions/1/archive.zip", {"path": "../x"}).status_code == 400
