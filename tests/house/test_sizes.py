"""Files and functions that a reader can hold in mind."""

import ast
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES = 400
FUNCTION_LINES = 30


def tracked(*patterns: str) -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    done = subprocess.run(["git", "ls-files", "-z", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def functions(path: Path) -> list[tuple[str, int]]:
    """(name, lines without the docstring)."""
    return [
        (f"{path.relative_to(ROOT)}::{node.name}", lines(node))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    whole = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    docstring = (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(node) else 0
    return whole - docstring


def ours() -> list[Path]:
    return [path for path in tracked("*.py") if "migrations" not in path.parts]


def test_no_file_is_too_long() -> None:
    written = [*ours(), *tracked("*.html", "*.js", "*.css", "Makefile")]
    long = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in written}
    assert {name: count for name, count in long.items() if count > FILE_LINES} == {}


def test_no_function_is_too_long() -> None:
    found = [item for path in ours() for item in functions(path)]
    assert {name: count for name, count in found if count > FUNCTION_LINES} == {}


def test_most_functions_are_short() -> None:
    counts = sorted(count for path in ours() if "tests" not in path.parts for _, count in functions(path))
    assert counts[len(counts) // 2] < 10
    assert counts[len(counts) * 95 // 100] < 25
