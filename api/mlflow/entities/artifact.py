from collections.abc import Iterable
from typing import Any

from packages import paths
from packages.services.files import Entry


def files(entries: Iterable[Entry], *, names_only: bool = False) -> dict[str, Any]:
    """`mlflow.entities.FileInfo`s on the wire; sizes in bytes. What is empty is left out, as MLflow does."""
    told = [_file(entry, paths.name(entry.path) if names_only else entry.path) for entry in entries]
    return {"files": told} if told else {}


def _file(entry: Entry, path: str) -> dict[str, Any]:
    told: dict[str, Any] = {"path": path, "is_dir": entry.is_folder}
    return told if entry.is_folder else {**told, "file_size": entry.size}
