"""The type of a file is the same on every machine, whatever its own table says."""

import mimetypes

import pytest

from packages.downloads import _content_type

TYPES = {
    "a.json": "application/json", "a.yaml": "application/yaml", "a.yml": "application/yaml",
    "MLmodel": "application/octet-stream", "a.csv": "text/csv", "a.parquet": "application/vnd.apache.parquet",
    "a.pkl": "application/octet-stream", "a.joblib": "application/octet-stream", "a.txt": "text/plain",
    "a.log": "text/plain", "a.md": "text/markdown", "a.png": "image/png", "a.jpg": "image/jpeg",
    "a.webp": "image/webp", "a.svg": "image/svg+xml", "a.html": "text/html", "a.pdf": "application/pdf",
    "a.onnx": "application/octet-stream", "a.safetensors": "application/octet-stream",
    "a.pt": "application/octet-stream", "a.npy": "application/octet-stream", "a.npz": "application/zip",
    "a.zip": "application/zip", "a.tar": "application/x-tar", "a.tar.gz": "application/gzip",
    "a.toml": "application/toml",
    "a.h5": "application/x-hdf5", "a.xml": "text/xml", "a.py": "text/x-python", "a.JSON": "application/json",
    "a": "application/octet-stream", "a.unheard-of": "application/octet-stream",
    "data:text/html,x": "application/octet-stream", "http://x.html?a": "application/octet-stream",
}  # fmt: skip


@pytest.mark.parametrize(("name", "kind"), TYPES.items())
def test_types(name: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mimetypes.add_type("text/x-of-this-machine", ".parquet")
    assert _content_type(name) == kind
