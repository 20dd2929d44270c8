"""Starts a scanning process, gives it the bytes that it asks for, and takes what it found."""

import json
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Timer
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
# Seconds, whatever the content is.
MOST_TIME = 600
_START = "import sys; sys.path.insert(0, sys.argv[1]); from packages.scanner.child import main; main()"
_LONGEST_LINE = 1024**2

Read = Callable[[int, int], bytes]


@dataclass(frozen=True)
class Scanned:
    """`findings` are `{"severity", "what", "where"}`: short, plain texts, the gravest first."""

    verdict: str
    findings: list[dict[str, str]]


def scan(size: int, names: list[str], read: Read, *, seconds: float = MOST_TIME) -> Scanned:
    """`read(offset, length)` gives those bytes of the content. What `read` raises, this raises.

    A scan that breaks or takes longer than `seconds` gives the verdict `unreadable`.
    """
    # -I and no environment: nothing of the service's reaches it.
    process = subprocess.Popen(  # noqa: S603 - our own code
        [sys.executable, "-I", "-c", _START, str(ROOT)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={},
    )
    with process:
        clock = Timer(seconds, process.kill)
        clock.daemon = True
        clock.start()
        try:
            found = _served(process.stdin, process.stdout, {"size": size, "names": names}, read)
        finally:
            late = not clock.is_alive()
            clock.cancel()
            process.kill()
    return found or _failed(f"it took longer than {seconds:.0f} seconds" if late else "the scanner broke on it")


def _served(to: Any, answers: Any, asked: dict[str, Any], read: Read) -> Scanned | None:
    question = json.dumps(asked).encode()
    try:
        _send(to, struct.pack("!I", len(question)) + question)
        while line := answers.readline(_LONGEST_LINE):
            said = json.loads(line)
            if "verdict" in said:
                return Scanned(said["verdict"], said["findings"])
            content = read(said["offset"], said["length"])
            _send(to, content)
    except (BrokenPipeError, json.JSONDecodeError):
        return None
    return None


def _send(pipe: Any, content: bytes) -> None:
    pipe.write(content)
    pipe.flush()


def _failed(reason: str) -> Scanned:
    return Scanned("unreadable", [{"severity": "unreadable", "what": reason, "where": ""}])
