"""Whatever it is wrapped in and called, what would run is found, and never run."""

import bz2
import functools
import gzip
import importlib
import io
import lzma
import os
import pickle
import subprocess
import zipfile
import zlib
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest

from tests.packages.scanner.conftest import Calls, evil, tarred, zipped

NUMPY_OBJECTS = io.BytesIO()
np.save(NUMPY_OBJECTS, np.array([Calls(os.system, "true")], dtype=object), allow_pickle=True)

WRAPPED = {
    **{f"protocol {number}": evil(number) for number in range(6)},
    "eval": pickle.dumps(Calls(eval, "1")),
    "exec": pickle.dumps(Calls(exec, "1"), 2),
    "subprocess": pickle.dumps(Calls(subprocess.check_output, ["true"])),
    "an import by name": pickle.dumps(Calls(importlib.import_module, "os")),
    "partial": pickle.dumps(functools.partial(os.system, "true")),
    "a way through attributes": b"\x80\x04\x8c\x07logging\x8c\x09os.system\x93\x8c\x02id\x85R.",
    "a name that is computed": b"\x80\x04\x8c\x02os\x8c\x06systemN\x85\x93\x8c\x02id\x85R.",
    "an extension": b"\x80\x02\x82\x01(tR.",
    "the second of two pickles": pickle.dumps("harmless") + evil(),
    "cut off after it ran": evil()[:-1],
    "after much that does nothing": b"N0" * 100_000 + b"cos\nsystem\n(S'id'\ntR.",
    "old torch": b"".join(pickle.dumps(part, 2) for part in (0x1950A86A20F9469CFC6C, 1001, {}))
    + evil(2) + pickle.dumps([]) + b"\x00" * 1000,
    "torch": zipped({"archive/data.pkl": evil(2), "archive/data/0": bytes(4000)}, zipfile.ZIP_STORED),
    "a member of another name": zipped({"readme.txt": evil()}),
    "zip in zip in zip": zipped({"a.bin": zipped({"b.bin": zipped({"c": evil()})})}),
    "behind a script": b"#!/bin/sh\nexit\n" + zipped({"a": evil()}),
    "tar": tarred({"model/data.bin": evil()}),
    "tar.gz": tarred({"model/data.bin": evil(0)}, "w:gz"),
    "tar in zip": zipped({"a.tar": tarred({"b": evil()})}),
    "gzip": gzip.compress(evil()),
    "bzip2": bz2.compress(evil()),
    "xz": lzma.compress(evil()),
    "zlib": zlib.compress(evil()),
    "numpy objects": NUMPY_OBJECTS.getvalue(),
    "npz": zipped({"arr_0.npy": NUMPY_OBJECTS.getvalue()}),
}  # fmt: skip


@pytest.mark.parametrize("content", WRAPPED.values(), ids=WRAPPED)
@pytest.mark.parametrize("name", ["model.pkl", "readme.txt"])
def test_it_is_found(scanned: Any, content: bytes, name: str) -> None:
    found = scanned(content, name)
    assert found.verdict == "dangerous", found
    assert found.findings[0]["severity"] == "dangerous"
    assert not Path("/tmp/scanned-and-run").exists()


def test_it_is_found_behind_arrays_of_joblib(scanned: Any, tmp_path: Path) -> None:
    joblib.dump([np.arange(1000.0), np.array(["a", None], dtype=object), Calls(os.system, "true")], tmp_path / "m")
    assert scanned((tmp_path / "m").read_bytes(), "m.joblib").verdict == "dangerous"


@pytest.mark.parametrize("dtype", ["f8", "O"])
def test_what_only_joblib_would_take_for_an_array_is_not_skipped(scanned: Any, dtype: str) -> None:
    wrapper = joblib.numpy_pickle.NumpyArrayWrapper(np.ndarray, (100,), "C", np.dtype(dtype))
    found = scanned(pickle.dumps(wrapper, 2)[:-1] + evil(2) + b"x" * 800, "m.joblib")
    assert found.verdict in ("dangerous", "unreadable")


def test_what_is_both_an_archive_and_a_pickle_is_found(scanned: Any) -> None:
    content = bytearray(tarred({"cos\nsystem\n(S'id'\ntR.": b"harmless"}))
    assert scanned(bytes(content), "a.tar").verdict == "dangerous"


def test_findings_say_what_and_where_in_plain_words_and_not_without_end(scanned: Any) -> None:
    members = {f"{number}\x1b[31m{'x' * 300}.bin": evil() for number in range(80)}
    found = scanned(zipped(members), "a.zip")
    assert len(found.findings) == 50
    assert found.findings[0]["what"] == "imports posix system, which can run code or reach files"
    for finding in found.findings:
        assert set(finding) == {"severity", "what", "where"}
        assert all(len(text) <= 200 and text.isprintable() for text in finding.values())


def test_names_that_lead_out_of_an_archive_are_told(scanned: Any) -> None:
    for content in (tarred({"../../etc/cron.d/x": b"hi"}), zipped({"..\\x": b"hi"}), zipped({"/etc/x": b"hi"})):
        found = scanned(content)
        assert found.verdict == "suspicious"
        assert "leads out of the folder" in found.findings[0]["what"]
