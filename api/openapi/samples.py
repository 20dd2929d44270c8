"""Examples: scripts as people write them, one for each area (`examples/`). Each curl is shown with what it calls.

They are what the tests run, so that none of them is only looked at.
"""

import re
from functools import cache
from pathlib import Path

from api.openapi.lists import Operation, operations

FOLDER = Path(__file__).parent / "examples"

_CURL = re.compile(r"^(?:\w+=\$\()?curl .*?(?<!\\)$", re.MULTILINE | re.DOTALL)
_METHOD = re.compile(r"--request (\w+)|(--data|--json)|(--upload-file)")
_ADDRESS = re.compile(r"\$TENON/([^\"' ?]*)")
_VARIABLE = re.compile(r"\$\{?(\w+)\}?")


def of(operation: Operation) -> str:
    """A curl that calls it; "" if there is none."""
    return _all().get(operation, "")


def shown(operation: Operation) -> str:
    source = of(operation)
    return f"```sh\n{source}\n```" if source else ""


@cache
def _all() -> dict[Operation, str]:
    found: dict[Operation, str] = {}
    for script in sorted(FOLDER.glob("*.sh")):
        for curl in _CURL.findall(script.read_text()):
            called = _called(curl)
            if called:
                found.setdefault(called, _whole(curl))
    return found


def _called(curl: str) -> Operation | None:
    method = _METHOD.search(curl)
    name = "GET"
    if method:
        name = method[1] or {2: "POST", 3: "PUT"}[method.lastindex or 0]
    address = _ADDRESS.search(curl)
    path = f"/api/v4/{address[1]}" if address else ""
    return next((one for one in operations() if one.method == name and _leads_to(one, path)), None)


def _leads_to(operation: Operation, path: str) -> bool:
    """No part of an example has a slash, but the path of a file at its end."""
    pattern = re.escape(operation.address).replace(r"\{path\}", ".+").replace(r"\{address\}", ".+")
    return re.fullmatch(re.sub(r"\\\{\w+\\\}", "[^/]+", pattern), path) is not None


def _whole(curl: str) -> str:
    """Without the variable that the script keeps the answer's id in."""
    kept = re.fullmatch(r"\w+=\$\((.*)\)", curl, re.DOTALL)
    return kept[1] if kept else curl
