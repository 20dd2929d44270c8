"""CSV for spreadsheets: made line by line, and no cell is taken for a formula."""

import csv
from collections.abc import Iterable, Iterator
from typing import Any


class _Echo:
    """What the csv module writes to."""

    def write(self, line: str) -> str:
        return line


def lines(header: list[str], rows: Iterable[list[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(header)
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


def cell(value: Any) -> str:
    """As text; what a spreadsheet would calculate is opened by an apostrophe, which it shows as what it is."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip().startswith(("=", "+", "-", "@")) or text.startswith(("\t", "\r", "\n")) else text
