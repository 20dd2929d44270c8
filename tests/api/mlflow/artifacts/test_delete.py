"""DELETE mlflow-artifacts/artifacts/<address>"""

from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from packages.models import Blob, PackageFile
from tests.api.mlflow.artifacts.conftest import address, kept
from tests.conftest import Door
from tracking.models import Run


@pytest.fixture
def full(proxy: Door, run: Run) -> Run:
    for path in ("a", "model/x", "model/y/z"):
        proxy("PUT", address(run, path), path.encode())
    return run


def paths() -> list[str]:
    return sorted(PackageFile.objects.values_list("path", flat=True))


@pytest.mark.parametrize(
    ("path", "left"),
    [("a", ["model/x", "model/y/z"]), ("model", ["a"]), ("model/", ["a"]), ("model/y", ["a", "model/x"]), ("", [])],
)
def test_a_file_or_folder_is_deleted_with_its_bytes(
    proxy: Door, full: Run, store: Path, path: str, left: list[str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        answer = proxy("DELETE", address(full, path))
    assert (answer.status_code, answer.json()) == (200, {})
    assert paths() == left
    assert len(kept(store)) == Blob.objects.count() == len(left)


def test_the_whole_of_a_run_may_be_deleted_with_a_slash_at_its_end(proxy: Door, full: Run) -> None:
    assert proxy("DELETE", address(full) + "/").status_code == 200
    assert paths() == []


def test_deleting_what_is_not_there_is_no_error_as_in_mlflow(proxy: Door, full: Run) -> None:
    assert proxy("DELETE", address(full, "nowhere")).status_code == 200
    assert len(paths()) == 3


def test_a_run_without_artifacts_has_nothing_to_delete(proxy: Door, run: Run) -> None:
    assert proxy("DELETE", address(run)).status_code == 200


def test_an_address_of_no_run_is_not_found(proxy: Door, full: Run) -> None:
    for where in ("artifacts/1", f"artifacts/0/{full.uuid}/artifacts/a", "artifacts/x/y/z"):
        assert proxy("DELETE", where).status_code == 404
    assert len(paths()) == 3


def test_a_reader_may_not_delete(proxy: Door, full: Run, bob: User) -> None:
    assert proxy.as_(bob)("DELETE", address(full, "a")).status_code == 403
    assert len(paths()) == 3


def test_another_projects_file_is_not_deleted(proxy: Door, full: Run, charlie: User, other_project: Any) -> None:
    theirs = proxy.as_(charlie)
    theirs.root = theirs.root.replace(f"/projects/{full.project_id}/", f"/projects/{other_project.pk}/")
    assert theirs("DELETE", address(full, "a")).status_code == 404
    assert len(paths()) == 3
