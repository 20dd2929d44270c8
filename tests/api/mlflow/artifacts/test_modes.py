"""What ARTIFACTS_MODE changes."""

from typing import Any

import pytest

from api.mlflow import urls
from tests.api.mlflow.artifacts.conftest import address
from tests.api.mlflow.test_contract import PARTS
from tests.conftest import Door
from tests.endpoints import Offered, offered
from tracking.models import Run

OFFERED = list(offered(urls.urlpatterns))
FILES = [one for one in OFFERED if one.endpoint.serves_files]


@pytest.fixture
def root(proxy: Door) -> Door:
    return Door(proxy.root.removesuffix("api/2.0/mlflow-artifacts/"), proxy.token, proxy.client)


@pytest.mark.parametrize("asked", [one for one in OFFERED if one not in FILES], ids=str)
def test_artifacts_only_refuses_what_is_not_about_files(root: Door, asked: Offered, settings: Any) -> None:
    settings.ARTIFACTS_MODE = "artifacts-only"
    answer = root(asked.method, asked.at({name: PARTS.get(name, "x") for name in asked.parts}))
    assert (answer.status_code, answer.json()["error_code"]) == (501, "NOT_IMPLEMENTED")
    assert "disabled due to the mlflow server running in `--artifacts-only` mode" in answer.json()["message"]


def test_artifacts_only_still_does_not_tell_strangers_anything(root: Door, settings: Any, charlie: Any) -> None:
    settings.ARTIFACTS_MODE = "artifacts-only"
    assert root.as_(charlie).get("api/2.0/mlflow/experiments/get").status_code == 404
    assert root.as_(None).get("api/2.0/mlflow/experiments/get").status_code == 401


def test_artifacts_only_keeps_and_gives_files(proxy: Door, root: Door, run: Run, settings: Any) -> None:
    settings.ARTIFACTS_MODE = "artifacts-only"
    assert proxy("PUT", address(run, "a"), b"x").status_code == 200
    assert b"".join(proxy.get(address(run, "a")).streaming_content) == b"x"
    assert proxy.get("artifacts", {"path": address(run).removeprefix("artifacts/")}).json()["files"]
    assert proxy("DELETE", address(run, "a")).status_code == 200
    for open_to_all_modes in ("health", "version", "api/3.0/mlflow/server-info"):
        assert root.get(open_to_all_modes).status_code == 200


@pytest.mark.parametrize(("mode", "told"), [("proxied", False), ("artifacts-only", False), ("direct", True)])
def test_the_client_is_told_when_to_send_in_parts(root: Door, settings: Any, mode: str, told: bool) -> None:
    settings.ARTIFACTS_MODE = mode
    info = root.get("api/3.0/mlflow/server-info").json()
    assert (info["multipart_uploads_enabled"], info["multipart_downloads_enabled"]) == (told, told)
