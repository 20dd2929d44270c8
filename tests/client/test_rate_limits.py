"""Limits as a company has them: several processes, a Redis between them, and clients that nobody has told of it."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import gitlab
import httpx
import pytest

from tests import live as servers

pytestmark = [pytest.mark.client, pytest.mark.timeout(300)]

LOG_FIFTY = """
import mlflow
run = mlflow.start_run()
for step in range(50):
    mlflow.log_metric("loss", 1 / (step + 1), step=step)
history = mlflow.MlflowClient().get_metric_history(run.info.run_id, "loss")
assert [point.step for point in history] == list(range(50)), history
"""


def test_the_mlflow_client_waits_and_loses_nothing(tmp_path: Path) -> None:
    with servers.serve(tmp_path, RATE_LIMIT_MLFLOW="5/second") as server:
        tenant = server.tenant()
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), **tenant.environment}
        command = [sys.executable, "-W", "ignore", "-c", LOG_FIFTY]
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        # The limit was there all the while.
        with httpx.Client(headers={"Authorization": f"Bearer {tenant.token}"}) as client:
            asked = [client.get(f"{tenant.tracking_uri}/version") for _ in range(40)]
        assert 429 in {answer.status_code for answer in asked}


def test_python_gitlab_waits_too(tmp_path: Path) -> None:
    with servers.serve(tmp_path, RATE_LIMIT_AUTHENTICATED="5/second") as server:
        client = gitlab.Gitlab(server.url, private_token=server.tenant().token)
        assert len([client.version() for _ in range(20)]) == 20


def test_two_processes_share_one_limit(broker: str, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    limits = {"REDIS_URL": broker, "RATE_LIMIT_AUTHENTICATED": "30/day", "RATE_LIMIT_UNAUTHENTICATED": "8/day"}
    with servers.serve(tmp_path / "one", **limits) as server:
        process, url = beside(server, tmp_path / "two")
        try:
            headers = {"PRIVATE-TOKEN": server.tenant().token}
            assert statuses([server.url, url], "user", 32, headers) == [200] * 30 + [429] * 2
            assert statuses([server.url, url], "projects", 10, {}) == [200] * 8 + [429] * 2
        finally:
            servers.stop(process)


def beside(server: Any, data_dir: Path) -> tuple["subprocess.Popen[bytes]", str]:
    """Another process on the same database, and its address."""
    port = servers.free_port()
    database = server.environment["DATABASE_URL"] or f"sqlite:///{server.data_dir}/tenon.sqlite3"
    own = {"DATA_DIR": str(data_dir), "PORT": str(port), "DATABASE_URL": database}
    return servers.start({**server.environment, **own})[0], f"http://127.0.0.1:{port}"


def statuses(urls: list[str], address: str, times: int, headers: dict[str, str]) -> list[int]:
    """Of calls to each address in turn."""
    with httpx.Client(headers=headers, timeout=60) as client:
        return [client.get(f"{urls[n % len(urls)]}/api/v4/{address}").status_code for n in range(times)]
