from typing import Any
from urllib.parse import quote

import pytest


@pytest.fixture
def run_id(mlflow: Any) -> str:
    return str(mlflow.post("runs/create").json()["run"]["info"]["run_id"])


def body_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_file_uploaded_by_run_is_read_by_run(mlflow: Any, run_id: str) -> None:
    sent = mlflow("POST", f"upload-artifact?run_uuid={run_id}&path=notes/a.txt", b"hello", content_type="text/plain")
    assert (sent.status_code, sent.json()) == (200, {})
    mlflow.root = mlflow.root.removesuffix("api/2.0/mlflow/")
    answer = mlflow.get("get-artifact", {"run_uuid": run_id, "path": "notes/a.txt"})
    assert (answer.status_code, body_of(answer)) == (200, b"hello")
    assert answer["X-Content-Type-Options"] == "nosniff"
    missing = mlflow.get("get-artifact", {"run_uuid": run_id, "path": "notes/b.txt"})
    assert (missing.status_code, missing.json()["error_code"]) == (404, "RESOURCE_DOES_NOT_EXIST")


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/etc/passwd", "a\\b", "%2e%2e/x"])
def test_paths_that_lead_out_are_refused(mlflow: Any, run_id: str, path: str) -> None:
    answer = mlflow("POST", f"upload-artifact?run_uuid={run_id}&path={quote(path, safe='')}", b"x")
    assert (answer.status_code, answer.json()["message"]) == (400, "Invalid path")


def test_a_logged_models_file_is_read_by_its_id(mlflow: Any, project: Any) -> None:
    created = mlflow.post("logged-models", {"experiment_id": "0", "name": "m"}).json()["model"]["info"]
    address = created["artifact_uri"].removeprefix("mlflow-artifacts:/")
    mlflow.root = mlflow.root.removesuffix("mlflow/")
    put = mlflow("PUT", f"mlflow-artifacts/artifacts/{address}/MLmodel", b"flavors: {}")
    assert put.status_code == 200
    answer = mlflow.get(
        f"mlflow/logged-models/{created['model_id']}/artifacts/files", {"artifact_file_path": "MLmodel"}
    )
    assert body_of(answer) == b"flavors: {}"


def test_presigned_addresses_are_refused_with_the_reason(mlflow: Any, run_id: str) -> None:
    for call in ("upload", "download"):
        answer = mlflow.post(f"artifacts/presigned-{call}-url", {"run_id": run_id, "path": "a"})
        assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
        assert "not supported for proxied artifact storage" in answer.json()["message"]
    both = mlflow.post("artifacts/presigned-upload-url", {"run_id": run_id, "model_id": "m", "path": "a"})
    assert "Exactly one" in both.json()["message"]
