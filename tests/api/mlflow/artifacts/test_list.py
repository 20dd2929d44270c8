"""GET mlflow-artifacts/artifacts, artifacts/list and logged-models/<id>/artifacts/directories"""

from typing import Any

import pytest

from accounts.models import User
from tests.api.mlflow.artifacts.conftest import address
from tests.conftest import Door
from tracking.models import LoggedModel, Run

FILES = ("conf.yaml", "model/MLmodel", "model/data/weights", "model/data/x y", "plots/ä.png")


@pytest.fixture
def full(proxy: Door, run: Run, model: LoggedModel) -> Run:
    for owner in (run, model):
        for path in FILES:
            assert proxy("PUT", address(owner, path), path.encode()).status_code == 200
    return run


def listed(proxy: Door, owner: Run | LoggedModel, path: str = "") -> Any:
    answer = proxy.get("artifacts", {"path": address(owner, path).removeprefix("artifacts/")})
    assert answer.status_code == 200
    return answer.json()


def test_a_folder_by_address_tells_the_last_segments(proxy: Door, full: Run, model: LoggedModel) -> None:
    for owner in (full, model):
        assert listed(proxy, owner) == {
            "files": [
                {"path": "conf.yaml", "is_dir": False, "file_size": 9},
                {"path": "model", "is_dir": True},
                {"path": "plots", "is_dir": True},
            ]
        }
        assert listed(proxy, owner, "model") == {
            "files": [{"path": "MLmodel", "is_dir": False, "file_size": 13}, {"path": "data", "is_dir": True}]
        }


def test_a_folder_may_be_asked_for_with_a_slash_at_its_end(proxy: Door, full: Run) -> None:
    assert listed(proxy, full, "model/") == listed(proxy, full, "model")


@pytest.mark.parametrize("path", ["conf.yaml", "nowhere", "model/nowhere"])
def test_what_is_no_folder_is_listed_as_nothing(proxy: Door, full: Run, path: str) -> None:
    assert listed(proxy, full, path) == {}


@pytest.mark.parametrize("path", [None, "", "0", "1", "1/models", "mlruns", "1/x"])
def test_nothing_is_listed_above_the_artifacts_of_one_run(proxy: Door, full: Run, path: str | None) -> None:
    answer = proxy.get("artifacts", {} if path is None else {"path": path})
    assert (answer.status_code, answer.json()) == (200, {})


def test_an_address_of_no_run_is_not_found(proxy: Door, full: Run) -> None:
    assert proxy.get("artifacts", {"path": f"0/{full.uuid}/artifacts"}).status_code == 404


def test_a_runs_folder_tells_paths_in_the_run_and_where_it_is(mlflow: Door, full: Run) -> None:
    assert mlflow.get("artifacts/list", {"run_id": full.uuid, "path": "model/data"}).json() == {
        "root_uri": full.artifact_uri,
        "files": [
            {"path": "model/data/weights", "is_dir": False, "file_size": 18},
            {"path": "model/data/x y", "is_dir": False, "file_size": 14},
        ],
    }


def test_a_run_without_artifacts_lists_nothing(mlflow: Door, run: Run) -> None:
    answer = mlflow.get("artifacts/list", {"run_id": run.uuid})
    assert (answer.status_code, answer.json()) == (200, {"root_uri": run.artifact_uri})


def test_old_clients_may_say_run_uuid(mlflow: Door, run: Run) -> None:
    assert mlflow.get("artifacts/list", {"run_uuid": run.uuid}).status_code == 200


def test_a_logged_models_folder_tells_paths_in_the_model(mlflow: Door, full: Run, model: LoggedModel) -> None:
    where = f"logged-models/{model.uuid}/artifacts/directories"
    answer = mlflow.get(where, {"artifact_directory_path": "plots"})
    assert answer.json() == {
        "root_uri": model.artifact_uri,
        "files": [{"path": "plots/ä.png", "is_dir": False, "file_size": 12}],
    }
    assert len(mlflow.get(where).json()["files"]) == 3


def test_unknown_runs_and_models_are_not_found(mlflow: Door) -> None:
    assert mlflow.get("artifacts/list", {"run_id": "0" * 32}).status_code == 404
    assert mlflow.get("logged-models/m-0/artifacts/directories").status_code == 404


def test_other_projects_runs_and_models_are_not_found(
    mlflow: Door, run: Run, model: LoggedModel, charlie: User, other_project: Any
) -> None:
    theirs = mlflow.as_(charlie)
    theirs.root = theirs.root.replace(f"/projects/{run.project_id}/", f"/projects/{other_project.pk}/")
    assert theirs.get("artifacts/list", {"run_id": run.uuid}).status_code == 404
    assert theirs.get(f"logged-models/{model.uuid}/artifacts/directories").status_code == 404


def test_a_listing_takes_few_queries(mlflow: Door, full: Run, django_assert_max_num_queries: Any) -> None:
    mlflow.get("artifacts/list", {"run_id": full.uuid})
    with django_assert_max_num_queries(6):
        mlflow.get("artifacts/list", {"run_id": full.uuid})
