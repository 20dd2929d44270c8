"""Semantic versions: their precedence as a text that databases sort, and npm's ranges of them. Pure Python."""
