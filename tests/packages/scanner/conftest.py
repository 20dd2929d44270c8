"""Contents that were made to do harm, and contents that were not."""

import io
import os
import pickle
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from packages.scanner.process import Scanned, scan


class Calls:
    """Unpickled, it would call `function`."""

    def __init__(self, function: Any, *args: Any) -> None:
        self.function, self.args = function, args

    def __reduce__(self) -> Any:
        return self.function, self.args


def evil(protocol: int = 4) -> bytes:
    return pickle.dumps([1, Calls(os.system, "touch /tmp/scanned-and-run")], protocol)


def zipped(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def tarred(members: Mapping[str, bytes], mode: str = "w") -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode=mode) as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return made.getvalue()


@pytest.fixture
def scanned() -> Callable[..., Scanned]:
    def scan_(content: bytes, name: str = "file.txt", **more: Any) -> Scanned:
        return scan(len(content), [name], lambda at, length: content[at : at + length], **more)

    return scan_
