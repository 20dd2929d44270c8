"""The description of all of this, in OpenAPI's words. It is the same for everybody."""

from typing import Annotated

from django.http import HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag

from accounts.scopes import SCOPES
from api.rest.endpoint import Nothing, RestEndpoint

Json = Annotated[HttpResponseBase, "application/json"]
Yaml = Annotated[HttpResponseBase, "application/yaml"]


class _Description(RestEndpoint, abstract=True):
    method = "GET"
    scopes = tuple(SCOPES)
    anonymous = True
    kind: str

    def handle(self, p: Nothing) -> HttpResponseBase:
        # What writes it is not needed by anything else, and is loaded by the first who asks.
        from api.openapi import document

        written = document.written(self.kind)
        etag = quote_etag(written.digest)
        told = HttpResponse(written.body, content_type=f"application/{self.kind}", headers={"ETag": etag})
        patch_cache_control(told, public=True, no_cache=True)
        return get_conditional_response(self.request, etag=etag, response=told) or told


class GetDescriptionAsJson(_Description):
    """All addresses of both dialects, what they take and answer, as OpenAPI 3.1."""

    kind = "json"
    answers = {200: Json, 304: None}


class GetDescriptionAsYaml(_Description):
    """The same as YAML."""

    kind = "yaml"
    answers = {200: Yaml, 304: None}
