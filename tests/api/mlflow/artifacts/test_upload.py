"""PUT mlflow-artifacts/artifacts/<address>"""

import io
from pathlib import Path
from typing import Any

import pytest

from accounts.models import User
from packages.models import Package, PackageFile, PackageKind
from tests.api.mlflow.artifacts.conftest import address, kept
from tests.conftest import Door
from tracking.models import LoggedModel, Run


def test_an_upload_is_kept_as_a_file_of_the_runs_package(proxy: Door, run: Run, alice: User) -> None:
    answer = proxy("PUT", address(run, "model/MLmodel"), b"flavors: {}", content_type="text/plain")
    assert (answer.status_code, answer.json()) == (200, {})
    file = PackageFile.objects.get()
    assert (file.path, file.blob.size, file.creator) == ("model/MLmodel", 11, alice)
    run.refresh_from_db()
    assert run.package == file.package
    assert (file.package.kind, file.package.name) == (PackageKind.ML_RUN, f"ml_experiment_{run.experiment.iid}")
    assert file.package.version == f"candidate_{run.iid}"


def test_all_uploads_of_a_run_share_a_package(proxy: Door, run: Run) -> None:
    for path in ("a", "b/c"):
        proxy("PUT", address(run, path), b"x")
    assert Package.objects.get().files.count() == 2


def test_an_upload_to_a_logged_model_is_kept_in_the_models_package(proxy: Door, model: LoggedModel) -> None:
    assert proxy("PUT", address(model, "MLmodel"), b"x").status_code == 200
    package = Package.objects.get()
    assert (package.kind, package.name, package.version) == (PackageKind.ML_LOGGED_MODEL, "net", model.uuid)
    model.refresh_from_db()
    assert model.package == package


def test_json_in_the_body_is_a_file_like_any_other(proxy: Door, run: Run) -> None:
    proxy("PUT", address(run, "data.json"), b'{"run_id": "', content_type="application/json")
    assert PackageFile.objects.get().blob.size == 12


def test_a_second_upload_replaces_the_first(proxy: Door, run: Run) -> None:
    for content in (b"old", b"newer"):
        assert proxy("PUT", address(run, "a"), content).status_code == 200
    assert PackageFile.objects.get().blob.size == 5


def test_an_empty_file_is_kept_even_when_it_is_sent_in_chunks_as_mlflows_client_does(proxy: Door, run: Run) -> None:
    sent = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": io.BytesIO()}
    answer = proxy("PUT", address(run, "pkg/__init__.py"), b"", **sent)
    assert answer.status_code == 200
    assert PackageFile.objects.get().blob.size == 0


@pytest.mark.parametrize("way", [{"HTTP_TRANSFER_ENCODING": "chunked"}, {"SERVER_PROTOCOL": "HTTP/2"}], ids=str)
def test_a_body_without_a_length_is_taken_to_its_end(proxy: Door, run: Run, way: dict[str, str]) -> None:
    sent = {**way, "CONTENT_LENGTH": "", "wsgi.input": io.BytesIO(b"x" * 3_000_000)}
    assert proxy("PUT", address(run, "a"), b"", **sent).status_code == 200
    assert PackageFile.objects.get().blob.size == 3_000_000


@pytest.mark.parametrize("limit", [2_999_999, 1])
def test_a_body_without_a_length_is_cut_off_at_the_limit(
    proxy: Door, run: Run, store: Path, settings: Any, limit: int
) -> None:
    settings.MAX_FILE_SIZE = limit
    sent = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": "", "wsgi.input": io.BytesIO(b"x" * 3_000_000)}
    answer = proxy("PUT", address(run, "a"), b"", **sent)
    assert answer.status_code == 413
    assert str(limit) in answer.json()["message"]
    assert (PackageFile.objects.count(), kept(store)) == (0, [])


class Breaks(io.BytesIO):
    """Some bytes, and then a connection that is gone, or silent."""

    def __init__(self, error: OSError) -> None:
        super().__init__(b"x" * 10)
        self.error = error

    def read(self, size: int | None = -1) -> bytes:
        if piece := super().read(size):
            return piece
        raise self.error


