"""Direct mode with the client's own settings: files are sent on to the bucket, and are there at once."""

import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests import live as lives
from tests.client.test_large_files import counting
from tests.faults.test_kills import kill
from tests.live import Live, Tenant
from tests.s3 import KEY, SECRET

pytestmark = [
    pytest.mark.client,
    pytest.mark.skipif("MLFLOW_CLIENT_PYTHON" in os.environ, reason="the newest client's"),
]

SCRIPT = Path(__file__).parent / "large" / "direct.py"
MEBIBYTE = 1024**2


def settings_for(s3_server: tuple[str, Path]) -> dict[str, str]:
    credentials = {"S3_ACCESS_KEY": KEY, "S3_SECRET_KEY": SECRET, "S3_REGION": "us-east-1"}
    return {"ARTIFACTS_MODE": "direct", "S3_BUCKET": "artifacts", "S3_ENDPOINT_URL": s3_server[0], **credentials}


@pytest.fixture(scope="module")
def direct(tmp_path_factory: pytest.TempPathFactory, s3_server: tuple[str, Path]) -> Iterator[Live]:
    with lives.serve(tmp_path_factory.mktemp("direct"), **settings_for(s3_server)) as server:
        yield server
        said = (server.data_dir / "log-stderr").read_text()
    assert "Traceback" not in said, said


class Run:
    """A new run of a new project, and the address of its artifacts."""

    def __init__(self, tenant: Tenant, through: str = "") -> None:
        self.headers = {"Authorization": f"Bearer {tenant.token}"}
        self.api = f"{tenant.tracking_uri.replace(tenant.url, through or tenant.url)}/api/2.0"
        made = requests.post(f"{self.api}/mlflow/runs/create", json={}, headers=self.headers, timeout=30).json()
        self.place = made["run"]["info"]["artifact_uri"].removeprefix("mlflow-artifacts:/")

    def address(self, path: str) -> str:
        return f"{self.api}/mlflow-artifacts/artifacts/{self.place}/{path}"

    def invited(self, path: str, size: int) -> str:
        """Without ever sending the body: the answer comes before it."""
        asked = {**self.headers, "Content-Length": str(size), "Expect": "100-continue"}
        answer = requests.request("PUT", self.address(path), headers=asked, allow_redirects=False, timeout=30)
        assert answer.status_code == 307, answer.text
        return answer.headers["Location"]

    def sizes(self) -> dict[str, int]:
        where = {"path": self.place}
        address = f"{self.api}/mlflow-artifacts/artifacts"
        listed = requests.get(address, params=where, headers=self.headers, timeout=60)
        assert listed.status_code == 200, listed.text
        return {one["path"]: one["file_size"] for one in listed.json().get("files", [])}

    def digest(self, path: str) -> str:
        return hashlib.sha256(requests.get(self.address(path), headers=self.headers, timeout=60).content).hexdigest()


def by_requests(run: Run, path: str, file: Path) -> None:
    with file.open("rb") as body:
        answer = requests.put(run.address(path), data=body, headers=run.headers, timeout=120)
    assert answer.status_code == 200, answer.text
    assert [one.status_code for one in answer.history] == ([307] if file.stat().st_size > MEBIBYTE else [])
    assert ("Authorization" in answer.request.headers) == (not answer.history)


def by_curl(run: Run, path: str, file: Path) -> None:
    said = ["-H", f"Authorization: {run.headers['Authorization']}"]
    command = ["curl", "-fsSL", *said, "-T", str(file), run.address(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)


@pytest.mark.parametrize("size", [1000, MEBIBYTE, 100 * MEBIBYTE], ids=["1 KB", "1 MiB", "100 MiB"])
@pytest.mark.parametrize("send", [by_requests, by_curl])
def test_how_much_of_a_file_passes_through_the_service(
    direct: Live, tmp_path: Path, send: Callable[..., None], size: int
) -> None:
    """Up to 1 MiB all of it, as it comes with the request. Of more than that only what was under way when the answer
    came: none from a client that waits for it (curl), what the system's buffers hold from one that does not."""
    tenant, file = direct.tenant(), tmp_path / "file"
    file.write_bytes(os.urandom(size))
    with counting(direct) as (url, counted):
        run = Run(tenant, through=url)
        send(run, "file", file)
        passed = counted.up
        assert run.sizes() == {"file": size}
        assert run.digest("file") == hashlib.sha256(file.read_bytes()).hexdigest()
    print(f"{send.__name__}: {passed} of {size} bytes came to the service")  # noqa: T201 - shown by -s
    assert passed >= size if size <= MEBIBYTE else passed < (100_000 if send is by_curl else size // 2)


def test_the_client_finds_what_it_has_just_logged(direct: Live) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
    tenant = direct.tenant()
    command = [sys.executable, str(SCRIPT), str(3 * MEBIBYTE)]
    done = subprocess.run(
        command, env={**kept, **tenant.environment}, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_kill_between_the_put_and_its_file_loses_nothing(tmp_path: Path, s3_server: tuple[str, Path]) -> None:
    content = os.urandom(2 * MEBIBYTE)
    with lives.serve(tmp_path, **settings_for(s3_server)) as server:
        run = Run(server.tenant())
        arrived, never = run.invited("arrived.bin", len(content)), run.invited("never.bin", len(content))
        kill(server.process)
        assert requests.put(arrived, data=content, timeout=30).status_code == 200
        assert requests.put(never, data=content[:-1], timeout=30).status_code == 403
        again, _ = lives.start(server.environment)
        try:
            assert run.sizes() == {"arrived.bin": len(content)}
            assert run.digest("arrived.bin") == hashlib.sha256(content).hexdigest()
            # The address leads to nothing any more.
            requests.put(arrived, data=content[::-1], timeout=30)
            time.sleep(0.1)
            assert run.digest("arrived.bin") == hashlib.sha256(content).hexdigest()
        finally:
            lives.stop(again)


def test_nobody_but_the_service_sees_what_is_on_its_way(direct: Live) -> None:
    run = Run(direct.tenant())
    url = run.invited("a.bin", 2 * MEBIBYTE)
    without: Any = requests.put(url.split("?")[0], data=b"x" * 2 * MEBIBYTE, timeout=30)
    assert without.status_code in (400, 401, 403)
    assert requests.get(url, timeout=30).status_code in (400, 403)
    assert run.sizes() == {}
