"""Scripts as a data scientist writes them, with the unmodified client and nothing but the two variables set.

`MLFLOW_CLIENT_PYTHON` names another Python whose MLflow is to be used instead of this one's, `MLFLOW_CLIENT_SCRIPTS`
another folder of scripts; see `make test-clients`.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [pytest.mark.client, pytest.mark.timeout(600)]

SCRIPTS = Path(__file__).parent / os.environ.get("MLFLOW_CLIENT_SCRIPTS", "scripts")


def run(command: list[str], tenant: Any, folder: Path, **more: str) -> str:
    """What the command printed. It runs in an empty folder, with an empty home."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        **tenant.environment,
        **more,
    }
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def python() -> str:
    return os.environ.get("MLFLOW_CLIENT_PYTHON") or sys.executable


@pytest.mark.parametrize("script", sorted(path.name for path in SCRIPTS.glob("*.py")))
def test_an_ordinary_script_runs_unmodified(script: str, tenant: Any, tmp_path: Path) -> None:
    run([python(), "-W", "ignore", str(SCRIPTS / script)], tenant, tmp_path)


def test_the_command_line_lists_and_downloads(tenant: Any, tmp_path: Path) -> None:
    mlflow = [python(), "-m", "mlflow"]
    script = (
        "import mlflow; mlflow.set_experiment('cli'); mlflow.start_run(run_name='r'); mlflow.log_text('hi', 'a/b.txt')"
    )
    run([python(), "-c", f"{script}; print(mlflow.active_run().info.run_id)"], tenant, tmp_path)
    assert "cli" in run([*mlflow, "experiments", "search"], tenant, tmp_path)
    listed = run([*mlflow, "runs", "list", "--experiment-id", "1"], tenant, tmp_path)
    run_id = next(word for word in listed.split() if len(word) == 32 and word.isalnum())
    place = run([*mlflow, "artifacts", "download", "--run-id", run_id, "--artifact-path", "a"], tenant, tmp_path)
    assert (Path(place.strip().splitlines()[-1]) / "b.txt").read_text() == "hi"


def test_a_name_and_password_do_as_well_as_a_token(tenant: Any, tmp_path: Path) -> None:
    script = "import mlflow; mlflow.start_run(); mlflow.log_param('a', 1)"
    basic = {"MLFLOW_TRACKING_TOKEN": "", "MLFLOW_TRACKING_USERNAME": "x", "MLFLOW_TRACKING_PASSWORD": tenant.token}
    run([python(), "-c", script], tenant, tmp_path, **basic)


def test_a_project_is_found_by_its_encoded_path(tenant: Any, tmp_path: Path) -> None:
    address = f"{tenant.url}/api/v4/projects/{tenant.path.replace('/', '%2F')}/ml/mlflow"
    script = "import mlflow; mlflow.start_run(); mlflow.log_text('x', 'y.txt'); print(mlflow.get_artifact_uri())"
    run([python(), "-c", script], tenant, tmp_path, MLFLOW_TRACKING_URI=address)


def test_a_pipeline_ties_its_runs_to_the_job(tenant: Any, tmp_path: Path) -> None:
    context = '{"gitlab.CI_JOB_ID": "4711", "gitlab.CI_COMMIT_SHA": "abc123"}'
    script = "import mlflow; r = mlflow.start_run(); print(mlflow.get_run(r.info.run_id).data.tags['gitlab.CI_JOB_ID'])"
    assert "4711" in run([python(), "-c", script], tenant, tmp_path, MLFLOW_RUN_CONTEXT=context)


def test_two_tenants_with_equal_names_never_meet(live: Any, tmp_path: Path) -> None:
    script = (
        "import mlflow, sys; mlflow.set_experiment('same'); mlflow.start_run(run_name='same');"
        "mlflow.log_text(sys.argv[1], 'same.txt'); runs = mlflow.search_runs(); assert len(runs) == 1;"
        "print(mlflow.artifacts.load_text(f'runs:/{runs.run_id[0]}/same.txt'))"
    )
    for word in ("mine", "yours"):
        said = run([python(), "-c", script, word], live.tenant(), tmp_path).splitlines()
        assert [line for line in said if line in ("mine", "yours")] == [word]
