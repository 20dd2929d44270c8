"""A run's artifacts as a tree that is open along one path, and a look into the file at its end."""

from dataclasses import dataclass, field

from lib.errors import InvalidInput, NotFound
from packages import paths
from packages.services.files import Entry, Part
from projects.models import Project
from tracking.models import Run
from tracking.services import artifacts

MOST_IN_FOLDER = 1000
PREVIEW = 64 * 1024
LARGEST_IMAGE = 10 * 1024**2
IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp", ".svg")


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
    """The chosen file. `text` is its beginning, None where it is not text; `cut` when there is more of it."""

    path: str
    size: int
    is_image: bool = False
    text: str | None = None
    cut: bool = False


@dataclass
class Tree:
    root: Node
    preview: Preview | None


def tree(project: Project, run: Run, path: str) -> Tree:
    """Open down to `path`, a file or folder ("" for neither). NotFound when there is nothing there."""
    path = paths.relative(path)
    root = Node(Entry(""), "", open=True)
    wanted = [*paths.folders(path), path] if path else []
    node = root
    for step in ["", *wanted]:
        node = root if not step else _child(node, step)
        if not node.entry.is_folder:
            break
        _open(run, node, keep=wanted)
    node.chosen = bool(path)
    size = node.entry.size
    return Tree(root, None if size is None else _preview(project, run, path, size))


def address(run: Run, path: str) -> str:
    """Where the artifact services find it."""
    return f"{run.experiment.iid}/{run.uuid}/artifacts/{path}"


def _open(run: Run, node: Node, *, keep: list[str]) -> None:
    entries = sorted(artifacts.of(run, node.entry.path), key=lambda entry: (not entry.is_folder, entry.path))
    shown = [entry for place, entry in enumerate(entries) if place < MOST_IN_FOLDER or entry.path in keep]
    node.open = True
    node.children = [Node(entry, paths.name(entry.path)) for entry in shown]
    node.hidden = len(entries) - len(shown)


def _child(node: Node, path: str) -> Node:
    for child in node.children:
        if child.entry.path == path:
            return child
    raise NotFound(f"No such artifact: '{path}'")


def _preview(project: Project, run: Run, path: str, size: int) -> Preview:
    preview = Preview(path, size, is_image=path.lower().endswith(IMAGES) and size <= LARGEST_IMAGE)
    if not preview.is_image:
        preview.text = _beginning(project, run, path) if size else ""
        preview.cut = size > PREVIEW
    return preview


def _beginning(project: Project, run: Run, path: str) -> str | None:
    try:
        opened = artifacts.opened(project, address(run, path), Part(0, PREVIEW - 1))
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
