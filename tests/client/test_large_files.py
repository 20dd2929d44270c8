"""The real client in all ways that files can go: in parts through the service, or past it through a bucket."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests import live as lives
from tests.live import Live, Tenant
from tests.s3 import KEY, SECRET

pytestmark = [
    pytest.mark.client,
    pytest.mark.skipif("MLFLOW_CLIENT_PYTHON" in os.environ, reason="the newest client's"),
]

SCRIPT = Path(__file__).parent / "large" / "files.py"
SIZE = 24 * 1024**2 + 7
IN_PARTS = {
    "MLFLOW_MULTIPART_UPLOAD_MINIMUM_FILE_SIZE": "5242880",
    "MLFLOW_MULTIPART_UPLOAD_CHUNK_SIZE": "8388608",
    "MLFLOW_MULTIPART_DOWNLOAD_CHUNK_SIZE": "8388608",
    "MLFLOW_MULTIPART_DOWNLOAD_MINIMUM_FILE_SIZE": "5242880",
}
ASKED_FOR = {"MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD": "true", "MLFLOW_ENABLE_PROXY_MULTIPART_DOWNLOAD": "true"}


@pytest.fixture(scope="module")
def direct(tmp_path_factory: pytest.TempPathFactory, s3_server: tuple[str, Path]) -> Iterator[Live]:
    """A server in direct mode, before a bucket that clients reach."""
    url, _ = s3_server
    credentials = {"S3_ACCESS_KEY": KEY, "S3_SECRET_KEY": SECRET, "S3_REGION": "us-east-1"}
    settings = {"ARTIFACTS_MODE": "direct", "S3_BUCKET": "artifacts", "S3_ENDPOINT_URL": url, **credentials}
    with lives.serve(tmp_path_factory.mktemp("direct"), ARTIFACT_LOCATIONS="s3://outside/runs", **settings) as server:
        yield server
        said = (server.data_dir / "log-stderr").read_text()
    assert "Traceback" not in said, said


def run(tenant: Tenant, *arguments: str, tracking_uri: str = "", **settings: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    uri = tracking_uri or tenant.tracking_uri
    environment = {**kept, **tenant.environment, "MLFLOW_TRACKING_URI": uri, **IN_PARTS, **settings}
    command = [sys.executable, str(SCRIPT), str(SIZE), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Falling back" not in done.stderr
    return done.stdout.split()[-1]


class Counted:
    """Bytes that clients sent and got."""

    up = 0
    down = 0


def carry(source: socket.socket, target: socket.socket, counted: Counted, which: str) -> None:
    with suppress(OSError):
        while piece := source.recv(65536):
            setattr(counted, which, getattr(counted, which) + len(piece))
            target.sendall(piece)
    # What goes the other way may still be under way.
    for one, side in ((source, socket.SHUT_RD), (target, socket.SHUT_WR)):
        with suppress(OSError):
            one.shutdown(side)


@contextmanager
def counting(server: Live) -> Iterator[tuple[str, Counted]]:
    """Another address of the server, and what went through it."""
    counted = Counted()
    there = urlsplit(server.url)
    listener = socket.create_server(("127.0.0.1", 0))

    def relay(client: socket.socket) -> None:
        with client, socket.create_connection((there.hostname or "", there.port or 0)) as upstream:
            back = threading.Thread(target=carry, args=(upstream, client, counted, "down"), daemon=True)
            back.start()
            carry(client, upstream, counted, "up")
            back.join()

    def accept() -> None:
        with suppress(OSError), listener:
            while True:
                threading.Thread(target=relay, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", counted
    finally:
        listener.shutdown(socket.SHUT_RDWR)


def test_in_parts_through_the_service_on_its_own_disk(tenant: Tenant) -> None:
    run(tenant, **ASKED_FOR)


def test_in_direct_mode_large_files_pass_by_the_service(direct: Live) -> None:
    """Without being told: `server-info` says that it should."""
    tenant = direct.tenant()
    with counting(direct) as (url, counted):
        run(tenant, tracking_uri=tenant.tracking_uri.replace(direct.url, url))
    # Three times up and twice down are 120 MB of the large file alone; requests, small files and a model are this much.
    assert counted.up < 1024**2
    assert counted.down < 1024**2


def test_a_download_is_redirected_without_the_credential(direct: Live) -> None:
    tenant = direct.tenant()
    authorization = {"Authorization": f"Bearer {tenant.token}"}
    api = f"{tenant.tracking_uri}/api/2.0"
    created = requests.post(f"{api}/mlflow/runs/create", json={}, headers=authorization, timeout=30).json()
    uri = created["run"]["info"]["artifact_uri"].removeprefix("mlflow-artifacts:/")
    address = f"{api}/mlflow-artifacts/artifacts/{uri}/a.html"
    assert requests.put(address, data=b"0123456789", headers=authorization, timeout=30).status_code == 200
    answer = requests.get(address, headers={**authorization, "Range": "bytes=2-4"}, timeout=30)
    assert answer.content == b"234"
    assert "Authorization" not in answer.request.headers
    assert [one.status_code for one in answer.history] == [302]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    # Any other header would be taken along, so whoever sends the token in one gets the file from here.
    answer = requests.get(address, headers={"PRIVATE-TOKEN": tenant.token}, timeout=30)
    assert (answer.content, answer.history) == (b"0123456789", [])
    command = ["curl", "-sL", "-H", f"Authorization: Bearer {tenant.token}", address]
    with suppress(FileNotFoundError):
        assert subprocess.run(command, capture_output=True, check=True, timeout=30).stdout == b"0123456789"


def test_an_experiment_at_a_location_of_its_own(direct: Live, s3_server: tuple[str, Path]) -> None:
    """The client reads and writes the bucket with credentials of its own; the service lists."""
    tenant, (url, root) = direct.tenant(), s3_server
    location = f"s3://outside/runs/{tenant.project_id}/large"
    aws = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": "us-east-1"}
    with counting(direct) as (address, counted):
        uri = tenant.tracking_uri.replace(direct.url, address)
        run_id = run(tenant, location, tracking_uri=uri, MLFLOW_S3_ENDPOINT_URL=url, **aws)
    assert max(counted.up, counted.down) < 1024**2
    assert (root / "outside/runs" / str(tenant.project_id) / "large" / run_id / "artifacts/large.bin").exists()

    authorization = {"Authorization": f"Bearer {tenant.token}"}
    api = f"{tenant.tracking_uri}/api/2.0/mlflow"
    listed = requests.get(f"{api}/artifacts/list?run_id={run_id}&path=folder/sub", headers=authorization, timeout=30)
    assert listed.json() == {
        "root_uri": f"{location}/{run_id}/artifacts",
        "files": [
            {"path": "folder/sub/a b.txt", "is_dir": False, "file_size": 5},
            {"path": "folder/sub/empty", "is_dir": False, "file_size": 0},
        ],
    }
    body = {"run_id": run_id, "path": "folder/sub/a b.txt"}
    signed = requests.post(f"{api}/artifacts/presigned-download-url", json=body, headers=authorization, timeout=30)
    assert signed.json()["file_size"] == 5
    assert requests.get(signed.json()["presigned_url"], timeout=30).text == "small"
    body["path"] = "new.txt"
    signed = requests.post(f"{api}/artifacts/presigned-upload-url", json=body, headers=authorization, timeout=30)
    assert requests.put(signed.json()["presigned_url"], data=b"new", timeout=30).status_code == 200
    read = f"{tenant.tracking_uri}/get-artifact?run_uuid={run_id}&path=new.txt"
    assert requests.get(read, headers=authorization, timeout=30).content == b"new"
