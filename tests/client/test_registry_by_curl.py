"""The commands of docs/model-registry.md, as they stand there, one after the other."""

import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient

pytestmark = pytest.mark.client

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "model-registry.md").read_text()
SETUP = "".join(re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL))
COMMANDS = re.findall(r"\| `(tenon .*?)` \|\n", PAGE)


def test_every_example_does_what_it_says(live: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bash, tenant = shutil.which("bash"), live.tenant()
    if bash is None or shutil.which("curl") is None:
        pytest.skip("no bash or no curl found")
    monkeypatch.setenv("MLFLOW_TRACKING_TOKEN", tenant.token)
    client = MlflowClient(tenant.tracking_uri)
    run_id = client.create_run("0").info.run_id
    client.log_text(run_id, "{}", "model/MLmodel")
    (tmp_path / "model.pkl").write_bytes(b"weights")
    known = {"URL": tenant.url, "PROJECT": str(tenant.project_id), "TOKEN": tenant.token, "RUN_ID": run_id}
    said = "".join(f"{name}={value}\n" for name, value in known.items())
    answers = {}
    assert len(COMMANDS) == 16
    for command in COMMANDS:
        script = f"set -eu\n{said}{SETUP}{command}\n"
        done = subprocess.run([bash, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        answers[command] = json.loads(done.stdout) if done.stdout else None
    told = list(answers.values())
    assert (told[1]["semver"], told[1]["run"]["id"], told[1]["path"]) == ("1.1.0", run_id, "model")
    assert told[4]["published_at"]
    assert told[8]["semver"] == "1.2.0"
    assert [one["semver"] for one in told[9]] == ["1.2.0"]
    assert [one["path"] for one in told[10]] == ["model.pkl"]
    assert (tmp_path / "fetched.pkl").read_bytes() == b"weights"
    with zipfile.ZipFile(tmp_path / "fraud.zip") as archive:
        assert archive.read("model.pkl") == b"weights"
    assert [one["key"] for one in told[13]["files"]["removed"]] == ["MLmodel"]
    assert told[14]["alias_history"][0]["alias"] == "champion"
    assert told[15] == {"publish_at_once": True}
