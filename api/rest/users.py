"""The caller, and the service they talk to."""

from typing import Any

from django.conf import settings

from api.rest.endpoint import Nothing, RestEndpoint
from api.rest.entities import users


class GetUser(RestEndpoint):
    """Who am I? https://docs.gitlab.com/api/users/#retrieve-the-current-user"""

    method = "GET"
    scopes = ("api", "read_api", "read_user")

    def handle(self, p: Nothing) -> dict[str, Any]:
        return users.current_user(self.identity.user)


class GetVersion(RestEndpoint):
    """Which version is this? https://docs.gitlab.com/api/version/"""

    method = "GET"
    scopes = ("api", "read_api", "read_user")

    def handle(self, p: Nothing) -> dict[str, str]:
        return {"version": settings.VERSION, "revision": settings.REVISION}
