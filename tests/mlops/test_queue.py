"""Background work over a real broker and a real worker, and without either."""

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import live as servers
from tests.receiver import Receiver, receiver

pytestmark = pytest.mark.client

WORKER = ("worker", "--pool", "solo", "--loglevel", "info")


def wait_until(true: Callable[[], bool], seconds: int = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"it did not happen within {seconds} seconds"
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
        with celery(server, tmp_path / "worker.log"):
            wait_until(lambda: kept(server) == 0)


def test_without_a_broker_the_process_does_it_itself_after_commit(tmp_path: Path) -> None:
    with servers.serve(tmp_path) as server:
        upload_and_delete(server)
        wait_until(lambda: kept(server) == 0)


# Webhooks -------------------------------------------------------------------------------------------------------------

OPENED = {"WEBHOOK_SCHEMES": "http", "WEBHOOK_PRIVATE_NETWORKS": "127.0.0.0/8"}
# What a floor above does when something happened, in a process of its own.
HAPPEN = """
import django
django.setup()
from django.db import transaction
from projects.models import Project
from webhooks import payloads
from webhooks.services import events
with transaction.atomic():
    project = Project.objects.get(pk={project})
    events.happened(project, *payloads.model_version_alias_created("fraud", "champion", "3"))
"""


def listen(server: Any, there: Receiver, path: str = "/ok") -> None:
    new = {"name": "ci", "url": there.url + path, "secret": "tea"}
    new["events"] = [{"entity": "MODEL_VERSION_ALIAS", "action": "CREATED"}]
    headers = {"Authorization": f"Bearer {server.token}"}
    answered = httpx.post(f"{server.tracking_uri}/api/2.0/mlflow/webhooks", json=new, headers=headers, timeout=60)
    assert answered.status_code == 200, answered.text


def happen(server: Any) -> None:
    environment = {**server.environment, "DJANGO_SETTINGS_MODULE": "mlops.settings"}
    command = [sys.executable, "-c", HAPPEN.format(project=server.project_id)]
    subprocess.run(command, env=environment, cwd=servers.ROOT, check=True)


@contextlib.contextmanager
def celery(server: Any, log_file: Path, *wanted: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A worker, or what else is `wanted` of Celery."""
    command = [sys.executable, "-m", "celery", "--app", "mlops", *(wanted or WORKER)]
    with log_file.open("wb") as log:
        process = subprocess.Popen(command, env=server.environment, cwd=servers.ROOT, stdout=log, stderr=log)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


@contextlib.contextmanager
def beat(server: Any, folder: Path) -> Iterator[None]:
    wanted = ("beat", "--loglevel", "info", "--schedule", str(folder / "beat"), "--pidfile=")
    with celery(server, folder / "beat.log", *wanted):
        yield


def test_a_worker_sends_a_webhook_and_again_when_it_is_refused(broker: str, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with receiver() as there, servers.serve(tmp_path / "data", REDIS_URL=broker, **OPENED) as server:
        there.statuses = [503]
        listen(server, there)
        happen(server)
        assert there.received == [], "without a worker it waits"
        with celery(server, tmp_path / "first.log"), beat(server, tmp_path):
            wait_until(lambda: len(there.received) == 2)
        assert len({one.headers["X-MLflow-Delivery-Id"] for one in there.received}) == 1
        assert all(b"tea" not in path.read_bytes() for path in tmp_path.rglob("*log*") if path.is_file())


def test_without_a_broker_a_thread_of_the_web_process_sends_them(tmp_path: Path) -> None:
    """The process of the transaction may have ended while it sent: the web process waits until that can be no more."""
    with receiver() as there, servers.serve(tmp_path, **OPENED) as server:
        listen(server, there)
        happen(server)
        wait_until(lambda: len(there.received) >= 1, 150)
        assert json.loads(there.received[0].body)["data"]["alias"] == "champion"


def test_what_a_killed_worker_was_sending_is_sent_by_the_next_one(broker: str, tmp_path: Path) -> None:
    """At least once, and always with the same delivery id. The receiver takes its time to answer."""
    (tmp_path / "data").mkdir()
    with receiver() as there, servers.serve(tmp_path / "data", REDIS_URL=broker, **OPENED) as server:
        listen(server, there, "/silent")
        happen(server)
        with celery(server, tmp_path / "first.log") as first:
            wait_until(lambda: len(there.received) == 1)
            first.kill()
        with celery(server, tmp_path / "second.log"), beat(server, tmp_path):
            wait_until(lambda: len(there.received) == 2, 150)
        assert len({one.headers["X-MLflow-Delivery-Id"] for one in there.received}) == 1
