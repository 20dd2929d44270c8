"""How a case is said: what it is about, what it does, and how the two servers may differ in it.

    area = Area("runs")

    @area.case("POST runs/create")
    def a_run_without_a_name_gets_a_nickname(s: Side) -> None:
        s.post("runs/create", {"experiment_id": s.experiment()})

    area.ask("GET runs/get", "an unknown run", {"run_id": "0" * 32})

The script runs twice, once with each server as `s`, and what the two answer must be the same. Where it is not, and is
not meant to be, the case says so: `differs(…)`, or `better(…)` where the stock server fails or loses something.
"""

import importlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.parity.side import Side

Script = Callable[[Side], object]
# A status, and an error code or a part of the (normalised) answer's body.
Answered = tuple[int, Any]

INVALID = (400, "INVALID_PARAMETER_VALUE")
MISSING = (404, "RESOURCE_DOES_NOT_EXIST")
EXISTS = (400, "RESOURCE_ALREADY_EXISTS")
FAILS = (500, ...)


@dataclass(frozen=True)
class Difference:
    """The first answers that differ do so in this way, for this reason."""

    because: str
    stock: Answered
    ours: Answered
    is_better: bool = False


def differs(because: str, *, stock: Answered = (200, ...), ours: Answered = INVALID) -> Difference:
    return Difference(because, stock, ours)


def better(because: str, *, stock: Answered = FAILS, ours: Answered = INVALID) -> Difference:
    """The stock server fails, or takes what it then does not keep."""
    return Difference(because, stock, ours, is_better=True)


@dataclass(frozen=True)
class Case:
    """`about` is a method and path below `api/2.0/mlflow/`, or a method of `MlflowClient`."""

    area: str
    about: str
    name: str
    script: Script = field(repr=False)
    difference: Difference | None = None
    # What both messages say, where clients read them.
    says: str = ""

    def __str__(self) -> str:
        return f"{self.area}: {self.about}: {self.name}"


class Area:
    """The cases of one file. Differences may be said with the case, or here by what it is about and its name."""

    def __init__(self, name: str, differences: Mapping[tuple[str, str], Difference] | None = None) -> None:
        self.name = name
        self.differences = dict(differences or {})
        self.cases: dict[tuple[str, str], Case] = {}

    def case(self, about: str, difference: Difference | None = None, *, says: str = "") -> Callable[[Script], Script]:
        """A script whose name is a sentence."""

        def add(script: Script) -> Script:
            self.add(about, script.__name__.replace("_", " "), script, difference, says=says)
            return script

        return add

    def ask(
        self,
        about: str,
        name: str,
        sent: Mapping[str, Any] | str,
        difference: Difference | None = None,
        *,
        says: str = "",
        path: str = "",
    ) -> None:
        """One request, in whose path and body `{run}`, `{experiment}`, `{model}`, `{deleted_run}`,
        `{deleted_experiment}` and `{name}` stand for fresh ones. A text is sent as it is. `path` is where to ask,
        if not at the path that the case is about."""

        def script(s: Side) -> None:
            method, usual = about.split(" ")
            filled = fill(s, {"path": (path or usual).replace("<model_id>", "{model}"), "sent": sent})
            s.call(method, filled["path"], filled["sent"])

        self.add(about, name, script, difference, says=says)

    def add(
        self, about: str, name: str, script: Script, difference: Difference | None = None, *, says: str = ""
    ) -> None:
        """A script that a table of cases made."""
        case = Case(self.name, about, name, script, difference or self.differences.pop((about, name), None), says)
        assert (about, name) not in self.cases, f"{case} is said twice"
        self.cases[about, name] = case


def versioned(s: Side) -> str:
    """A registered model with one version, by its name."""
    name = s.registered()
    s.version(name)
    return name


_FRESH: dict[str, Callable[[Side], str]] = {
    "{experiment}": lambda s: s.experiment(),
    "{deleted_experiment}": lambda s: s.deleted_experiment(),
    "{run}": lambda s: s.run(),
    "{deleted_run}": lambda s: s.deleted_run(),
    "{model}": lambda s: s.model(),
    "{name}": lambda s: s.name(),
    "{registered}": lambda s: s.registered(),
    "{versioned}": versioned,
}


def fill(s: Side, asked: Any) -> Any:
    text = json.dumps(asked)
    for place in sorted(set(re.findall(r"\{[a-z_]+\}", text))):
        if place in _FRESH:
            text = text.replace(place, _FRESH[place](s))
    return json.loads(text)


def all_cases() -> list[Case]:
    """Those of every file in `cases/`."""
    found: list[Case] = []
    for file in sorted((Path(__file__).parent / "cases").glob("*.py")):
        area = importlib.import_module(f"tests.parity.cases.{file.stem}").area
        assert area.name == file.stem
        assert not area.differences, f"{file.name} tells of differences in unknown cases: {list(area.differences)}"
        found += area.cases.values()
    return found
