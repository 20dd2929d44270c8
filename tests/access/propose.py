"""Rows for the lines of the URL lists that `matrix.md` does not have yet; `python -m tests.access` prints them.

A row is proposed from what the endpoint or page says of itself: the policy's least role, and the scopes that cover it.
It is a proposal: read it as a stranger, a Guest and an Owner would before you paste it.
"""

from typing import Any

from accounts.scopes import SCOPES
from projects import policy
from tests.access.lines import Line, offered
from tests.access.table import OF_APIS, OF_PAGES, PEOPLE, SIGN_IN, YES, fitting, headings, rows


def missing() -> list[Line]:
    have = {str(row) for row in rows()}
    return [line for line in offered() if str(line) not in have]


def stale() -> list[str]:
    offered_now = {str(line) for line in offered()}
    return [str(row) for row in rows() if str(row) not in offered_now]


def proposal(lines: list[Line]) -> str:
    """A table under each heading of `matrix.md` that has rows to come."""
    told = []
    for above in sorted({_heading(line) for line in lines}):
        here = [line for line in lines if _heading(line) == above]
        columns = OF_PAGES if _is_page(here[0]) else OF_APIS
        cells = [[row[name] for name in columns] for row in (row_for(line, above) for line in here)]
        told += [f"## `{above}`", "", *fitting([columns, ["---"] * len(columns), *cells]), ""]
    return "\n".join(told)


def _heading(line: Line) -> str:
    """The longest that fits and leaves something to say."""
    fitting = [above for above in headings() if line.address.startswith(above) and line.address != above]
    return max(fitting, key=len, default="/" if _is_page(line) else "/api/v4/")


def _is_page(line: Line) -> bool:
    return not line.address.startswith("/api/")


def row_for(line: Line, above: str) -> dict[str, str]:
    refused = SIGN_IN if _is_page(line) else "401"
    least, scopes = _least(line), _scopes(line)
    row = {
        "method": line.method,
        "address": f"`{line.address.removeprefix(above)}`",
        "nobody": refused,
        "scopes": scopes,
    }
    row |= {name: YES if rank >= least else "403" for name, rank in zip(PEOPLE[2:], range(10, 70, 10), strict=True)}
    in_a_place = "<project>" in line.address or "<group>" in line.address
    row["stranger"] = ("404" if in_a_place else YES) if least <= 50 else "403"
    if least == 0 and not scopes:
        row["nobody"] = row["stranger"] = YES
    row["bot"] = YES if least <= 40 else "403"
    row["deploy"] = YES if least <= 20 and {"read_models", "read_packages"} & _all_scopes(line) else "403"
    row["foreign"], row["dead"] = row["stranger"], "401"
    public = "<project>" in line.address
    row["open"] = (YES if least <= 20 else "403") if in_a_place else row["stranger"]
    row["public"] = YES if public and _may_be_nobody(line) and least <= 20 else row["nobody"]
    return row


def _may_be_nobody(line: Line) -> bool:
    return _is_page(line) or getattr(line.endpoint, "anonymous", False)


def _ability(line: Line) -> Any:
    found = line.endpoint
    return getattr(found, "ability", None) or getattr(found, "group_ability", None)


def _least(line: Line) -> int:
    ability = _ability(line)
    if getattr(line.endpoint, "admin", False):
        return 60
    return int({**policy.LEAST_ROLE, **policy.LEAST_ROLE_IN_GROUP}.get(ability, 0))


def _all_scopes(line: Line) -> set[str]:
    ability = _ability(line)
    known = ability in policy.LEAST_ROLE or ability in policy.LEAST_ROLE_IN_GROUP
    return set(policy.scopes_for(ability)) if known else set(getattr(line.endpoint, "scopes", ()))


def _scopes(line: Line) -> str:
    found = _all_scopes(line)
    if found == set(SCOPES):
        return "*"
    left, told = set(found), []
    for area in ("experiments", "models", "packages"):
        both = {f"read_{area}", f"write_{area}"}
        if both <= left:
            left -= both
            told.append(f"*_{area}")
    if len(told) == 3:
        told = ["*s"]
    return " ".join([*(scope for scope in SCOPES if scope in left), *told])
