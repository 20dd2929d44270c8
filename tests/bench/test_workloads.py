"""A workload gives figures for a server that keeps what it is given, and none for one that does not."""

import pytest

from bench import seeds
from bench.target import Mismatch
from bench.workload import Options, metric_value, points
from bench.workloads import ALL
from bench.workloads.growth import Growth
from bench.workloads.search import SearchRuns
from bench.workloads.soak import Client
from bench.workloads.writes import LogMetric
from tests.bench.tracker import tracking

SHORT = Options(seconds=0.2)


def test_an_honest_server_is_measured() -> None:
    with tracking() as target:
        figures = LogMetric(SHORT).slice(target, "1", 3)
    assert figures["req/s"] > 10
    assert 0 < figures["p50 ms"] <= figures["p99 ms"]
    assert "errors" not in figures


@pytest.mark.parametrize(
    ("fault", "said"), [("drop", "were acknowledged"), ("alter", "wrong point"), ("fail", "requests failed")]
)
def test_a_dishonest_server_is_found_out(fault: str, said: str) -> None:
    with tracking(fault) as target, pytest.raises(Mismatch, match=said):
        LogMetric(SHORT).slice(target, "1", 1)


def test_the_soak_counts_what_was_lost() -> None:
    with tracking("drop") as target:
        client = Client(target, "1", 1)

        def ten_metrics():
            for _ in range(10):
                yield from client.log_metric()

        target.drive([ten_metrics()])
        assert client.steps == 10
        assert client.lost() == 5


def test_the_page_of_the_search_follows_from_the_seed() -> None:
    names = seeds.matching(10_000)
    facts = [seeds.facts(int(name.removeprefix("seed-"))) for name in names]
    assert len(names) == 100 < seeds.matches(10_000)
    assert all(acc > 0.9 and model == "rf" for acc, _, model in facts)
    assert [loss for _, loss, _ in facts] == sorted(loss for _, loss, _ in facts)


def test_a_seeded_run_has_as_many_of_each_as_was_asked_for() -> None:
    options = Options(params=3, metrics=4, tags=5)
    assert [len(made(7, options)) for made in (seeds.params, seeds.metrics, seeds.tags)] == [3, 4, 5]


def test_points_have_the_values_that_are_looked_for() -> None:
    (point,) = points(1, first=8, key="k", series=2)
    assert point == {"key": "k", "value": metric_value(8, 2), "timestamp": 1_700_000_000_008, "step": 8}
    assert len({metric_value(step, key) for step in range(100) for key in range(10)}) == 1000


def test_all_workloads_have_their_code_and_say_what_they_do() -> None:
    assert list(ALL) == [f"W{number}" for number in range(1, 14)]
    assert all(kind(Options()).title for kind in ALL.values())


def test_large_experiments_are_searched_by_one_client() -> None:
    searches = [one for _, one in Growth(Options(grow=(1_000, 100_000))).stages() if isinstance(one, SearchRuns)]
    assert [(one.runs, one.clients) for one in searches] == [(1_000, None), (100_000, (1,))]
