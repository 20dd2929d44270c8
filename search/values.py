"""The right side of a comparison: what was written, read as the type of its field."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NoReturn

from search.errors import SearchError, shown
from search.grammar import Kind, Searchable, Type
from search.names import Target
from search.tokens import Token, TokenKind, unquote

Scalar = str | int | float
Value = Scalar | tuple[str | int, ...] | None

_LIMIT = 2**63
_WHOLE = re.compile(r"-?[0-9]++")
# 64 bits have 19 digits. More are refused unread: converting them costs more than linear time.
_MAX_DIGITS = 40


@dataclass(frozen=True, slots=True)
class Operand:
    """What was written: `text` as it was; one token, or all that stand between the brackets of a list."""

    text: str
    position: int
    tokens: tuple[Token, ...]
    is_list: bool = False


def read(operand: Operand, target: Target, searchable: Searchable) -> Scalar | tuple[str | int, ...]:
    """The value that a field is compared with. SearchError if it is none that the field takes."""
    if operand.is_list:
        return _read_list(operand, target, searchable)
    token = operand.tokens[0]
    value = _READERS[target.field.type](token, target)
    if value is None:
        _refuse(operand, target, searchable)
    return value


def _read_list(operand: Operand, target: Target, searchable: Searchable) -> tuple[str | int, ...]:
    if not target.field.takes_lists:
        if target.kind is Kind.ATTRIBUTE and not target.field.type.is_numeric:
            _refuse_list(operand, searchable)
        _refuse(operand, target, searchable)
    items = _items(operand)
    if target.field.type is Type.QUOTED_INTEGER:
        return tuple(_whole(item, target, operand.position) for item in items)
    return tuple(items)


def _items(operand: Operand) -> list[str]:
    """The strings of a list: 'a', "b", with a comma between each two and perhaps one behind the last."""
    if not operand.tokens:
        message = "expected a non-empty list of string values, but got empty list"
        raise SearchError(f"While parsing a list in the query, {message}", operand.position)
    if any(token.kind is TokenKind.NUMBER for token in operand.tokens):
        message = "expected string value, punctuation, or whitespace, but got different type in list"
        message = f"While parsing a list in the query, {message}: {shown(operand.text)}"
        raise SearchError(message, operand.position)
    for index, token in enumerate(operand.tokens):
        if not (token.text == "," if index % 2 else token.is_string):
            message = "expected a non-empty list of string values, but got ill-formed list."
            raise SearchError(f"While parsing a list in the query, {message}", token.position)
    return [unquote(token.text) for token in operand.tokens[::2]]


def _string(token: Token, _: Target) -> str | None:
    return unquote(token.text) if token.is_string else None


def _loose_string(token: Token, target: Target) -> str | None:
    is_bare = not token.is_keyword and token.text[0] not in "'\"`"
    return token.text if is_bare else _string(token, target)


def _float(token: Token, _: Target) -> float | None:
    return float(token.text) if token.kind is TokenKind.NUMBER else None


def _number(token: Token, target: Target) -> int | float | None:
    if token.kind is not TokenKind.NUMBER:
        return None
    if _WHOLE.fullmatch(token.text):
        return _whole(token.text, target, token.position)
    value = float(token.text)
    if -_LIMIT <= value < _LIMIT:
        return value
    raise _not_a_number(token.text, target, token.position)


def _integer(token: Token, target: Target) -> int | None:
    if token.kind is not TokenKind.NUMBER:
        return None
    return _whole(token.text, target, token.position)


def _quoted_integer(token: Token, target: Target) -> int | None:
    return _whole(unquote(token.text), target, token.position) if token.is_string else None


def _any_integer(token: Token, target: Target) -> int | None:
    return _integer(token, target) if token.kind is TokenKind.NUMBER else _quoted_integer(token, target)


_READERS: Mapping[Type, Callable[[Token, Target], Scalar | None]] = {
    Type.FLOAT: _float,
    Type.NUMBER: _number,
    Type.INTEGER: _integer,
    Type.ANY_INTEGER: _any_integer,
    Type.QUOTED_INTEGER: _quoted_integer,
    Type.STRING: _string,
    Type.LOOSE_STRING: _loose_string,
}


def _whole(text: str, target: Target, position: int) -> int:
    if len(text) <= _MAX_DIGITS and _WHOLE.fullmatch(text) and -_LIMIT <= (value := int(text)) < _LIMIT:
        return value
    raise _not_a_number(text, target, position)


def _not_a_number(text: str, target: Target, position: int) -> SearchError:
    if target.field.type is Type.QUOTED_INTEGER:
        # The one such key is experiment_id, and MLflow answers here as it does to any bad experiment id.
        return SearchError(f"Invalid experiment ID '{shown(text)}'. Experiment ID must be a valid integer.", position)
    return SearchError(f"Invalid value for numeric attribute '{target.key}': '{shown(text)}'", position)


def _refuse_list(operand: Operand, searchable: Searchable) -> NoReturn:
    fields = searchable.named[Kind.ATTRIBUTE]
    takers = sorted(name for name, field in fields.items() if field.takes_lists)
    message = f"Only {takers} attributes support comparison with a list of quoted string values."
    raise SearchError(message, operand.position)


def _refuse(operand: Operand, target: Target, searchable: Searchable) -> NoReturn:
    raise SearchError(_expectation(operand, target, searchable), operand.position)


def _expectation(operand: Operand, target: Target, searchable: Searchable) -> str:
    found = shown(operand.text)
    if target.kind is Kind.METRIC:
        return f"Expected numeric value type for metric. Found {found}"
    if target.field.type.is_numeric:
        return f"Expected numeric value type for numeric attribute: {target.key}. Found {found}"
    if not operand.is_list and operand.tokens[0].kind is TokenKind.NAME:
        quotes = "Use either single or double quotes."
        message = "Parameter value is either not quoted or unidentified quote types used for string value"
        return f"{message} {found}. {quotes}"
    if target.kind is Kind.ATTRIBUTE:
        return searchable.wording.bad_attribute_value.format(found=found)
    if target.kind is Kind.DATASET:
        return f"Expected a quoted string value for dataset attributes. Got value {found}"
    return f"Expected a quoted string value for {target.kind} (e.g. 'my-value'). Got value {found}"
