"""What a content is, told by its bytes and not by its name, and what in it could run.

Archives are looked into within limits: what is beyond one is not looked at, and that is said.
"""

import bz2
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from tempfile import TemporaryFile
from typing import IO, Any

from packages.scanner import judgement, pickles
from packages.scanner.streams import Budget, Exhausted, Stream, Unreadable

HEAD = 64 * 1024
DEEPEST = 5
MOST_MEMBERS = 10_000
MOST_NAMES = 10_000
MOST_EXPANDED = 2 * 1024**3
# Of an archive in an archive: it is read back and forth, so it needs a place on the disk.
LARGEST_INNER = 512 * 1024**2
MOST_FINDINGS = 50

IRRELEVANT, UNREADABLE = "irrelevant", "unreadable"
# The gravest decides.
ORDER = [judgement.DANGEROUS, UNREADABLE, judgement.SUSPICIOUS, judgement.CLEAN, IRRELEVANT]

_PICKLE_NAME = re.compile(r"\.(pkl|pickle|joblib|pt|pth|npy|npz)$", re.IGNORECASE)
_UNSUPPORTED = {
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!\x1a\x07": "RAR",
    b"\x28\xb5\x2f\xfd": "Zstandard",
    b"\x04\x22\x4d\x18": "LZ4",
}
_DAMAGED = (zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError)
_TOO_ODD = (RuntimeError, NotImplementedError, UnicodeError, OverflowError, LookupError, TypeError)


@dataclass
class Report:
    """`findings` are `{"severity", "what", "where"}`, the gravest first."""

    verdict: str = IRRELEVANT
    findings: list[dict[str, str]] = field(default_factory=list)
    _seen: set[tuple[str, str, str]] = field(default_factory=set)

    def raise_to(self, verdict: str) -> None:
        self.verdict = min(self.verdict, verdict, key=ORDER.index)

    def add(self, severity: str, what: str, where: str) -> None:
        self.raise_to(severity)
        found = (severity, plain(what), plain(where))
        if found not in self._seen and (len(self._seen) < MOST_FINDINGS or severity == judgement.DANGEROUS):
            self._seen.add(found)
            self.findings.append(dict(zip(("severity", "what", "where"), found, strict=True)))
            self.findings.sort(key=lambda one: ORDER.index(one["severity"]))
            del self.findings[MOST_FINDINGS:]


def plain(text: str, longest: int = 200) -> str:
    """Printable, and not long: names come from the file."""
    shown = "".join(character if character.isprintable() else "\ufffd" for character in text[: longest + 1])
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def scan(file: Any, names: list[str]) -> Report:
    """`file` is a whole seekable one; `names` are what it is called where it is kept."""
    report = Report()
    scanner = _Scanner(report)
    try:
        scanner.file(file, "", depth=0)
    except Exhausted as error:
        report.add(UNREADABLE, str(error), "")
    named = next(filter(_PICKLE_NAME.search, names), "")
    if named and report.verdict == IRRELEVANT and file.seek(0, io.SEEK_END):
        report.add(UNREADABLE, "it is named like a pickle, and is none that can be read", "")
    return report


class NotIt(Exception):
    """It only began like one."""


