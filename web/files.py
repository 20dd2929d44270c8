"""The files of a run, logged model or version as a tree, open along one path, and a look into the file at its end."""

from dataclasses import dataclass, field
from typing import Protocol

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from lib.errors import InvalidInput, NotFound
from packages import downloads, paths
from packages.models import PackageFile
from packages.services.files import Entry, Opened, Part
from projects.models import Project
from registry.models import ModelVersion
from registry.services import files as version_files
from tracking.models import LoggedModel
from tracking.services import artifacts
from tracking.services.artifacts import Owner
from web import previews
from web.previews import Look

MOST_IN_FOLDER = 1000
PREVIEW = 64 * 1024
LARGEST_IMAGE = 10 * 1024**2
# SVG is not among them: it is a document that can hold scripts.
IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp")


@dataclass
class Node:
    """A file or folder. `children` are there where a folder is open, `hidden` is how many more it has."""

    entry: Entry
    name: str
    chosen: bool = False
    open: bool = False
    children: list["Node"] = field(default_factory=list)
    hidden: int = 0


@dataclass
class Preview:
    """The chosen file, of `size` bytes; `file` is None where the project does not keep it, and then nothing is made of
    it. `text` is its beginning, None where it is not text; `cut` when there is more of it. `look` is what is made of
    the text, where something better can be made than showing it."""

    path: str
    size: int
    file: PackageFile | None = None
    is_image: bool = False
    text: str | None = None
    cut: bool = False
    look: Look = field(default_factory=Look)


@dataclass
class Tree:
    """`folder` is the one that is open, "" for the topmost."""

    root: Node
    preview: Preview | None
    folder: str


class Files(Protocol):
    """Whose files these are."""

    def entries(self, folder: str) -> list[Entry]: ...

    def find(self, path: str) -> PackageFile | None:
        """None for what lies elsewhere."""

    def opened(self, path: str, part: Part) -> Opened: ...


@dataclass(frozen=True)
class Logged:
    """Those of a run or logged model."""

    project: Project
    owner: Owner

    def entries(self, folder: str) -> list[Entry]:
        return artifacts.of(self.owner, folder)

    def find(self, path: str) -> PackageFile | None:
        if self.owner.experiment.location:
            return None
        return artifacts.find(self.project, address(self.owner, path))

    def opened(self, path: str, part: Part) -> Opened:
        return artifacts.opened(self.project, address(self.owner, path), part)


@dataclass(frozen=True)
class OfVersion:
    """Paths are relative to the version's folder."""

    version: ModelVersion

    def entries(self, folder: str) -> list[Entry]:
        return version_files.entries(self.version, folder)

    def find(self, path: str) -> PackageFile:
        return version_files.find(self.version, path)

    def opened(self, path: str, part: Part) -> Opened:
        return version_files.opened(self.version, path, part)


def tree(files: Files, path: str) -> Tree:
    """Open down to `path`, a file or folder ("" for neither). NotFound when there is nothing there."""
    path = paths.relative(path)
    root = Node(Entry(""), "", open=True)
    wanted = [*paths.folders(path), path] if path else []
    node = root
    for step in ["", *wanted]:
        node = root if not step else _child(node, step)
        if not node.entry.is_folder:
            break
        _open(files, node, keep=wanted)
    node.chosen = bool(path)
    chosen = None if node.entry.is_folder else _preview(files, node.entry, path)
    return Tree(root, chosen, folder=path if node.entry.is_folder else path.rpartition("/")[0])


def download(request: HttpRequest, project: Project, owner: Owner, path: str) -> HttpResponseBase:
    """A file of a run or logged model; what the project does not keep itself, from the bucket that does."""
    if owner.experiment.location:
        return redirect(artifacts.outside_address(owner, path)[0])
    place = address(owner, path)
    if request.method == "HEAD":
        return downloads.described(artifacts.find(project, place))
    return downloads.whole_or_part(artifacts.opened(project, place, downloads.wanted_part(request)))


def address(owner: Owner, path: str) -> str:
    """Where the artifact services find it."""
    place = f"models/{owner.uuid}" if isinstance(owner, LoggedModel) else owner.uuid
    return f"{owner.experiment.iid}/{place}/artifacts/{path}"


def _open(files: Files, node: Node, *, keep: list[str]) -> None:
    entries = sorted(files.entries(node.entry.path), key=lambda entry: (not entry.is_folder, entry.path))
    shown = [entry for place, entry in enumerate(entries) if place < MOST_IN_FOLDER or entry.path in keep]
    node.open = True
    node.children = [Node(entry, paths.name(entry.path)) for entry in shown]
    node.hidden = len(entries) - len(shown)


def _child(node: Node, path: str) -> Node:
    for child in node.children:
        if child.entry.path == path:
            return child
    raise NotFound(f"No such artifact: '{path}'")


def _preview(files: Files, entry: Entry, path: str) -> Preview:
    file = files.find(path)
    if file is None:
        if entry.path != path:
            raise NotFound(f"No such artifact: '{path}'")
        return Preview(path, entry.size or 0)
    size = file.blob.size
    preview = Preview(path, size, file, is_image=path.lower().endswith(IMAGES) and size <= LARGEST_IMAGE)
    if not preview.is_image:
        preview.text = _beginning(files, path) if size else ""
        preview.cut = size > PREVIEW
        preview.look = previews.of(path, preview.text or "", cut=preview.cut)
    return preview


def _beginning(files: Files, path: str) -> str | None:
    try:
        opened = files.opened(path, Part(0, PREVIEW - 1))
    except InvalidInput:
        return None  # replaced by an empty file just now
    try:
        raw = b"".join(opened.reading)
    finally:
        opened.reading.close()
    return _text(raw)


def _text(raw: bytes) -> str | None:
    """None for what is not UTF-8. The cut may have gone through the middle of a character."""
    for ending in range(4):
        try:
            text = raw[: len(raw) - ending].decode()
        except UnicodeDecodeError:
            continue
        return None if "\x00" in text else text
    return None
