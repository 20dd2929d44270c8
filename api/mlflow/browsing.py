"""Files of a run or logged model by its id: what the official UI asks for, beside the addresses of the client."""

from typing import Annotated, Any

from django.http import HttpResponseBase
from django.shortcuts import redirect
from msgspec import Meta, Struct

from api import bodies, parsing
from api.fields import Required
from api.mlflow.artifacts import sent
from api.mlflow.endpoint import MlflowEndpoint
from api.mlflow.runs import OfRun, RunEndpoint
from lib.errors import InvalidInput
from packages import downloads, store
from projects.roles import Ability
from tracking.models import LoggedModel, Run
from tracking.services import artifacts

# In seconds: what S3 takes.
LONGEST_EXPIRATION = 604_800


class GetRunArtifact(RunEndpoint):
    method = "GET"
    ability = Ability.READ_PACKAGES

    class Params(OfRun):
        path: Required

    def handle(self, p: Params) -> HttpResponseBase:
        return sent_of(self, self.run(p), p.path)


class GetLoggedModelArtifact(MlflowEndpoint):
    method = "GET"
    ability = Ability.READ_PACKAGES

    class Params(Struct):
        artifact_file_path: Required

    def handle(self, p: Params, model_id: str) -> HttpResponseBase:
        model = self.project.logged_models.active().with_id(model_id)
        return sent_of(self, model, p.artifact_file_path)


class UploadRunArtifact(RunEndpoint):
    """The body is the file; `run_uuid` and `path` stand in the query string."""

    takes = "*/*"

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
    """Where a bucket gives the file for a while. What the service keeps on its own disk is refused as the stock server
    refuses it in its proxied mode."""

    method = "POST"
    ability = Ability.READ_PACKAGES
    what = "download"

    class Params(Struct):
        path: Required
        run_id: str = ""
        model_id: str = ""
        expiration: Annotated[int, Meta(ge=1, le=LONGEST_EXPIRATION)] = downloads.ADDRESS_LIFETIME

    def handle(self, p: Params) -> Any:
        if bool(p.run_id) == bool(p.model_id):
            raise InvalidInput("Exactly one of run_id and model_id must be provided.")
        found = self.project.runs.with_id(p.run_id) if p.run_id else self.project.logged_models.with_id(p.model_id)
        return self.presigned(found, p)

    def presigned(self, owner: Run | LoggedModel, p: Params) -> Any:
        if owner.experiment.location:
            url, size = artifacts.outside_address(owner, p.path)
        elif store.is_bucket():
            file = artifacts.find(self.project, address_in(owner, p.path))
            url, size = downloads.address(file), file.blob.size
        else:
            raise self.unsupported(owner)
        return {"presigned_url": url, "headers": {}, "file_size": size}

    def unsupported(self, owner: Run | LoggedModel) -> InvalidInput:
        return InvalidInput(
            f"Presigned {self.what} is not supported for proxied artifact storage ({owner.artifact_uri}): "
            "read and write it at that address instead."
        )


class PresignUpload(PresignArtifact):
    """Where a bucket takes the file, if the experiment keeps its files there itself. What the project keeps has to be
    measured before it is seen, and after such an upload nobody says that it has ended: `mpu/create` does that."""

    ability = Ability.WRITE_EXPERIMENTS
    what = "upload"

    def presigned(self, owner: Run | LoggedModel, p: PresignArtifact.Params) -> Any:
        if not owner.experiment.location:
            raise self.unsupported(owner)
        return {"presigned_url": artifacts.outside_upload(owner, p.path, seconds=p.expiration), "headers": {}}


def sent_of(endpoint: MlflowEndpoint, owner: Run | LoggedModel, path: str) -> HttpResponseBase:
    """The file; of what the project does not keep itself, where the bucket has it."""
    if not owner.experiment.location:
        return sent(endpoint, address_in(owner, path))
    return redirect(artifacts.outside_address(owner, path)[0])


def address_in(owner: Run | LoggedModel, path: str) -> str:
    if owner.experiment.location:
        raise InvalidInput(f"These artifacts are not kept here: read and write them at {owner.artifact_uri}")
    return f"{owner.artifact_uri.removeprefix('mlflow-artifacts:/')}/{path}"
