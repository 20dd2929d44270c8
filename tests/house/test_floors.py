"""A package imports only from floors below, its tables refer only to floors below, and each room has its trade."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).resolve().parents[2]
# Bottom to top; pyproject.toml says the same to import-linter.
FLOORS = ["accounts", "projects", "audit", "webhooks", "ci", "packages", "tracking", "registry", "web api", "mlops"]
HEIGHTS = {name: height for height, names in enumerate(FLOORS) for name in names.split()}

# (files, what they may not import, except these files)
TRADES = [
    ("*/services/**/*.py", ("django.http", "rest_framework", "django.shortcuts"), ()),
    ("*/models/**/*.py", ("django.http", "rest_framework", "celery"), ()),
    ("*/entities/**/*.py", ("django.db", "django.http"), ()),
    ("*/tasks.py", ("django.db", "django.http"), ()),
    ("**/*.py", ("django.core.files.storage", "storages", "boto3", "botocore"), ("packages/store",)),
    ("**/*.py", ("mlops",), ("mlops/", "manage.py")),
]


def sources(pattern: str) -> list[str]:
    """Our own modules, as relative paths."""
    packages = [*HEIGHTS, "lib", "search"]
    found = [path.relative_to(ROOT) for package in packages for path in (ROOT / package).rglob("*.py")]
    return sorted(str(path) for path in found if path.match(pattern) or pattern == "**/*.py")


def imports(file: str) -> Iterator[str]:
    for node in ast.walk(ast.parse((ROOT / file).read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_package_stands_on_its_floor() -> None:
    command = [Path(sys.executable).parent / "lint-imports", "--no-logo", "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_foreign_keys_point_down() -> None:
    upwards = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model is not None
        if not points_down(model._meta.app_label, field.related_model._meta.app_label)
    ]
    assert upwards == []


def points_down(source: str, target: str) -> bool:
    if source not in HEIGHTS or target not in HEIGHTS:  # one of Django's own
        return source not in HEIGHTS or target == "contenttypes"
    return source == target or HEIGHTS[target] < HEIGHTS[source]


@pytest.mark.parametrize(("files", "forbidden", "exceptions"), TRADES)
def test_each_room_has_its_trade(files: str, forbidden: tuple[str, ...], exceptions: tuple[str, ...]) -> None:
    wrong = [
        f"{file} imports {name}"
        for file in sources(files)
        if not file.startswith(exceptions or ("\0",))
        for name in imports(file)
        if any(name == banned or name.startswith(f"{banned}.") for banned in forbidden)
    ]
    assert wrong == []


def test_the_environment_is_read_in_one_file() -> None:
    readers = [file for file in sources("**/*.py") if "os.environ" in (ROOT / file).read_text()]
    # Both only say which settings module is meant, as Django's own templates do.
    assert readers == ["mlops/asgi.py", "mlops/celery.py"]
