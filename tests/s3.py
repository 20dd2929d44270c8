"""A real S3 server for the run, which checks signatures: rclone's."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import free_port

KEY, SECRET = "testing-key", "testing-secret"
# What is the service's own, and what is none of its.
BUCKETS = ("artifacts", "outside")


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """Its address, and the folder that holds its buckets."""
    root = tmp_path_factory.mktemp("s3")
    for name in BUCKETS:
        (root / name).mkdir()
    address = f"127.0.0.1:{free_port()}"
    rclone = Path(sys.executable).parent / "rclone"
    command = [rclone, "serve", "s3", root, "--addr", address, "--auth-key", f"{KEY},{SECRET}"]
    environment = {**os.environ, "RCLONE_CONFIG": os.devnull}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(f"http://{address}/")
        yield f"http://{address}", root
    finally:
        process.terminate()
        process.wait(10)


def _wait_for(url: str) -> None:
    for _ in range(100):
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError as answer:
            answer.close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(url)
