"""Markdown as HTML. https://docs.gitlab.com/api/markdown/"""

from typing import Annotated, TypedDict

from msgspec import Meta, Struct

from api.rest.endpoint import RestEndpoint
from lib import notes


class Rendered(TypedDict):
    html: str


class RenderMarkdown(RestEndpoint):
    """The same rendering, and the same cleaning, as on the pages."""

    method = "POST"
    scopes = ("api",)

    class Params(Struct, kw_only=True):
        text: Annotated[str, Meta(max_length=notes.LONGEST)]
        gfm: bool = False
        project: str = ""

    def handle(self, p: Params) -> Rendered:
        return {"html": notes.html(p.text) + ""}  # no longer of Django's own kind of text