class _Scanner:
    def __init__(self, report: Report) -> None:
        self._report = report
        self._budget = Budget(MOST_EXPANDED)
        self._members = 0
        self._names: dict[tuple[str, str], str] = {}

    def file(self, file: Any, where: str, *, depth: int) -> None:
        """One that can be read back and forth."""
        file.seek(0)
        head = file.read(HEAD)
        file.seek(0)
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")) or _ends_like_a_zip(file):
            self._within(self._zip, file, where, depth, doubtful=not head.startswith(b"PK"))
            if head.startswith(b"PK"):
                return
        file.seek(0)
        unlimited = Budget(2**63)
        self.stream(Stream(file, unlimited), where, depth=depth)

    def stream(self, stream: Stream, where: str, *, depth: int) -> None:
        """One that can be read once."""
        head = stream.peek(HEAD)
        look = self._looks(head)
        if look is not None:
            self._within(look, stream, where, depth)

    def _looks(self, head: bytes) -> Callable[..., None] | None:
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return self._inner_zip
        for magic, name in _UNSUPPORTED.items():
            if head.startswith(magic):
                return lambda stream, where, depth: self._unsupported(name, where)
        if head.startswith(b"\x93NUMPY"):
            return self._numpy
        if _decompressor(head) is not None:
            return self._compressed
        pickled = pickles.looks_like_one(head, whole=len(head) < HEAD)
        if _is_tar(head):
            return self._deceiving if pickled else self._tar
        return self._pickle if pickled else None

    def _within(
        self, look: Callable[..., None], source: Any, where: str, depth: int, *, doubtful: bool = False
    ) -> None:
        """What is wrong with a part is said, and the other parts are still looked at."""
        if depth > DEEPEST:
            raise Exhausted(f"it holds archives in archives, more than {DEEPEST} deep")
        try:
            look(source, where, depth)
            self._report.raise_to(judgement.CLEAN)
        except Exhausted:
            raise
        except NotIt:
            return
        except Unreadable as error:
            self._report.add(UNREADABLE, str(error), where)
        except (*_DAMAGED, *_TOO_ODD) as error:
            if not doubtful:
                self._report.add(UNREADABLE, f"it is damaged or made oddly: {error or type(error).__name__}", where)

    def _deceiving(self, stream: Stream, where: str, depth: int) -> None:
        self._report.add(judgement.DANGEROUS, "is an archive and a pickle at once, which is made to deceive", where)

    def _unsupported(self, name: str, where: str) -> None:
        raise Unreadable(f"it is compressed with {name}, which is not looked into")

    def _pickle(self, stream: Stream, where: str, depth: int) -> None:
        def tell(module: str, name: str, certain: bool) -> None:
            severity = self._judged(module, name)
            if severity == judgement.DANGEROUS:
                self._report.add(severity, f"imports {module} {name}, which can run code or reach files", where)
            elif severity != judgement.CLEAN and certain:
                self._report.add(severity, f"imports {module} {name}, of which the scanner knows nothing", where)

        certain = stream.peek(1) == b"\x80"
        try:
            pickles.imports(stream, tell)
        except pickles.Broken:
            if certain or self._report.findings:
                raise
            raise NotIt from None

    def _judged(self, module: str, name: str) -> str:
        if (module, name) not in self._names:
            if len(self._names) >= MOST_NAMES:
                raise Exhausted(f"it imports more than {MOST_NAMES:,} names")
            self._names[module, name] = judgement.of(module, name)
        return self._names[module, name]

    def _numpy(self, stream: Stream, where: str, depth: int) -> None:
        """An array of objects is a pickle behind a header."""
        version = stream.read(8)[6]
        length = int.from_bytes(stream.read(2 if version == 1 else 4), "little")
        if length > HEAD:
            raise Unreadable("its header is too long")
        if b"O" in stream.read(length) and pickles.looks_like_one(stream.peek(HEAD)):
            self._pickle(stream, where, depth)

    def _compressed(self, stream: Stream, where: str, depth: int) -> None:
        certain = stream.peek(1) not in (b"x", b"]")
        inner = Stream(_Expanded(stream), self._budget)
        try:
            inner.peek(1)
        except (zlib.error, lzma.LZMAError):
            if certain:
                raise
            raise NotIt from None
        self.stream(inner, where, depth=depth + 1)

    def _inner_zip(self, stream: Stream, where: str, depth: int) -> None:
        with TemporaryFile() as copy:
            while piece := stream.read(32 * 1024):
                if copy.tell() + len(piece) > LARGEST_INNER:
                    raise Unreadable(f"an archive in an archive of more than {LARGEST_INNER // 1024**2} MiB")
                copy.write(piece)
            self._zip(copy, where, depth)

    def _zip(self, file: IO[bytes], where: str, depth: int) -> None:
        with zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                self._count(member.filename, where)
                if not member.is_dir():
                    self._within(_Member(self, archive, member), None, _inside(where, member.filename), depth)

    def _tar(self, stream: Stream, where: str, depth: int) -> None:
        # Read from front to back: nothing is unpacked, and no name becomes a path.
        with tarfile.open(fileobj=_Plain(stream), mode="r|") as archive:  # type: ignore[call-overload]
            for member in archive:
                self._count(member.name, where)
                if member.issym() or member.islnk():
                    self._check_name(member.linkname, where, "a link in it leads out of the archive")
                content = archive.extractfile(member) if member.isreg() else None
                if content is not None:
                    inner = Stream(content, self._budget)
                    self.stream(inner, _inside(where, member.name), depth=depth + 1)
                archive.members = []

    def _count(self, name: str, where: str) -> None:
        self._members += 1
        if self._members > MOST_MEMBERS:
            raise Exhausted(f"it holds more than {MOST_MEMBERS:,} files")
        self._check_name(name, where, "a name in it leads out of the folder it is unpacked to")

    def _check_name(self, name: str, where: str, what: str) -> None:
        parts = name.replace("\\", "/").split("/")
        if ".." in parts or name.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", name):
            self._report.add(judgement.SUSPICIOUS, f"{what}: {name}", where)