@pytest.mark.parametrize(("error", "status"), [(ConnectionResetError(), 400), (TimeoutError(), 408)])
def test_a_body_that_breaks_off_becomes_no_file(
    proxy: Door, run: Run, store: Path, error: OSError, status: int
) -> None:
    sent = {"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": "", "wsgi.input": Breaks(error)}
    answer = proxy("PUT", address(run, "a"), b"", **sent)
    assert answer.status_code == status
    assert "nothing was kept" in answer.json()["message"]
    assert (PackageFile.objects.count(), kept(store)) == (0, [])


def test_a_body_that_ends_early_becomes_no_file(proxy: Door, run: Run, store: Path) -> None:
    answer = proxy("PUT", address(run, "a"), b"x" * 5, CONTENT_LENGTH="9", **{"wsgi.input": io.BytesIO(b"x" * 5)})
    assert answer.status_code == 400
    assert "ended 4 bytes before" in answer.json()["message"]
    assert PackageFile.objects.count() == 0
    assert kept(store) == []


def test_a_file_over_the_limit_is_refused_with_413_and_no_invitation_to_try_again(
    proxy: Door, run: Run, store: Path, settings: Any
) -> None:
    settings.MAX_FILE_SIZE = 10
    answer = proxy("PUT", address(run, "a"), b"x" * 11)
    assert (answer.status_code, answer.json()["error_code"]) == (413, "INVALID_PARAMETER_VALUE")
    assert "larger than 10 bytes" in answer.json()["message"]
    assert "Retry-After" not in answer
    assert kept(store) == []


def test_a_file_that_does_not_fit_into_a_full_project_is_refused_with_usage_and_limit(
    proxy: Door, run: Run, store: Path, settings: Any
) -> None:
    settings.PROJECT_STORAGE_LIMIT = 10
    answer = proxy("PUT", address(run, "a"), b"x" * 11)
    assert (answer.status_code, answer.json()["error_code"]) == (413, "QUOTA_EXCEEDED")
    assert "keeps 0 bytes of at most 10 bytes" in answer.json()["message"]
    assert "Retry-After" not in answer
    assert kept(store) == []


def test_a_file_cannot_take_the_place_of_a_folder(proxy: Door, run: Run) -> None:
    proxy("PUT", address(run, "a/b"), b"x")
    answer = proxy("PUT", address(run, "a"), b"x")
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")


@pytest.mark.parametrize(
    "where",
    [
        "artifacts/0/{uuid}/artifacts/a",
        "artifacts/{iid}/models/{uuid}/artifacts/a",
        "artifacts/{iid}/00000000000000000000000000000000/artifacts/a",
        "artifacts/{iid}/{uuid}/a",
        "artifacts/{iid}/{uuid}",
        "artifacts/a",
        "artifacts/99999999999999999999999/{uuid}/artifacts/a",
        "artifacts/x/{uuid}/artifacts/a",
    ],
)
def test_an_address_of_no_run_or_model_is_not_found(proxy: Door, run: Run, store: Path, where: str) -> None:
    answer = proxy("PUT", where.format(uuid=run.uuid, iid=run.experiment.iid), b"x")
    assert (answer.status_code, answer.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")
    assert kept(store) == []
    assert Package.objects.count() == 0


def test_the_root_of_a_run_is_no_file(proxy: Door, run: Run) -> None:
    for end in ("", "/"):
        answer = proxy("PUT", address(run) + end, b"x")
        assert (answer.status_code, answer.json()["message"]) == (400, "Invalid path")


def test_another_projects_run_is_not_found(
    proxy: Door, run: Run, charlie: User, other_project: Any, store: Path
) -> None:
    theirs = proxy.as_(charlie)
    theirs.root = theirs.root.replace(f"/projects/{run.project_id}/", f"/projects/{other_project.pk}/")
    assert theirs("PUT", address(run, "a"), b"x").status_code == 404
    assert kept(store) == []


def test_a_reader_may_not_upload(proxy: Door, run: Run, bob: User, store: Path) -> None:
    assert proxy.as_(bob)("PUT", address(run, "a"), b"x").status_code == 403
    assert kept(store) == []


def test_artifacts_of_a_deleted_run_can_still_be_written_as_in_mlflow(proxy: Door, mlflow: Door, run: Run) -> None:
    mlflow.post("runs/delete", {"run_id": run.uuid})
    assert proxy("PUT", address(run, "a"), b"x").status_code == 200
