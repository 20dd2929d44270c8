"""What README.md tells a newcomer to do, done as it stands there."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = [
    pytest.mark.client,
    pytest.mark.timeout(600),
    pytest.mark.skipif("MLFLOW_CLIENT_PYTHON" in os.environ, reason="written for the newest client"),
]

README = Path(__file__).resolve().parents[2] / "README.md"
SECTION = "## From a training script to a model that others load\n"
_BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks() -> list[tuple[str, str]]:
    """(language, text) of the section, in order."""
    section = README.read_text().partition(SECTION)[2].partition("\n## ")[0]
    return _BLOCK.findall(section)


def test_a_newcomer_comes_from_a_training_script_to_a_loaded_model(tenant: Any, tmp_path: Path) -> None:
    """Python goes into the file that its first line names."""
    said = []
    for language, text in blocks():
        if language == "python":
            (tmp_path / text.splitlines()[0].removeprefix("# ")).write_text(text)
        else:
            said.append(output(["bash", "-eu", "-c", text], tenant, tmp_path))
    assert sorted(path.name for path in tmp_path.glob("*.py")) == ["predict.py", "release.py", "train.py"]
    installed, trained, released = said
    assert "already satisfied" in installed
    for told in (trained, released):
        assert "[0 1 2]" in told
    script = (
        "from mlflow import MlflowClient; c = MlflowClient();"
        "print([c.get_model_version('demo', one).version for one in ('1.0.0', '1.1.0', '^1.0', 'latest', 'champion')])"
    )
    asked = output([sys.executable, "-W", "ignore", "-c", script], tenant, tmp_path)
    assert asked.splitlines()[-1] == "['1', '2', '2', '2', '2']"


def output(command: list[str], tenant: Any, folder: Path) -> str:
    """What is to be installed is here already, so that pip needs no index."""
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(folder),
        "PIP_NO_INDEX": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONWARNINGS": "ignore",
        "MLFLOW_DISABLE_TELEMETRY": "true",
        **tenant.environment,
    }
    done = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
