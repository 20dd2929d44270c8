"""The table of expected answers, `matrix.md`: what its columns mean, and what a row says of each caller."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from accounts.scopes import SCOPES
from projects.roles import Visibility

FILE = Path(__file__).with_name("matrix.md")

PEOPLE = ["nobody", "stranger", "Guest", "Rep.", "Dev.", "Maint.", "Owner", "admin"]
OF_PAGES = ["method", "address", *PEOPLE, "open", "public"]
OF_APIS = [*OF_PAGES, "bot", "deploy", "foreign", "dead", "scopes"]

LEGEND = ["column", "who asks"]

YES, SIGN_IN = "✓", "→"
REFUSED = {"401", "403", "404"}
PRIVATE, INTERNAL, PUBLIC = Visibility.PRIVATE, Visibility.INTERNAL, Visibility.PUBLIC


@dataclass(frozen=True)
class Cell:
    """What one caller gets in a place that is seen by those, and by what part of the table."""

    caller: str
    seen: Visibility
    expected: str


@dataclass(frozen=True)
class Row:
    cells: dict[str, str]

    def __str__(self) -> str:
        return f"{self.cells['method']} {self.cells['address']}"

    def __hash__(self) -> int:
        return hash(str(self))

    @property
    def is_page(self) -> bool:
        return "scopes" not in self.cells

    @property
    def scopes(self) -> set[str]:
        named = self.cells["scopes"].split()
        return {scope for scope in SCOPES if any(fnmatch(scope, pattern) for pattern in named)}

    def expected(self) -> Iterator[Cell]:
        yield from (Cell(who, PRIVATE, self.cells[who]) for who in PEOPLE)
        yield from self._in_the_open()
        yield from (self._of_pages() if self.is_page else self._of_tokens())

    def _in_the_open(self) -> Iterator[Cell]:
        """Internal is for whoever is signed in, public for all; there a Guest may read what a Reporter may."""
        stranger, nobody = self.cells["open"], self.cells["public"]
        yield Cell("nobody", INTERNAL, self.cells["nobody"])
        yield Cell("stranger", INTERNAL, stranger)
        yield Cell("nobody", PUBLIC, nobody)
        yield Cell("stranger", PUBLIC, stranger)
        yield Cell("Guest", PUBLIC, self.cells["Rep." if of_a_project(self.cells["address"]) else "Guest"])

    def _of_pages(self) -> Iterator[Cell]:
        """No page looks at tokens, and who is blocked is not signed in."""
        yield from (Cell(who, PRIVATE, self.cells["nobody"]) for who in ("blocked", "carrying"))
        yield Cell("blocked", PUBLIC, self.cells["public"])

    def _of_tokens(self) -> Iterator[Cell]:
        where = "group" if "/groups/<group>" in self.cells["address"] else "project"
        yield Cell(f"{where}'s api", PRIVATE, self.cells["bot"])
        yield from (Cell(who, PRIVATE, self.cells[who]) for who in ("deploy", "foreign"))
        yield Cell("foreign", INTERNAL, self.cells["open" if where_is_seen(self.cells["address"]) else "foreign"])
        for who in ("expired", "revoked", "blocked"):
            yield from (Cell(who, seen, self.cells["dead"]) for seen in (PRIVATE, PUBLIC))
        # There are no job tokens yet: who sends one shows nothing.
        yield Cell("job", PRIVATE, self.cells["nobody"])
        yield Cell("job", PUBLIC, self.cells["public"])
        yield from self._of_scopes(where)

    def _of_scopes(self, where: str) -> Iterator[Cell]:
        """Of the first who may at all: the Owner, else an administrator, else the place's own bot."""
        columns = {"Owner": "", "admin": "admin's ", "bot": f"{where}'s "}
        whose = next((who for who in columns if self.cells[who] not in {*REFUSED, SIGN_IN}), None)
        if whose is None:
            return
        for scope in SCOPES:
            may = scope in self.scopes
            yield Cell(f"{columns[whose]}{scope}", PRIVATE, self.cells[whose] if may else "403")


def of_a_project(address: str) -> bool:
    return "<project>" in address or "/signed/" in address


def where_is_seen(address: str) -> bool:
    """Whether the address is in a place that has a visibility, or of a person, who is seen where their places are."""
    return of_a_project(address) or any(part in address for part in ("<group>", "<namespace>", "<user>"))


def rows() -> list[Row]:
    """Below a heading that names an address, addresses are what follows it."""
    found, columns, above = [], [], ""
    for line in FILE.read_text().splitlines():
        if line.startswith("#"):
            above = next(iter(re.findall(r"`(/.*)`", line)), "")
        if not line.startswith("|"):
            columns = []
            continue
        said = [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        if not columns:
            columns = said
            assert columns in (LEGEND, OF_PAGES, OF_APIS), f"unknown columns: {columns}"
        elif columns != LEGEND and set(line) - set("|-: "):
            assert len(said) == len(columns), line
            cells = dict(zip(columns, said, strict=True))
            found.append(Row({**cells, "address": above + cells["address"]}))
    return found


def headings() -> list[str]:
    """The addresses that headings name."""
    return re.findall(r"^#.*`(/.*)`", FILE.read_text(), re.MULTILINE)


def fitting(lines: list[list[str]]) -> Iterator[str]:
    """Lines of a Markdown table, each cell as wide as the widest of its column."""
    widths = [max(len(row[at]) for row in lines) for at in range(len(lines[0]))]
    for row in lines:
        yield "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
