"""`manage.py up`, as somebody meets it: first start, later starts, and starts that cannot be."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests import live

UP = [sys.executable, str(live.ROOT / "manage.py"), "up"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def up(environment: dict[str, str]) -> list[str]:
    """Starts, ends as Ctrl-C does, and gives what was printed."""
    process, lines = live.start(environment)
    assert live.stop(process) == 0
    return lines


def refused(environment: dict[str, str]) -> str:
    """The one line that says why it did not start."""
    done = subprocess.run(UP, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    return done.stderr


def environment_for(folder: Path, database_url: str = "", **more: str) -> dict[str, str]:
    port = str(live.free_port())
    return live.environment_for(folder, database_url, **{"HOST": "127.0.0.1", "PORT": port, **more})


def test_the_first_start_prints_all_that_is_needed_and_a_later_one_no_secret(folder: Path) -> None:
    with live.database() as url:
        environment = environment_for(folder, url)
        here = f"http://127.0.0.1:{environment['PORT']}"
        first = up(environment)
        assert [line.split(" ")[0] for line in first] == ["Web:", "Sign", "export", "export", "Ctrl-C"]
        assert first[0] == f"Web:      {here}/"
        assert first[1].startswith("Sign in:  root / ")
        assert first[2] == f"export MLFLOW_TRACKING_URI={here}/api/v4/projects/1/ml/mlflow"
        assert first[3].startswith("export MLFLOW_TRACKING_TOKEN=tnpat-")

        later = up(environment)
    assert later[0] == f"All existing data in {folder} is kept."
    assert later[1:3] == [first[0], first[2]]
    assert "issue_token root --name laptop --scope api" in later[3]
    assert "tnpat-" not in "".join(later)
    assert (folder / "log-stderr").read_text() == ""


def test_the_command_that_is_offered_for_a_new_token_works(folder: Path) -> None:
    with live.database() as url:
        environment = environment_for(folder, url)
        up(environment)
        offered = next(line for line in up(environment) if "issue_token" in line).split(":  ", 1)[1]
        done = subprocess.run(offered, shell=True, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip().startswith("tnpat-")


def test_credentials_that_nobody_saw_are_shown_by_the_next_start(folder: Path) -> None:
    with live.database() as url:
        environment = environment_for(folder, url)
        first = up(environment)
        username, password = first[1].removeprefix("Sign in:  ").split(" / ")
        token = first[3].removeprefix("export MLFLOW_TRACKING_TOKEN=")
        kept = {"username": username, "password": password, "token": token}
        (folder / "first_start.json").write_text(json.dumps(kept))
        assert up(environment) == first
        assert not (folder / "first_start.json").exists()


def test_a_start_killed_at_any_moment_is_repeated_by_the_next(folder: Path) -> None:
    with live.database() as url:
        environment = environment_for(folder, url)
        said = ""
        for moment in (0.3, 0.6, 0.9, 1.2):
            process = subprocess.Popen(UP, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True)
            time.sleep(moment)
            os.killpg(process.pid, signal.SIGKILL)
            said += process.communicate()[0]
        said += "\n".join(up(environment))
    assert said.count("Sign in:") == 1
    assert said.count("export MLFLOW_TRACKING_TOKEN=") == 1


def test_an_interrupted_server_leaves_at_once_even_with_an_idle_connection(folder: Path) -> None:
    with live.database() as url:
        environment = environment_for(folder, url)
        process, _ = live.start(environment)
        idle = http.client.HTTPConnection("127.0.0.1", int(environment["PORT"]))
        idle.request("GET", "/-/liveness")
        idle.getresponse().read()
        began = time.monotonic()
        assert live.stop(process) == 0
        assert time.monotonic() - began < 5
        idle.close()


def test_a_terminated_server_leaves_cleanly(folder: Path) -> None:
    with live.database() as url:
        process, _ = live.start(environment_for(folder, url))
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(20) == 0
    assert "Traceback" not in (folder / "log-stderr").read_text()


def test_a_killed_server_frees_its_port(folder: Path) -> None:
    with live.database() as url:
        environment = environment_for(folder, url)
        process, _ = live.start(environment)
        process.kill()
        process.wait()
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", int(environment["PORT"]))) != 0:
                    break
            time.sleep(0.1)
        assert any("existing data" in line for line in up(environment))


def test_a_taken_port_is_said_in_one_line(folder: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f"cannot listen on 127.0.0.1:{port}" in refused(environment_for(folder, PORT=str(port)))


@pytest.mark.parametrize("impossible", ["/dev/null", "/proc/nowhere", "/tmp/" + "n" * 300])
def test_an_impossible_folder_is_said_in_one_line(impossible: str, folder: Path) -> None:
    environment = {**environment_for(folder), "DATA_DIR": impossible}
    assert "DATA_DIR" in refused(environment)


def test_a_folder_that_may_not_be_written_to_is_said_in_one_line(folder: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    folder.chmod(0o500)
    assert "cannot be written to" in refused(environment_for(folder))


@pytest.mark.parametrize(
    ("setting", "value", "reason"),
    [
        ("PORT", "abc", "PORT='abc' cannot be read"),
        ("PORT", "70000", "not between 1 and 65535"),
        ("HOST", "192.0.2.1", "cannot listen on 192.0.2.1"),
        ("ARTIFACTS_MODE", "fast", "ARTIFACTS_MODE must be one of proxied, direct, artifacts-only, not 'fast'"),
        ("ARTIFACTS_MODE", "direct", "set S3_BUCKET"),
        ("ARTIFACT_LOCATIONS", "s3://fine,file:///etc", "'file:///etc', which is not like s3://bucket"),
        ("ARTIFACT_LOCATIONS", "s3://bucket/../x", "which is not like s3://bucket"),
        ("DATABASE_URL", "mysql://localhost/x", "DATABASE_URL must start with"),
        ("DATABASE_URL", "postgres://u:p@127.0.0.1:1/x", "the database cannot be used"),
    ],
)
def test_a_setting_that_cannot_work_is_said_in_one_line(setting: str, value: str, reason: str, folder: Path) -> None:
    assert reason in refused({**environment_for(folder), setting: value})


def test_a_file_that_is_no_database_is_said_in_one_line(folder: Path) -> None:
    (folder / "tenon.sqlite3").write_text("not a database at all" * 100)
    assert "file is not a database" in refused(environment_for(folder))


def test_two_first_starts_at_once_make_one_administrator(folder: Path) -> None:
    with live.database() as url:
        environments = [environment_for(folder, url) for _ in range(2)]
        processes = [
            subprocess.Popen(UP, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            for environment in environments
        ]
        for environment in environments:
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                try:
                    assert httpx.get(f"http://127.0.0.1:{environment['PORT']}/-/readiness").status_code == 200
                    break
                except httpx.TransportError:
                    time.sleep(0.1)
        time.sleep(0.5)
        for process in processes:
            process.send_signal(signal.SIGINT)
        outputs = [process.communicate(timeout=30) for process in processes]
    assert [errors for _, errors in outputs] == ["", ""]
    assert len({line for out, _ in outputs for line in out.splitlines() if line.startswith("Sign in:")}) == 1


def test_every_address_of_the_machine_is_answered_when_all_are_listened_on(folder: Path) -> None:
    with live.database() as url:
        environment = environment_for(folder, url, HOST="0.0.0.0")
        process, lines = live.start(environment)
        port = environment["PORT"]
        answer = httpx.get(f"http://127.0.0.1:{port}/-/liveness", headers={"Host": "ml.example.org"})
        live.stop(process)
    assert f"Web:      http://127.0.0.1:{port}/" in lines
    assert answer.status_code == 200
