"""The lexer: text to tokens, lazily, each character looked at a bounded number of times.

A name is one token with all its dotted parts, quotes and all: metrics.`a b`, tags.mlflow.user, "start_time".
Whether a double-quoted token is a name or a value is for the parser to say, as it is in MLflow.
"""

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

from search.errors import SearchError, shown

MAX_LENGTH = 100_000
"""Characters in one filter or order_by clause; far more than a client composes."""

# Possessive quantifiers: a number that turns out to be a word (1e5x) is given up at once, not digit by digit.
_NUMBER = re.compile(r"-?+(?>[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][+-]?+[0-9]++)?+(?!\w)")
_WORD = re.compile(r"\w++")
_SPACE = re.compile(r"\s*+")
_OPERATOR = re.compile(r"[<>=!~]++")
# No database text can hold NUL and no UTF-8 can hold a lone surrogate, so nothing stored could match them.
_IMPOSSIBLE = re.compile("[\x00\ud800-\udfff]")


_KEYWORDS = frozenset({"AND", "OR", "NOT", "IN", "IS", "NULL", "LIKE", "ILIKE", "RLIKE", "REGEXP", "BETWEEN"})


class TokenKind(Enum):
    NAME = auto()  # words, `…` and "…", dotted or not; keywords too
    STRING = auto()  # '…'
    NUMBER = auto()
    OPERATOR = auto()
    OTHER = auto()  # one character: punctuation, or what the language has no use for


class Token(NamedTuple):
    """A piece of the text, spelled as it was. `parts` are those of a NAME, still quoted."""

    kind: TokenKind
    text: str
    position: int
    parts: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """The keyword that this may be, in capitals; quoted and dotted names are no keywords."""
        return self.text.upper() if self.kind is TokenKind.NAME else ""

    @property
    def is_keyword(self) -> bool:
        return self.word in _KEYWORDS

    @property
    def is_string(self) -> bool:
        """Whether this can be a value: '…', or a name that is nothing but "…"."""
        return self.kind is TokenKind.STRING or (len(self.parts) == 1 and self.text[0] == '"')


def check_text(text: str) -> None:
    """Refuse, before anything is read, what is too long or can be in no stored text."""
    if len(text) > MAX_LENGTH:
        message = f"The text is {len(text)} characters long; at most {MAX_LENGTH} are read"
        raise SearchError(message, MAX_LENGTH)
    if found := _IMPOSSIBLE.search(text):
        raise SearchError(f"Invalid character U+{ord(found.group()):04X}", found.start())


def tokenize(text: str) -> Iterator[Token]:
    """The tokens of a text that `check_text` let pass."""
    position = _skip_space(text, 0)
    while position < len(text):
        token = _token(text, position)
        yield token
        position = _skip_space(text, position + len(token.text))


def unquote(text: str) -> str:
    """The text without the quotes around it, if it has them. Escapes stay: MLflow resolves none."""
    return text[1:-1] if text[0] in "'\"`" else text


def _skip_space(text: str, position: int) -> int:
    found = _SPACE.match(text, position)
    return found.end() if found else position


def _token(text: str, start: int) -> Token:
    for kind, pattern in ((TokenKind.NUMBER, _NUMBER), (TokenKind.OPERATOR, _OPERATOR)):
        if found := pattern.match(text, start):
            return Token(kind, found.group(), start)
    if text[start] == "'" and (end := _quoted_end(text, start)):
        return Token(TokenKind.STRING, text[start:end], start)
    if parts := _parts(text, start):
        return Token(TokenKind.NAME, ".".join(parts), start, parts)
    return Token(TokenKind.OTHER, text[start], start)


def _parts(text: str, start: int) -> tuple[str, ...]:
    parts: list[str] = []
    end = _part_end(text, start)
    while end:
        parts.append(text[start:end])
        start = end + 1
        end = _part_end(text, start) if text[end : end + 1] == "." else 0
    return tuple(parts)


def _part_end(text: str, start: int) -> int:
    if text[start : start + 1] in ("'", '"', "`"):
        return _quoted_end(text, start)
    found = _WORD.match(text, start)
    return found.end() if found else 0


def _quoted_end(text: str, start: int) -> int:
    """Where the quoted text at `start` ends, or 0.

    A doubled quote and one behind a backslash do not end it, unless no other does: 'C:\\dir\\' is a value.
    """
    quote, fallback = text[start], 0
    at = text.find(quote, start + 1)
    while at != -1:
        if _escaped(text, start, at):
            fallback, at = at + 1, at + 1
        elif text.startswith(quote, at + 1):
            fallback, at = at + 1, at + 2
        else:
            return at + 1
        at = text.find(quote, at)
    return fallback


def _escaped(text: str, start: int, at: int) -> bool:
    return text[start] != "`" and at - 1 > start and text[at - 1] == "\\"


class Tokens:
    """A text being read, one token ahead."""

    def __init__(self, text: str) -> None:
        check_text(text)
        self.text = text
        self._rest = tokenize(text)
        self.next = next(self._rest, None)

    def take(self) -> Token:
        """The next token; the text may not end here."""
        token = self.poll()
        if token is None:
            message = f"Invalid clause(s) in filter string: '{shown(self.text)}' is incomplete"
            raise SearchError(message, len(self.text))
        return token

    def poll(self) -> Token | None:
        """The next token, or None where the text ends."""
        token = self.next
        self.next = next(self._rest, None)
        return token

    def take_word(self, word: str) -> bool:
        """Whether the next token was this keyword, which is then gone."""
        if self.next is None or self.next.word != word:
            return False
        self.take()
        return True

    def expect_word(self, word: str) -> None:
        if not self.take_word(word):
            raise self.unexpected()

    def unexpected(self, token: Token | None = None) -> SearchError:
        """The refusal of the given token, or of the next."""
        token = token or self.take()
        return SearchError(f"Invalid clause(s) in filter string: '{shown(token.text)}'", token.position)
