"""Files of a run or logged model by its id: what the official UI asks for, beside the addresses of the client."""

from typing import Any

from django.http import HttpResponseBase
from msgspec import Struct

from api import bodies, parsing
from api.fields import Required
from api.mlflow.endpoint import MlflowEndpoint
from api.mlflow.runs import OfRun, RunEndpoint
from lib.errors import InvalidInput
from packages import downloads
from projects.roles import Ability
from tracking.models import LoggedModel, Run
from tracking.services import artifacts


class GetRunArtifact(RunEndpoint):
    method = "GET"
    ability = Ability.READ_PACKAGES

    class Params(OfRun):
        path: Required

    def handle(self, p: Params) -> HttpResponseBase:
        part = downloads.wanted_part(self.request)
        return downloads.whole_or_part(artifacts.opened(self.project, address_in(self.run(p), p.path), part))


class GetLoggedModelArtifact(MlflowEndpoint):
    method = "GET"
    ability = Ability.READ_PACKAGES

    class Params(Struct):
        artifact_file_path: Required

    def handle(self, p: Params, model_id: str) -> HttpResponseBase:
        model = self.project.logged_models.active().with_id(model_id)
        part = downloads.wanted_part(self.request)
        return downloads.whole_or_part(artifacts.opened(self.project, address_in(model, p.artifact_file_path), part))


class UploadRunArtifact(RunEndpoint):
    """The body is the file; `run_uuid` and `path` stand in the query string."""

    class Params(OfRun):
        path: Required

    def parse(self) -> Any:
        return parsing.from_query(self.request, self.Params)

    def handle(self, p: Params) -> Any:
        address = address_in(self.run(p), p.path)
        body, size = bodies.chunks(self.request), bodies.length(self.request)
        artifacts.upload(self.project, address, body, by=self.identity.user, size=size)
        return {}


class PresignArtifact(MlflowEndpoint):
    """Files go through the service here, which the stock server's proxied mode says in these words too."""

    method = "POST"
    ability = Ability.READ_PACKAGES
    what = "download"

    class Params(Struct):
        path: Required
        run_id: str = ""
        model_id: str = ""

    def handle(self, p: Params) -> Any:
        if bool(p.run_id) == bool(p.model_id):
            raise InvalidInput("Exactly one of run_id and model_id must be provided.")
        found = self.project.runs.with_id(p.run_id) if p.run_id else self.project.logged_models.with_id(p.model_id)
        raise InvalidInput(
            f"Presigned {self.what} is not supported for proxied artifact storage ({found.artifact_uri}): "
            "read and write it at that address instead."
        )


class PresignUpload(PresignArtifact):
    ability = Ability.WRITE_EXPERIMENTS
    what = "upload"


def address_in(owner: Run | LoggedModel, path: str) -> str:
    return f"{owner.artifact_uri.removeprefix('mlflow-artifacts:/')}/{path}"
