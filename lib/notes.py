"""Markdown that people wrote, as HTML that is safe to show: rendered without raw HTML, then cleaned as well."""

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

LONGEST = 100_000

_TAGS = set(
    "a blockquote br code del em h1 h2 h3 h4 h5 h6 hr img li ol p pre s strong table tbody td th thead tr ul".split()
)
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "code": {"class"}, "ol": {"start"}}
_markdown = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


def html(text: str) -> SafeString:
    """ "" for none. What is beyond 100,000 characters is not rendered."""
    if not text.strip():
        return SafeString("")
    rendered = _markdown.render(text[:LONGEST])
    clean = nh3.clean(
        rendered,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    return mark_safe(clean)  # noqa: S308 - it has just been cleaned
