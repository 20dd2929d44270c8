"""The examples of the API's description, each run as it stands against a live server."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gitlab
import pytest

from api.openapi import samples
from tests.live import Live, serve
from tests.receiver import receiver

pytestmark = pytest.mark.client
CURLS = sorted(samples.FOLDER.glob("*.sh"))
PYTHONS = sorted(samples.FOLDER.glob("*.py.txt"))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Live, str]]:
    """One that may send its webhooks to this machine, and the address of who receives them."""
    allowed = {"WEBHOOK_SCHEMES": "http,https", "WEBHOOK_PRIVATE_NETWORKS": "127.0.0.0/8"}
    with serve(tmp_path_factory.mktemp("live"), **allowed) as live, receiver() as receiving:
        yield live, f"{receiving.url}/ok"


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="curl and jq run these examples")
@pytest.mark.parametrize("script", CURLS, ids=lambda script: script.stem)
def test_curls_do_what_they_say(server: Any, script: Path, tmp_path: Path) -> None:
    """Each line that is no success ends the script."""
    (tmp_path / ".curlrc").write_text("silent\nshow-error\nfail-with-body\n")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-x", "-c", script.read_text()],
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), **variables(*server)},
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, f"{done.stdout[-1500:]}\n{done.stderr[-1500:]}"


@pytest.mark.parametrize("script", PYTHONS, ids=lambda script: script.name.split(".")[0])
def test_lines_for_python_gitlab_do_what_they_say(server: Any, script: Path) -> None:
    said = variables(*server)
    client = gitlab.Gitlab(server[0].url, private_token=said["TOKEN"])
    known = {
        "gl": client,
        "admin": gitlab.Gitlab(server[0].url, private_token=said["ADMIN_TOKEN"]),
        "project": client.projects.get(said["PROJECT"]),
        "receiver": said["RECEIVER"],
        "colleague": int(said["COLLEAGUE"]),
    }
    exec(compile(script.read_text(), script.name, "exec"), known)


def variables(live: Live, receiver: str) -> dict[str, str]:
    tenant, colleague = live.tenant(), live.tenant()
    their_id = gitlab.Gitlab(live.url, private_token=colleague.token)
    their_id.auth()
    return {
        "TENON": f"{live.url}/api/v4",
        "TOKEN": tenant.token,
        "ADMIN_TOKEN": live.token,
        "PROJECT": str(tenant.project_id),
        "RECEIVER": receiver,
        "COLLEAGUE": str(their_id.user.id),
    }
