"""A file as an HTTP answer: streamed, and harmless in a browser whatever is in it."""

import mimetypes
import re
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

from packages import paths, store
from packages.models import PackageFile
from packages.services.archives import Archive
from packages.services.files import Opened, Part

# A signed address may be used so long, in seconds: the stock server's MLFLOW_PRESIGNED_DOWNLOAD_URL_TTL_SECONDS.
ADDRESS_LIFETIME = 300

_RANGE = re.compile(r"bytes=(?P<first>\d{1,18})?-(?P<last>\d{1,18})?", re.ASCII)
# Not the machine's own table: the same file has the same type everywhere.
_TYPES = mimetypes.MimeTypes(filenames=())
# The standard library's table grows with Python's versions; what people keep here does not change with them.
_OURS = {
    "application/jsonl": [".jsonl", ".ndjson"],
    "application/octet-stream": [".ckpt", ".joblib", ".npy", ".onnx", ".pickle", ".pkl", ".pt", ".pth", ".safetensors"],
    "application/toml": [".toml"],
    "application/vnd.apache.parquet": [".parquet"],
    "application/yaml": [".yaml", ".yml"],
    "application/zip": [".npz", ".zip"],
    "image/avif": [".avif"],
    "image/webp": [".webp"],
    "text/csv": [".csv"],
    "text/markdown": [".markdown", ".md"],
    "text/plain": [".log", ".txt"],
}
for _type, _endings in _OURS.items():
    for _ending in _endings:
        _TYPES.add_type(_type, _ending)
_ENCODED = {"gzip": "application/gzip", "bzip2": "application/x-bzip2", "xz": "application/x-xz"}

# Nobody but the caller may keep it, no browser may run it, no other site may embed it.
_HARMLESS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


def wanted_part(request: HttpRequest) -> Part | None:
    """What `Range` asks for: one range. Any other form is answered with the whole file, as HTTP allows."""
    asked = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if asked is None or not (asked["first"] or asked["last"]):
        return None
    first, last = (int(number) if number else None for number in asked.group("first", "last"))
    if first is not None and last is not None and last < first:
        return None
    return Part(first, last, only_of=_unquoted(request.headers.get("If-Range", "")))


def whole_or_part(opened: Opened) -> HttpResponseBase:
    """200, or 206 when it is not all of the file."""
    size = opened.file.blob.size
    partial = opened.length < size
    answer = StreamingHttpResponse(opened.reading, status=206 if partial else 200)
    _describe(answer, opened.file, opened.length)
    if partial:
        answer["Content-Range"] = f"bytes {opened.start}-{opened.start + opened.length - 1}/{size}"
    return answer


def described(file: PackageFile) -> HttpResponse:
    """The same without the bytes, for HEAD."""
    answer = HttpResponse()
    _describe(answer, file, file.blob.size)
    return answer


def address(file: PackageFile) -> str:
    """Where the store itself gives it for a few minutes, as harmless as here; "" when it does not."""
    return store.address(file.blob.storage_key, seconds=ADDRESS_LIFETIME, headers=named(file.path))


def named(path: str) -> dict[str, str]:
    """What a browser is told of a file by its path: to save it, and as what."""
    name = paths.name(path)
    return {"Content-Disposition": _disposition(name), "Content-Type": _content_type(name)}


def zipped(request: HttpRequest, archive: Archive) -> HttpResponseBase:
    """All of it, or for HEAD what it would be. It cannot be asked for in parts, as it is made anew each time."""
    answer = HttpResponse() if request.method == "HEAD" else StreamingHttpResponse(archive.pieces)
    answer["Content-Type"] = "application/zip"
    answer["Content-Length"] = str(archive.size)
    _save_only(answer, archive.name)
    return answer


def _describe(answer: HttpResponseBase, file: PackageFile, length: int) -> None:
    name = paths.name(file.path)
    answer["Content-Type"] = _content_type(name)
    answer["Content-Length"] = str(length)
    _save_only(answer, name)
    answer["X-Checksum-SHA256"] = file.blob.sha256
    answer["ETag"] = f'"{file.blob.sha256}"'
    answer["Accept-Ranges"] = "bytes"


def _save_only(answer: HttpResponseBase, name: str) -> None:
    answer["Content-Disposition"] = _disposition(name)
    for header, value in _HARMLESS.items():
        answer[header] = value


def _disposition(name: str) -> str:
    return f"attachment; filename*=UTF-8''{quote(name, safe='')}"


def _content_type(name: str) -> str:
    kind, encoding = _TYPES.guess_type(f"./{name}")  # not a URL, whatever is in it
    if encoding:
        return _ENCODED.get(encoding, "application/octet-stream")
    return kind or "application/octet-stream"


def _unquoted(tag: str) -> str:
    """An entity tag without its quotes. A weak one, or a date, matches nothing."""
    return tag.strip().removeprefix('"').removesuffix('"')
