"""What the client asks about the server itself."""

from typing import Any

from django.http import HttpResponse

from api.mlflow.endpoint import MlflowEndpoint, Nothing
from projects.roles import Ability

# The release of MLflow whose REST API is spoken. Clients compare it before they use what is newer.
MLFLOW_VERSION = "3.17.2"


class ServerInfo(MlflowEndpoint):
    method = "GET"
    ability = Ability.READ_PROJECT

    def handle(self, p: Nothing) -> Any:
        return {"store_type": "SqlStore", "workspaces_enabled": False}


class Version(MlflowEndpoint):
    method = "GET"
    ability = Ability.READ_PROJECT

    def handle(self, p: Nothing) -> Any:
        return HttpResponse(MLFLOW_VERSION, content_type="text/plain")


class Health(MlflowEndpoint):
    method = "GET"
    ability = Ability.READ_PROJECT

    def handle(self, p: Nothing) -> Any:
        return HttpResponse("OK", content_type="text/plain")
