"""A file made to break the scanner breaks nothing, and what was not looked at is said."""

import gzip
import io
import os
import pickle
import subprocess
import sys
import time
import tracemalloc
import zipfile
from typing import Any

import pytest

from packages.scanner import content, process
from tests.packages.scanner.conftest import evil, tarred, zipped


def nested(depth: int) -> bytes:
    content = evil()
    for _ in range(depth):
        content = zipped({"inner": content})
    return content


def encrypted() -> bytes:
    return zipped({"a": b"1"}).replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00")


UNREADABLE = {
    "nested too deep": (nested(8), "deep"),
    "too many members": (zipped({str(number): b"" for number in range(10_001)}), "10,000 files"),
    "encrypted": (encrypted(), "encrypted"),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(100), "7z"),
    "Zstandard": (b"\x28\xb5\x2f\xfd" + bytes(100), "Zstandard"),
    "cut zip": (zipped({"a": os.urandom(5000)})[:3000], "damaged"),
    "cut gzip of a pickle": (gzip.compress(pickle.dumps(os.urandom(9000)))[:5000], "breaks off"),
    "cut pickle": (pickle.dumps(list(range(1000)))[:-5], "breaks off"),
    "stack without end": (b"\x80\x02" + b"]" * 1_000_010, "objects at once"),
    "tar cut off": (tarred({"a": bytes(5000)})[:2000], "damaged"),
}


@pytest.mark.parametrize(("bytes_", "reason"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_cannot_be_looked_at_is_said(scanned: Any, bytes_: bytes, reason: str) -> None:
    found = scanned(bytes_)
    assert found.verdict == "unreadable", found
    assert reason in found.findings[0]["what"]


def test_what_is_named_like_a_pickle_and_is_none_is_said(scanned: Any) -> None:
    assert scanned(b"garbage", "model.pkl").verdict == "unreadable"
    assert scanned(b"", "model.pkl").verdict == "irrelevant"


def test_an_inner_archive_is_copied_up_to_a_limit(monkeypatch: Any) -> None:
    monkeypatch.setattr(content, "LARGEST_INNER", 1024**2)
    found = content.scan(io.BytesIO(zipped({"bomb": b"PK\x03\x04" + bytes(2 * 1024**2)})), [])
    assert (found.verdict, found.findings[0]["what"]) == ("unreadable", "an archive in an archive of more than 1 MiB")


def test_all_that_is_expanded_is_counted(monkeypatch: Any) -> None:
    monkeypatch.setattr(content, "MOST_EXPANDED", 1024**2)
    found = content.scan(io.BytesIO(gzip.compress(pickle.dumps(bytes(2 * 1024**2)))), [])
    assert (found.verdict, found.findings[0]["what"]) == (
        "unreadable",
        "it expands to more than the 1 MiB that are looked at",
    )


def test_a_bomb_is_not_expanded(scanned: Any) -> None:
    start = time.monotonic()
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(str(number), bytes(50 * 1024**2))
    made = time.monotonic()
    assert scanned(bomb.getvalue()).verdict == "clean"
    assert time.monotonic() - made < 5 + (made - start)


def test_an_endless_pickle_ends(scanned: Any) -> None:
    start = time.monotonic()
    found = scanned(gzip.compress(b"\x80\x02" + b"N0" * 20_000_000), seconds=2)
    assert time.monotonic() - start < 10
    assert found.verdict == "unreadable"
    assert found.findings[0]["what"] == "it took longer than 2 seconds"


def test_a_scanner_that_dies_is_said(scanned: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(process, "_START", "import os; os.abort()")
    assert scanned(b"anything").findings[0]["what"] == "the scanner broke on it"


def test_what_reading_raises_reaches_the_caller_and_the_process_ends() -> None:
    def read(offset: int, length: int) -> bytes:
        raise FileNotFoundError

    with pytest.raises(FileNotFoundError):
        process.scan(10, ["a"], read)


def test_the_scanner_knows_nothing_of_the_service() -> None:
    """No Django, no environment: what breaks out of it finds no secret."""
    code = f"{process._START.replace('main()', 'print(sorted(sys.modules))')}"
    done = subprocess.run(
        [sys.executable, "-I", "-c", code, str(process.ROOT)], capture_output=True, text=True, check=True, env={}
    )
    assert "django" not in done.stdout
    assert "SECRET" not in done.stdout


@pytest.mark.parametrize("kind", ["pickle", "zip"])
def test_a_gigabyte_is_scanned_in_little_memory(kind: str) -> None:
    """Neither here nor in the scanner, whose own limit of addresses would end it."""
    size = 1024**3
    start = b"\x80\x04\x8e" + size.to_bytes(8, "little") if kind == "pickle" else zipped({"a": b"1"})
    end = b"\x94cos\nsystem\n(tR." if kind == "pickle" else b""
    whole = len(start) + size + len(end)
    asked = 0

    def read(offset: int, length: int) -> bytes:
        nonlocal asked
        asked += length
        part = start[offset : offset + length]
        part += bytes(max(min(len(start) + size - max(offset, len(start)), length - len(part)), 0))
        return (part + end[max(offset - len(start) - size, 0) :])[:length] if end else part[:length]

    tracemalloc.start()
    found = process.scan(whole, ["large.bin"], read)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found.verdict == ("dangerous" if kind == "pickle" else "unreadable")
    assert peak < 8 * 1024**2
    assert asked < 8 * 1024**2, "data are skipped, not read"
