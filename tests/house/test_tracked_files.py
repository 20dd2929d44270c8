"""What is in the repository speaks of the project alone."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VAGUE = {"utils.py", "util.py", "helpers.py", "helper.py", "common.py", "base.py", "misc.py"}
# Spelled in pieces, so that this file does not find itself.
MACHINE = re.compile("|".join(["/ro" + "ot/", "/ho" + "me/", "/wo" + "rk/", "/Us" + "ers/[a-z]{2}", "/op" + "t/pypi"]))
REGISTRY = re.compile("|".join(["pypi" + r"\.org", "pythonhosted" + r"\.org", "npmjs" + r"\.(org|com)"]))


def tracked() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def texts() -> dict[str, str]:
    found = {}
    for path in tracked():
        try:
            found[str(path.relative_to(ROOT))] = path.read_text()
        except UnicodeDecodeError:
            continue
    return found


# Django looks for a database backend's class in a module of this name.
NAMED_BY_DJANGO = {"lib/sqlite3/base.py"}


def test_every_module_is_named_for_something() -> None:
    vague = {str(path.relative_to(ROOT)) for path in tracked() if path.name in VAGUE}
    assert vague - NAMED_BY_DJANGO == set()


def test_tests_are_no_packages() -> None:
    assert [str(path) for path in tracked() if path.name == "__init__.py" and "tests" in path.parts] == []


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    # A user's folder inside the image's own description is none of anybody's machine.
    assert [name for name, text in texts().items() if MACHINE.search(text)] == []


def test_no_file_names_a_package_registry() -> None:
    assert [name for name, text in texts().items() if REGISTRY.search(text)] == []


@pytest.mark.parametrize("name", ["run", "test", "lint", "bench"])
def test_lock_files_pin_with_hashes_and_without_addresses(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert "://" not in text
    pins = re.findall(r"^[a-zA-Z0-9].*$", text, re.MULTILINE)
    assert pins
    assert all("==" in pin and pin.endswith("\\") for pin in pins)
    assert len(re.findall(r"--hash=sha256:[0-9a-f]{64}", text)) >= len(pins)


def test_test_and_lint_pin_what_runs_at_the_same_version() -> None:
    def pins(name: str) -> set[str]:
        text = (ROOT / "requirements" / f"{name}.txt").read_text()
        return set(re.findall(r"^[a-zA-Z0-9][^ \\]*==[^ \\]+", text, re.MULTILINE))

    assert pins("run") - pins("test") == set()
    assert pins("run") - pins("lint") == set()


def test_the_pages_lock_file_has_no_addresses() -> None:
    lock = json.loads((ROOT / "package-lock.json").read_text())
    parts = {name: part for name, part in lock["packages"].items() if name}
    assert parts
    assert all("integrity" in part and "resolved" not in part for part in parts.values())


def test_migrations_are_complete() -> None:
    command = [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_migrations_are_named_for_what_they_do() -> None:
    automatic = [str(path) for path in tracked() if re.match(r"\d{4}_auto_|\d{4}_alter_.*_and_more", path.name)]
    assert automatic == []
