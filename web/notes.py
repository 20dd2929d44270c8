"""Markdown that people wrote, as HTML that is safe to show."""

from lib.notes import html

__all__ = ["html"]
