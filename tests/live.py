"""A live server: the product's own `manage.py up` in a process of its own, on the kind of database the run is on.

    def test_something(live):
        tenant = live.tenant()          # a new user with a new project and a token; nobody else is in there
        mlflow.set_tracking_uri(tenant.tracking_uri)

One server a session (and xdist worker). Its database is not the one that `db` tests use.
"""

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest

ROOT = Path(__file__).resolve().parent.parent
START_TIMEOUT = 90


@dataclass(frozen=True)
class Tenant:
    """One user's way into one project."""

    username: str
    password: str
    token: str
    project_id: int
    path: str
    url: str

    @property
    def tracking_uri(self) -> str:
        return f"{self.url}/api/v4/projects/{self.project_id}/ml/mlflow"

    @property
    def environment(self) -> dict[str, str]:
        """What a data scientist's shell has after pasting the two lines."""
        return {"MLFLOW_TRACKING_URI": self.tracking_uri, "MLFLOW_TRACKING_TOKEN": self.token}


@dataclass
class Live:
    """`lines` is all that the server printed; `admin` and `password` sign in, `token` is the administrator's."""

    url: str
    lines: list[str]
    admin: str
    password: str
    token: str
    tracking_uri: str
    project_id: int
    data_dir: Path
    process: "subprocess.Popen[bytes]"
    environment: dict[str, str]
    registrar: "Registrar" = field(repr=False)

    @property
    def pid(self) -> int:
        return self.process.pid

    def tenant(self, *, visibility: int = 0) -> Tenant:
        """A new user, their new project, and an `api` token of theirs."""
        made = self.registrar(do="tenant", name=f"t{secrets.token_hex(5)}", visibility=visibility)
        return Tenant(url=self.url, **made)

    def member(self, tenant: Tenant, *, role: int = 20, scopes: tuple[str, ...] = ("api",)) -> Tenant:
        """A new user with a role (REPORTER by default) in the tenant's project, and their token."""
        name = f"m{secrets.token_hex(5)}"
        made = self.registrar(do="member", name=name, project_id=tenant.project_id, role=role, scopes=scopes)
        return Tenant(url=self.url, **made)

    def history(self, tenant: Tenant) -> Any:
        """`events` and `moves` of the tenant's project (`live_registrar.history`)."""
        return self.registrar(do="history", project_id=tenant.project_id)


class Registrar:
    """Makes people and projects in the live server's database, over a process that stays (`live_registrar.py`)."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.lock = threading.Lock()
        self.process = subprocess.Popen(
            [sys.executable, str(ROOT / "tests" / "live_registrar.py")],
            env=environment,
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def __call__(self, **request: Any) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        with self.lock:
            self.process.stdin.write(json.dumps(request) + "\n")
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment_for(data_dir: Path, database_url: str = "", **more: str) -> dict[str, str]:
    """The test run's environment without its own Django settings: what the serve command is started with."""
    unwanted = ("DJANGO_SETTINGS_MODULE", "MLFLOW_", "PYTEST_", "REDIS_URL", "EXTERNAL_URL", "ALLOWED_HOSTS")
    (data_dir / "static").mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    own = {"DATA_DIR": str(data_dir), "DATABASE_URL": database_url, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    return {**kept, **own, "STATIC_ROOT": str(data_dir / "static"), **more}


@contextlib.contextmanager
def database() -> Iterator[str]:
    """A `DATABASE_URL` of the run's kind: a fresh PostgreSQL database, or "" for SQLite in the data folder."""
    server = os.environ.get("TEST_DATABASE_URL", "")
    if not server:
        yield ""
        return
    name = f"tenon_live_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def start(environment: dict[str, str]) -> tuple["subprocess.Popen[bytes]", list[str]]:
    """`manage.py up`, and what it printed until it was ready. Its output goes to files in the data folder's `log-*`."""
    data_dir = Path(environment["DATA_DIR"])
    said = data_dir / "log-stdout"
    with said.open("wb") as stdout, (data_dir / "log-stderr").open("ab") as stderr:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "up"],
            env=environment,
            cwd=ROOT,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )
    try:
        return process, _introduction(process, data_dir)
    except BaseException:
        stop(process)
        raise


def _introduction(process: "subprocess.Popen[bytes]", data_dir: Path) -> list[str]:
    deadline = time.monotonic() + START_TIMEOUT
    while True:
        lines = (data_dir / "log-stdout").read_text().splitlines()
        if any(line.startswith("Ctrl-C") for line in lines):
            return lines
        if process.poll() is not None or time.monotonic() > deadline:
            errors = (data_dir / "log-stderr").read_text()
            raise RuntimeError(f"the server did not start (status {process.returncode}):\n{lines}\n{errors}")
        time.sleep(0.05)


def stop(process: "subprocess.Popen[bytes]", signal_number: int = signal.SIGINT) -> int:
    """As Ctrl-C does. The exit status."""
    if process.poll() is None:
        os.killpg(process.pid, signal_number)
    try:
        return process.wait(30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise


def _after(lines: list[str], beginning: str) -> str:
    return next(line.removeprefix(beginning) for line in lines if line.startswith(beginning))


@contextlib.contextmanager
def serve(data_dir: Path, **settings: str) -> Iterator[Live]:
    """A server of one's own, for tests that need other settings or that break it."""
    port = str(free_port())
    with database() as database_url, contextlib.ExitStack() as stack:
        environment = environment_for(data_dir, database_url, HOST="127.0.0.1", PORT=port, **settings)
        _collect_static(environment)
        process, lines = start(environment)
        stack.callback(stop, process)
        registrar = Registrar(environment)
        stack.callback(registrar.close)
        admin, password = _after(lines, "Sign in:  ").split(" / ")
        tracking_uri = _after(lines, "export MLFLOW_TRACKING_URI=")
        yield Live(
            url=_after(lines, "Web:      ").rstrip("/"),
            lines=lines,
            admin=admin,
            password=password,
            token=_after(lines, "export MLFLOW_TRACKING_TOKEN="),
            tracking_uri=tracking_uri,
            project_id=int(tracking_uri.split("/projects/")[1].split("/")[0]),
            data_dir=data_dir,
            process=process,
            environment=environment,
            registrar=registrar,
        )


def _collect_static(environment: dict[str, str]) -> None:
    command = [sys.executable, str(ROOT / "manage.py"), "collectstatic", "--noinput", "--verbosity=0"]
    subprocess.run(command, env=environment, cwd=ROOT, check=True)


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with serve(tmp_path_factory.mktemp("live")) as server:
        yield server
        said = (server.data_dir / "log-stderr").read_text()
    assert "Traceback" not in said, f"the live server met a bug:\n{said}"


@pytest.fixture
def tenant(live: Live) -> Tenant:
    """A project of this test's own on the live server."""
    return live.tenant()
