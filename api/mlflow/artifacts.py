"""Artifacts by run or model, and by address. https://mlflow.org/docs/latest/rest-api.html#list-artifacts

What is below `mlflow-artifacts/` is what the client makes of an `artifact_uri`: mlflow's `http_artifact_repo.py`.
"""

from typing import Any

from django.conf import settings
from django.http import HttpResponseBase
from django.shortcuts import redirect
from msgspec import Struct

from api import bodies
from api.mlflow.endpoint import MlflowEndpoint, Nothing
from api.mlflow.entities import artifact as entities
from api.mlflow.runs import OfRun, RunEndpoint
from packages import downloads
from projects.roles import Ability
from tracking.services import artifacts


def sent(endpoint: MlflowEndpoint, address: str) -> HttpResponseBase:
    """The file, or in direct mode where the bucket has it."""
    if _may_be_sent_on(endpoint):
        return redirect(downloads.address(artifacts.find(endpoint.project, address)))
    part = downloads.wanted_part(endpoint.request)
    return downloads.whole_or_part(artifacts.opened(endpoint.project, address, part))


def _may_be_sent_on(endpoint: MlflowEndpoint) -> bool:
    """HTTP clients do not take `Authorization` along to another host, but any other header, as `PRIVATE-TOKEN`; whoever
    sends that is served from here."""
    return settings.ARTIFACTS_MODE == "direct" and "PRIVATE-TOKEN" not in endpoint.request.headers


class ListRunArtifacts(RunEndpoint):
    """One folder of a run, by paths in the run. It comes whole, so `page_token` is of no use."""

    method = "GET"
    ability = Ability.READ_EXPERIMENTS

    class Params(OfRun):
        path: str = ""
        page_token: str = ""

    def handle(self, p: Params) -> Any:
        run = self.run(p)
        return {"root_uri": run.artifact_uri, **entities.files(artifacts.of(run, p.path))}


class ListLoggedModelArtifacts(MlflowEndpoint):
    """One folder of a logged model, by paths in the model."""

    method = "GET"
    ability = Ability.READ_EXPERIMENTS

    class Params(Struct):
        artifact_directory_path: str = ""
        page_token: str = ""

    def handle(self, p: Params, model_id: str) -> Any:
        model = self.project.logged_models.active().with_id(model_id)
        found = artifacts.of(model, p.artifact_directory_path)
        return {"root_uri": model.artifact_uri, **entities.files(found)}


class ListArtifacts(MlflowEndpoint):
    """The folder at an address; of each entry only the last segment is told, as in MLflow."""

    method = "GET"
    ability = Ability.READ_EXPERIMENTS
    serves_files = True

    class Params(Struct):
        path: str = ""

    def handle(self, p: Params) -> Any:
        return entities.files(artifacts.at(self.project, p.path), names_only=True)


class DownloadArtifact(MlflowEndpoint):
    method = "GET"
    ability = Ability.READ_PACKAGES
    serves_files = True

    def handle(self, p: Nothing, address: str) -> HttpResponseBase:
        return sent(self, address)


class DescribeArtifact(MlflowEndpoint):
    method = "HEAD"
    ability = Ability.READ_PACKAGES
    serves_files = True

    def handle(self, p: Nothing, address: str) -> HttpResponseBase:
        return downloads.described(artifacts.find(self.project, address))


class UploadArtifact(MlflowEndpoint):
    """The body is the file, whatever its content type. In direct mode a larger one is sent on to the bucket (307)."""

    method = "PUT"
    ability = Ability.WRITE_EXPERIMENTS
    serves_files = True
    takes = "*/*"

    def parse(self) -> None:
        """Nothing: the body is read where it is kept."""

    def handle(self, p: None, address: str) -> Any:
        by, size = self.identity.user, bodies.length(self.request)
        if size and _may_be_sent_on(self):
            elsewhere = artifacts.invite(self.project, address, by=by, size=size)
            if elsewhere:
                return redirect(elsewhere, preserve_request=True)
        artifacts.upload(self.project, address, bodies.chunks(self.request), by=by, size=size)
        return {}


class DeleteArtifact(MlflowEndpoint):
    """A file, or a folder with all that is in it."""

    method = "DELETE"
    ability = Ability.WRITE_EXPERIMENTS
    serves_files = True

    def parse(self) -> None:
        """Nothing: the address says it all, and the client sends no body."""

    def handle(self, p: None, address: str) -> Any:
        artifacts.delete(self.project, address)
        return {}
