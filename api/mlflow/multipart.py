"""Large files in parts, which MLflow's client sends and fetches several at once: mlflow's `http_artifact_repo.py`.

It does so when MLFLOW_ENABLE_PROXY_MULTIPART_UPLOAD or _DOWNLOAD is set, or when `server-info` says that it should.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from api import seals, signed
from api.fields import Required
from api.mlflow.endpoint import MlflowEndpoint, Nothing
from lib.errors import Forbidden, InvalidInput
from packages import downloads
from packages.models import Upload
from packages.services import uploads
from projects.roles import Ability
from tracking.services import artifacts

UPLOAD = "upload"

_WINDOWS = re.compile(r"(?:[A-Za-z]:|\\)\\")


class PartTold(Struct):
    """`etag` is what the answer to the part said."""

    part_number: Annotated[int, Meta(ge=1, le=uploads.MOST_PARTS)]
    etag: str = ""


class OfUpload(Struct):
    path: Required
    upload_id: str = ""


class UploadEndpoint(MlflowEndpoint):
    """`address` is the folder, and `path` the file on the client's own disk; its name is taken from there."""

    method = "POST"
    ability = Ability.WRITE_EXPERIMENTS
    serves_files = True

    def place(self, address: str, path: str) -> str:
        if _WINDOWS.match(path):
            path = path.replace("\\", "/")
        return artifacts.address(f"{address}/{path.rpartition('/')[2]}")

    def sealed(self, upload: Upload, place: str) -> str:
        begun = int(upload.created_at.timestamp() * 1_000_000)
        return seals.sealed(UPLOAD, [*self._caller(), place, upload.key.hex, begun])

    def opened(self, upload_id: str, place: str) -> tuple[UUID, datetime]:
        """The upload's key, and when it was begun. NotFound unless it was told to this caller for this place."""
        try:
            *told, key, begun = seals.opened(UPLOAD, upload_id, kinds=(int, int, int, str, str, int))
        except Forbidden:
            raise uploads.gone() from None
        if told != [*self._caller(), place]:
            raise uploads.gone()
        return UUID(key), datetime.fromtimestamp(begun / 1_000_000, UTC)

    def _caller(self) -> list[int]:
        token = self.identity.token
        return [self.project.pk, self.identity.user.pk, token.pk if token else 0]


class CreateUpload(UploadEndpoint):
    """Begin a file in parts: the addresses that its parts are put to, at the bucket or here."""

    class Params(Struct):
        path: Required
        num_parts: int = 1

    def handle(self, p: Params, address: str) -> Any:
        place = self.place(address, p.path)
        upload = artifacts.begin_upload(self.project, place, count=p.num_parts, by=self.identity.user)
        told = [
            {"url": self._address(upload, number), "part_number": number, "headers": {}}
            for number in range(1, p.num_parts + 1)
        ]
        return {"upload_id": self.sealed(upload, place), "credentials": told}

    def _address(self, upload: Upload, number: int) -> str:
        here = uploads.part_address(upload, number)
        return here or signed.part_address(self.request, self.identity, upload, number)


class CompleteUpload(UploadEndpoint):
    """Make the file of its parts. It appears whole, and asking again is answered the same."""

    class Params(OfUpload):
        parts: Annotated[list[PartTold], Meta(max_length=uploads.MOST_PARTS)] = []

    def handle(self, p: Params, address: str) -> Any:
        place = self.place(address, p.path)
        key, begun = self.opened(p.upload_id, place)
        told = {part.part_number: part.etag.strip('"') for part in p.parts}
        if len(told) < len(p.parts):
            raise InvalidInput("A part is named twice", field="parts")
        artifacts.complete_upload(self.project, place, key, told, begun=begun, by=self.identity.user)
        return {}


class AbortUpload(UploadEndpoint):
    """Give up a file in parts; nothing of it stays."""

    class Params(OfUpload):
        pass

    def handle(self, p: Params, address: str) -> Any:
        place = self.place(address, p.path)
        key, _ = self.opened(p.upload_id, place)
        artifacts.abort_upload(self.project, place, key)
        return {}


class PresignedDownload(MlflowEndpoint):
    """Where the file can be read in ranges without a credential for a few minutes: at the bucket, or here."""

    method = "GET"
    ability = Ability.READ_PACKAGES
    serves_files = True

    def handle(self, p: Nothing, address: str) -> Any:
        file = artifacts.find(self.project, address)
        url = downloads.address(file) or signed.file_address(self.request, self.identity, file)
        return {"url": url, "headers": {}, "file_size": file.blob.size}
