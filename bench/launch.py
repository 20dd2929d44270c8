"""Starting a server as a process of a session of its own, and ending all of it."""

import os
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from bench import processes

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
# What would make a server another one than the one that is meant.
UNWANTED = (
    "DATABASE_URL",
    "DJANGO_SETTINGS_MODULE",
    "MLFLOW_",
    "PYTEST_",
    "REDIS_URL",
    "EXTERNAL_URL",
    "ALLOWED_HOSTS",
)


class Ended(OSError):
    """The server is not there any more."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def environment(**more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(UNWANTED)} | more


@dataclass
class Launch:
    """`said` and `complained` are where its output goes; a start begins the first anew."""

    command: list[str]
    folder: Path
    environment: dict[str, str]
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    @property
    def said(self) -> Path:
        return self.folder / "stdout.log"

    @property
    def complained(self) -> Path:
        return self.folder / "stderr.log"

    @property
    def pid(self) -> int:
        if self.process is None:
            raise RuntimeError("it has not been started")
        return self.process.pid

    def start(self) -> None:
        with self.said.open("wb") as stdout, self.complained.open("ab") as stderr:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )

    def end(self) -> None:
        if self.process is not None:
            processes.end(self.process.pid)
            self.process.wait(30)
            self.process = None

    def must_live(self) -> None:
        if self.process is None or self.process.poll() is not None:
            raise Ended(f"the server ended:\n{self.complained.read_text()[-2000:]}")
