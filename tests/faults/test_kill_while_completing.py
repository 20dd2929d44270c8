"""`kill -9` of the server while it makes a file of its parts: nothing half is seen, and asking again makes it."""

import hashlib
import os
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests import live as servers
from tests.faults.test_kills import artifacts_of, kill, manage

pytestmark = pytest.mark.client

PART = 8 * 1024**2
PARTS = 24


class Upload:
    """A file whose parts are all there."""

    def __init__(self, server: Any) -> None:
        files, self.listing = artifacts_of(server)
        self.headers = {"Authorization": f"Bearer {server.token}"}
        self.file = f"{files}/model.bin"
        self.steps = files.replace("/mlflow-artifacts/artifacts/", "/mlflow-artifacts/mpu/{}/")
        made = self.ask("create", {"path": "model.bin", "num_parts": PARTS}).json()
        self.digest, told = hashlib.sha256(), []
        for credential in made["credentials"]:
            part = os.urandom(PART)
            self.digest.update(part)
            answer = httpx.put(credential["url"], content=part, timeout=60)
            told.append({"part_number": credential["part_number"], "etag": answer.headers["ETag"]})
        self.told = {"path": "model.bin", "upload_id": made["upload_id"], "parts": told}

    def ask(self, step: str, body: Any) -> httpx.Response:
        return httpx.post(self.steps.format(step), json=body, headers=self.headers, timeout=120)

    def complete(self, answers: list[Any]) -> None:
        try:
            answers.append(self.ask("complete", self.told).status_code)
        except httpx.TransportError as error:
            answers.append(error)

    def listed(self) -> list[Any]:
        found: list[Any] = httpx.get(self.listing, headers=self.headers, timeout=60).json().get("files", [])
        return found


def lying(server: Any) -> list[Path]:
    return [file for file in (server.data_dir / "files").rglob("*") if file.is_file()]


def joining(server: Any) -> bool:
    """Whether the joined file is being written: it is no part, as it has no number."""
    return any(file.suffix == ".part" and not file.name.split(".")[1].isdigit() for file in lying(server))


def test_a_kill_while_the_parts_are_joined(tmp_path: Path) -> None:
    with servers.serve(tmp_path) as server:
        upload, answers, process = Upload(server), [], server.process
        asking = threading.Thread(target=upload.complete, args=(answers,))
        asking.start()
        deadline = time.monotonic() + 60
        while not joining(server):
            assert time.monotonic() < deadline
            assert asking.is_alive(), answers
        kill(process)
        asking.join()
        assert isinstance(answers[0], httpx.TransportError), answers
        assert joining(server)
        process, _ = servers.start(server.environment)
        try:
            check(server, upload)
        finally:
            servers.stop(process)


def check(server: Any, upload: Upload) -> None:
    assert upload.listed() == []
    assert httpx.get(upload.file, headers=upload.headers, timeout=60).status_code == 404
    # What was half joined is swept, the parts are not: they may still be completed.
    assert "unfinished file" in manage(server, "sweep", "--older-than", "0")
    assert len(lying(server)) == PARTS
    assert upload.ask("complete", upload.told).status_code == 200
    assert [(file["path"], file["file_size"]) for file in upload.listed()] == [("model.bin", PART * PARTS)]
    content = httpx.get(upload.file, headers=upload.headers, timeout=120).content
    assert hashlib.sha256(content).digest() == upload.digest.digest()
    assert len(lying(server)) == 1
    assert manage(server, "sweep", "--older-than", "0") == ""
    assert manage(server, "fsck", "--read") == ""
