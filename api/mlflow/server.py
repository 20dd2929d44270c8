"""What the client asks about the server itself."""

from typing import Annotated, Any

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase

from api.mlflow.endpoint import MlflowEndpoint, Nothing
from projects.roles import Ability

# The release of MLflow whose REST API is spoken. Clients compare it before they use what is newer.
MLFLOW_VERSION = "3.17.2"

Text = Annotated[HttpResponseBase, "text/plain"]


class ServerInfo(MlflowEndpoint):
    method = "GET"
    ability = Ability.READ_PROJECT
    serves_files = True

    def handle(self, p: Nothing) -> Any:
        # Where a bucket takes and gives the bytes, the client should send and fetch them in parts without being told.
        direct = settings.ARTIFACTS_MODE == "direct"
        enabled = {"multipart_uploads_enabled": direct, "multipart_downloads_enabled": direct}
        return {"store_type": "SqlStore", "workspaces_enabled": False, **enabled}


class Version(MlflowEndpoint):
    method = "GET"
    ability = Ability.READ_PROJECT
    serves_files = True

    def handle(self, p: Nothing) -> Text:
        return HttpResponse(MLFLOW_VERSION, content_type="text/plain")


class Health(MlflowEndpoint):
    method = "GET"
    ability = Ability.READ_PROJECT
    serves_files = True

    def handle(self, p: Nothing) -> Text:
        return HttpResponse("OK", content_type="text/plain")
