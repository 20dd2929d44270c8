"""What a text means; and that one indexed query finds it among 10,000 versions."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lib.errors import InvalidInput, NotFound
from registry import latest, lookup, search
from registry.services import aliases, versions


@pytest.fixture
def five(model: Any, by: Any, alice: Any, authorized: Any) -> Any:
    for text in ("1.0.0", "1.2.0", "2.0.0-rc.1", "1.1.5", "1.2.0+cpu"):
        versions.create(model, by=by, semver=text)
    aliases.point(lookup.version(model, "1"), "x", by=by, project=authorized(alice))
    return model


MEANINGS = {
    "1": "1.0.0", "5": "1.2.0+cpu", "1.2.0": "1.2.0", "1.2.0+cpu": "1.2.0+cpu", "latest": "1.2.0+cpu",
    "LATEST": "1.2.0+cpu",
    "x": "1.0.0", "*": "1.2.0+cpu", "^1": "1.2.0+cpu", "~1.1": "1.1.5", "1.1": "1.1.5", "<1.1": "1.0.0",
    ">=2.0.0-rc.0": "2.0.0-rc.1",
    "1.0.0 || 1.1.x": "1.1.5",
}  # fmt: skip


@pytest.mark.parametrize(("text", "semver"), MEANINGS.items())
def test_what_a_text_means(five: Any, text: str, semver: str) -> None:
    assert lookup.version(five, text).semver == semver


@pytest.mark.parametrize("text", ["7", "9" * 30, "9.9.9", "^9", "2.0.0", ">2"])
def test_what_there_is_not(five: Any, text: str) -> None:
    with pytest.raises(NotFound, match="not found"):
        lookup.version(five, text)


@pytest.mark.parametrize("text", ["nobody", "", "v1.x.y", "\uff11"])
def test_what_means_nothing(five: Any, text: str) -> None:
    with pytest.raises(InvalidInput, match="must be an integer"):
        lookup.version(five, text)


def test_a_prerelease_is_latest_only_where_there_is_no_release(model: Any, by: Any) -> None:
    assert lookup.latest(model) is None
    versions.create(model, by=by, semver="2.0.0-rc.1")
    assert lookup.version(model, "latest").semver == "2.0.0-rc.1"
    versions.create(model, by=by, semver="0.1.0")
    assert lookup.version(model, "latest").semver == "0.1.0"


def test_the_client_takes_the_highest_number_of_the_latest_ones(five: Any, by: Any) -> None:
    versions.create(five, by=by, semver="1.0.9")
    versions.transition(lookup.version(five, "1.0.9"), "Production", by=by)
    assert [one.semver for one in latest.in_each_stage(five)] == ["1.2.0+cpu"]
    assert [one.semver for one in latest.meant_by(five, ["production", "^1.1"])] == ["1.2.0+cpu", "1.0.9"]


@pytest.mark.parametrize(
    "text", ["5000", "5.3.7", "latest", "^3.2", "~4.1 || 5.0.0", ">=2 <7", "1.x", ">=3.2.10-rc.0 <3.3"]
)
def test_one_indexed_query_finds_it_among_ten_thousand(many: Any, text: str) -> None:
    with CaptureQueriesContext(connection) as captured:
        found = lookup.first(many, text)
    assert found is not None
    asked = [
        one["sql"] for one in captured.captured_queries if "modelversion" in one["sql"] and "alias" not in one["sql"]
    ]
    assert len(asked) == 1
    explained(asked[0])


def explained(sql: str) -> None:
    """No version is looked at that an index has not found, and nothing is sorted that an index has not in order."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE registry_modelversion")
        word = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{word} {sql}")
        told = "\n".join(str(row[-1]) for row in cursor.fetchall())
    assert "Seq Scan on registry_modelversion" not in told, told
    assert "SCAN registry_modelversion" not in told, told
    assert "SCAN v" not in told, told
    assert "TEMP B-TREE" not in told, told


def test_a_search_of_one_model_is_one_indexed_query(many: Any, project: Any) -> None:
    with CaptureQueriesContext(connection) as captured:
        page = search.versions(project, filter_string="name = 'fraud'", max_results=100)
    assert len(page.versions) == 100
    assert page.next_page_token
    # The model by its name, one page, and the tags and aliases of these versions.
    assert len(captured) == 3
    explained(captured.captured_queries[1]["sql"])


@pytest.mark.parametrize("count", [1, 20])
def test_a_page_of_models_takes_as_many_queries_however_many_there_are(
    project: Any, by: Any, count: int, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    from registry.services import models

    for number in range(count):
        one = models.create(project, f"m{number}", by=by, tags=[("a", "b")])
        versions.create(one, by=by)
        versions.create(one, by=by)
    with django_assert_max_num_queries(4):
        page = search.models(project)
        assert len(page.models) == count
        assert all([version.number for version in one.latest] == [2] for one in page.models)
