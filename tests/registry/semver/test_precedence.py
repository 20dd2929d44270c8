"""Our keys, in Python and in the database, against the `semver` package."""

from functools import cmp_to_key
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from semver import Version

from registry.models import ModelVersion, RegisteredModel
from registry.semver import precedence, versions

NUMBERS = st.one_of(st.integers(0, 12), st.integers(0, 10**30))
IDENTIFIERS = st.one_of(NUMBERS.map(str), st.from_regex(r"[0-9]{0,3}[a-zA-Z-][0-9a-zA-Z-]{0,4}", fullmatch=True))
DOTTED = st.lists(IDENTIFIERS, min_size=1, max_size=4).map(".".join)
VERSIONS = st.builds(Version, NUMBERS, NUMBERS, NUMBERS, st.none() | DOTTED, st.none() | DOTTED)


@given(VERSIONS, VERSIONS)
def test_keys_compare_as_the_versions_do(one: Version, other: Version) -> None:
    first, second = precedence.of(one), precedence.of(other)
    assert (first > second) - (first < second) == one.compare(other)


def test_the_order_of_the_specification() -> None:
    texts = "1.0.0-alpha 1.0.0-alpha.1 1.0.0-alpha.beta 1.0.0-beta 1.0.0-beta.2 1.0.0-beta.11 1.0.0-rc.1 1.0.0"
    texts = texts.split()
    keys = [precedence.of(Version.parse(text)) for text in texts]
    assert all(low < high for low, high in pairwise(keys))


@pytest.fixture
def model(project: Any) -> RegisteredModel:
    return RegisteredModel.objects.create(project=project, name="m")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(VERSIONS, min_size=1, max_size=40))
def test_the_database_sorts_as_the_package_does(model: RegisteredModel, found: list[Version]) -> None:
    model.versions.all().delete()
    distinct = list({str(version)[:255]: version for version in found if len(str(version)) <= 255}.values())
    ModelVersion.objects.bulk_create(
        ModelVersion(
            model=model,
            number=number,
            semver=str(version),
            precedence=precedence.of(version),
            is_prerelease=version.prerelease is not None,
        )
        for number, version in enumerate(distinct, 1)
    )
    by_package = sorted(
        enumerate(distinct, 1), key=cmp_to_key(lambda a, b: a[1].compare(b[1]) or a[0] - b[0]), reverse=True
    )
    in_database = list(model.versions.highest_first().values_list("number", flat=True))
    assert in_database == [number for number, _ in by_package]
    releases = [number for number, version in by_package if not version.prerelease]
    latest = model.versions.latest_first().first()
    assert latest is not None
    assert latest.number == (releases or in_database)[0]


@pytest.mark.parametrize(
    "text", ["v1.2.3", "1.2", "01.2.3", "1.2.3-01", "1.2.3-", "1.2.3 ", "", "x" * 300, "1.2.3+", "1.2.\uff13"]
)
def test_what_is_no_semver(text: str) -> None:
    assert versions.parse(text) is None


@pytest.mark.parametrize(
    ("taken", "expected"),
    [
        ([], "1.0.0"),
        (["1.2.3"], "1.2.4"),
        (["1.2.3+build"], "1.2.4"),
        (["1.2.3-rc.1"], "1.2.3"),
        (["0.9.0", "2.0.0-rc.1", "1.9.9"], "2.0.0"),
    ],
)
def test_the_next_one_is_the_lowest_release_above_all(taken: list[str], expected: str) -> None:
    assert str(versions.following(Version.parse(text) for text in taken)) == expected