class _Member:
    """A look into one file of a zip."""

    def __init__(self, scanner: _Scanner, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        self._scanner, self._archive, self._member = scanner, archive, member

    def __call__(self, source: None, where: str, depth: int) -> None:
        if self._member.flag_bits & 1:
            raise Unreadable("it is encrypted")
        with self._archive.open(self._member) as content:
            self._scanner.stream(Stream(content, self._scanner._budget), where, depth=depth + 1)


class _Plain:
    """A stream that gives all that is asked for, for `tarfile`."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        return b"".join(self._pieces(size))

    def _pieces(self, size: int) -> Any:
        while size > 0 and (piece := self._stream.read(min(size, 32 * 1024))):
            size -= len(piece)
            yield piece


class _Expanded:
    """What a compressed stream expands to, a little at a time."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        made = _decompressor(stream.peek(6))
        if made is None:
            raise Unreadable("it is compressed in a way that is not known")
        self._decompressor: Any = made
        self._waiting = b""

    def read(self, size: int) -> bytes:
        while not self._decompressor.eof:
            raw = self._waiting
            if not raw and getattr(self._decompressor, "needs_input", True):
                raw = self._stream.read(32 * 1024)
                if not raw:
                    return b""
            piece: bytes = self._decompressor.decompress(raw, size)
            self._waiting = getattr(self._decompressor, "unconsumed_tail", b"")
            if piece:
                return piece
        return b""


def _decompressor(head: bytes) -> Any:
    if head.startswith(b"\x1f\x8b"):
        return zlib.decompressobj(wbits=31)
    if re.match(rb"\x78[\x01\x5e\x9c\xda]", head):
        return zlib.decompressobj()
    if re.match(rb"BZh[1-9]", head):
        return bz2.BZ2Decompressor()
    if head.startswith((b"\xfd7zXZ\x00", b"]\x00\x00")):
        return lzma.LZMADecompressor(memlimit=256 * 1024**2)
    return None


def _is_tar(head: bytes) -> bool:
    try:
        tarfile.TarInfo.frombuf(head[:512], "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError):
        return False
    return True


def _ends_like_a_zip(file: Any) -> bool:
    """Readers of zips look for their directory at the end, whatever stands before."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(size - 66_000, 0))
    return b"PK\x05\x06" in file.read(66_000)


def _inside(where: str, name: str) -> str:
    return f"{where} → {name}" if where else name
