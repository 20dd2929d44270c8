"""Files of a model version: its tree, and each file up and down. Paths start in the version."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct

from api import bodies, parsing
from api.rest import pages
from api.rest.endpoint import TOO_MUCH, File, Nothing, Zip
from api.rest.entities import registry as entities
from api.rest.registered_models import ModelChange, ModelEndpoint
from lib.errors import NotFound
from packages import downloads, paths
from packages.models import PackageFile
from packages.services.files import Entry
from projects.roles import Ability
from registry.models import ModelVersion
from registry.services import files

NO_FILE = "404 File Not Found"


Entity = entities.FileEntity | entities.FolderEntity


class ListFiles(ModelEndpoint):
    """What lies directly in the folder `path`, or with `recursive` all files below it. Folders do not exist without a
    file: one that has none is empty."""

    class Params(pages.Paged):
        path: str = ""
        recursive: bool = False

    def handle(self, p: Params, name: str, version: str) -> pages.Page[Entity]:
        found = self.version(name, version)
        if p.recursive:
            return pages.answer(self.request, p, files.all_below(found, p.path), _teller(found))
        return pages.answer(self.request, p, Folder(found, files.entries(found, p.path)), lambda told: told)


class Folder(Sequence[Entity]):
    """A folder's entries, told when they are asked for: the files of a page by one query."""

    def __init__(self, version: ModelVersion, entries: list[Entry]) -> None:
        self._version = version
        self._entries = entries

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, part: Any) -> Any:
        entries = self._entries[part]
        kept = files.by_path(self._version, [entry.path for entry in entries if not entry.is_folder])
        tell = _teller(self._version)
        shown = [entry for entry in entries if entry.is_folder or entry.path in kept]
        return [entities.folder(entry) if entry.is_folder else tell(kept[entry.path]) for entry in shown]


def _teller(version: ModelVersion) -> Callable[[PackageFile], entities.FileEntity]:
    return lambda file: entities.file(files.shown(version, file), file)


class GetArchive(ModelEndpoint):
    """All files of a version, or those in the folder `path`, as a zip."""

    ability = Ability.READ_PACKAGES

    class Params(Struct):
        path: str = ""

    def handle(self, p: Params, name: str, version: str) -> Zip:
        return downloads.zipped(self.request, files.archive(self.version(name, version), p.path))


class GetFile(ModelEndpoint):
    """A file of a version; `Range` and `HEAD` are understood."""

    ability = Ability.READ_PACKAGES

    def handle(self, p: Nothing, name: str, version: str, path: str) -> File:
        found = self.version(name, version)
        if self.request.method == "HEAD":
            return downloads.described(files.find(found, path))
        return downloads.whole_or_part(files.opened(found, path, downloads.wanted_part(self.request)))


class UploadFile(ModelChange):
    """A file of a version that is not published: the body, whatever its content type. One that is there is replaced."""

    status = 201
    refuses = TOO_MUCH
    takes = "*/*"

    def parse(self) -> Any:
        """The query alone: the body is read where it is kept."""
        return parsing.from_query(self.request, self.Params)

    def handle(self, p: Nothing, name: str, version: str, path: str) -> entities.FileEntity:
        found = self.version(name, version)
        body, size = bodies.chunks(self.request), bodies.length(self.request)
        kept = files.upload(found, path, body, by=self.identity.user, size=size)
        return entities.file(files.shown(found, kept), kept)


class DeleteFile(ModelChange):
    """A file of a version that is not published, or a folder with all that is in it."""

    method = "DELETE"

    def handle(self, p: Nothing, name: str, version: str, path: str) -> None:
        found = self.version(name, version)
        path = paths.relative(path.removesuffix("/"))
        if not (files.by_path(found, [path]) or files.below(found, path).exists()):
            raise NotFound(NO_FILE)
        files.delete(found, path)
