"""`python -m tests.parity.report > docs/compatibility.md`: what the cases prove, endpoint by endpoint.

It asks no server: that the cases hold is for `test_parity.py` to say.
"""

import os
import re
import sys
from collections import Counter
from collections.abc import Iterable
from importlib.metadata import version

import django

from tests.parity.case import Case, Difference, all_cases
from tests.parity.surface import CALLS, GROUPS, Endpoint, endpoints, group_of, methods

HEAD = """# Compatibility with MLflow

What Tenon answers is compared with what the stock `mlflow server` {version} answers: {count} cases in `tests/parity/`
send the same requests to both, and the same steps of MLflow's own client, on SQLite and on PostgreSQL. This page is
written from them by `python -m tests.parity.report > docs/compatibility.md`; the test suite fails when it is stale.

Compared are the status, the error code, the whole body and the order of lists where MLflow says one; ids, times of now,
generated names and page tokens are only compared for being there and for being the same where they are met again. The
sentence of an error is each server's own.

- **same**: every case has the same answer.
- **better**: where the stock server fails, or takes what it then does not keep, this one does not; otherwise the same.
- **differs**: on purpose. All reasons are at the end of the page; the numbers are of the cases that differ so.
- **not offered**.

All paths are below a project's tracking URI; those that do not begin with a slash are below `api/2.0/mlflow/`.
`ajax-api` answers wherever `api` does, and `3.0` wherever `2.0` does.
"""


def markdown() -> str:
    cases = all_cases()
    found = endpoints()
    offered = [endpoint.about for endpoint in found if endpoint.is_offered]
    parts = [
        HEAD.format(version=version("mlflow"), count=f"{len(cases):,}"),
        "## Endpoints\n",
        _table(offered, cases),
        "## Methods of `MlflowClient`\n",
        _methods(cases),
        "## Not offered\n",
        _not_offered(found),
        "## Where answers differ, and why\n",
        *_reasons(cases),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _table(names: Iterable[str], cases: list[Case]) -> str:
    rows = [_row(f"`{name}`", [case for case in cases if case.about == name]) for name in names]
    return _lines("| endpoint | | cases |", "|---|---|---|", rows)


def _methods(cases: list[Case]) -> str:
    rows = []
    for name, behind in sorted(CALLS.items()):
        own = [case for case in cases if case.about == f"MlflowClient.{name}"]
        asked = sum(case.about in behind for case in cases)
        row = _row(f"`{name}`", own)
        rows.append(f"{row} {asked} | {', '.join(f'`{about}`' for about in behind)} |")
    return _lines("| method | | cases | of its endpoint | endpoint |", "|---|---|---|---|---|", rows)


def _row(name: str, cases: list[Case]) -> str:
    return f"| {name} | {verdict(cases)} | {len(cases)} |"


def verdict(cases: list[Case]) -> str:
    if not cases:
        return "offered, not yet compared"
    differences = [case.difference for case in cases if case.difference]
    better = sum(one.is_better for one in differences)
    told = [
        f"{word} ({count})" for word, count in (("better", better), ("differs", len(differences) - better)) if count
    ]
    return ", ".join(told) or "same"


def _reasons(cases: list[Case]) -> Iterable[str]:
    """For each endpoint that differs somewhere: the reasons, and the cases that have each."""
    for about in dict.fromkeys(case.about for case in cases if case.difference):
        yield f"### `{about}`\n"
        reasons: dict[str, list[str]] = {}
        for case in cases:
            if case.about == about and case.difference:
                reasons.setdefault(_reason(case.difference), []).append(_plain(case.name))
        yield from (f"- {reason}: {'; '.join(names)}." for reason, names in reasons.items())
        yield ""


def _reason(difference: Difference) -> str:
    word = "better" if difference.is_better else "differs"
    return f"**{word}**, {difference.stock[0]} there, {difference.ours[0]} here, because {difference.because}"


def _plain(name: str) -> str:
    """Without meaning to Markdown."""
    return re.sub(r"([\\`*_<>|\[\]])", r"\\\1", repr(name)[1:-1] if not name.isprintable() else name)


def _not_offered(found: list[Endpoint]) -> str:
    asked = Counter(group_of(endpoint.about) or endpoint.about for endpoint in found if not endpoint.is_offered)
    called = Counter(group_of(name) or name for name in methods() if name not in CALLS)
    names = [*GROUPS, *sorted({*asked, *called} - {*GROUPS})]
    rows = [f"| {name} | {asked[name]} | {called[name]} |" for name in names if asked[name] or called[name]]
    return _lines("| area | endpoints | methods of `MlflowClient` |", "|---|---|---|", rows)


def _lines(*parts: str | list[str]) -> str:
    lines = [line for part in parts for line in ([part] if isinstance(part, str) else part)]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    sys.stdout.write(markdown())
