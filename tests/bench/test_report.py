"""What the tables say, which goals are met, and what becomes of the page."""

import math
from pathlib import Path

from bench import curves, goals, page, report
from bench.measure import Found


def found(label: str = "W1", database: str = "sqlite", clients: int = 1, **samples: list[float]) -> Found:
    """Samples of `cpu ms`, by target."""
    named = {target: {"cpu ms": values} for target, values in samples.items()}
    return Found(label, "title", database, clients, False, named)


def test_how_many_times_as_good_follows_the_direction() -> None:
    assert report.times("p50 ms", [2.0, 4.0], [4.0, 12.0]) == 2.5
    assert report.times("req/s", [30.0, 30.0], [10.0, 10.0]) == 3.0
    assert math.isnan(report.times("p50 ms", [], [1.0]))


def test_a_table_compares_with_the_baseline() -> None:
    samples = {"a": {"p50 ms": [2.0, 4.0], "errors": [1.0]}, "b": {"p50 ms": [4.0, 8.0], "errors": [2.0]}}
    lines = report.table(samples, "a", {"c": "n/a: no such endpoint"}).splitlines()
    assert lines[0] == "| figure | a | b | c |"
    assert lines[2] == "| p50 ms | 3 (2..4) | 6 (4..8) x2 | - |"
    assert lines[3] == "| errors | 1 | 2 | - |"
    assert lines[-1] == "- **c**: n/a: no such endpoint"


def verdict(one: Found, against: str) -> goals.Verdict:
    (only,) = [v for v in goals.verdicts([one]) if v.against == against]
    return only


def test_a_goal_is_met_by_the_ratio_of_the_same_round() -> None:
    met = verdict(found(tenon=[1.0, 2.0], mlflow=[25.0, 60.0]), "mlflow")
    assert (met.goal, met.measured, met.met) == ("≥ 25x", 27.5, True)
    missed = verdict(found(tenon=[1.0], mlflow=[24.9]), "mlflow")
    assert not missed.met
    assert missed.cells[-1] == "**no**"


def test_databases_have_goals_of_their_own() -> None:
    assert verdict(found(database="postgres", tenon=[1.0], mlflow=[10.0]), "mlflow").met
    assert not verdict(found(database="sqlite", tenon=[1.0], mlflow=[10.0]), "mlflow").met


def test_what_was_not_measured_meets_nothing() -> None:
    missing = verdict(found(tenon=[1.0]), "mlflow")
    assert not missing.met
    assert missing.cells[-1] == "not measured"


def test_growth_is_judged_from_the_fewest_to_the_most_runs() -> None:
    sizes = {1_000: 1.0, 100_000: 1.4}
    measured = [found(f"W13/{runs} W1", tenon=[cost]) for runs, cost in sizes.items()]
    (grown,) = [one for one in goals.verdicts(measured) if one.what.startswith("W1, cost")]
    assert (grown.measured, grown.met) == (1.4, False)


def test_searches_may_grow_as_the_runs_that_match() -> None:
    measured = [found("W13/1000 W6", tenon=[1.0]), found("W13/10000 W6", tenon=[9.0])]
    (grown,) = [one for one in goals.verdicts(measured) if one.what.startswith("W6, cost")]
    assert grown.met
    measured[1].samples["tenon"]["cpu ms"] = [11.0]
    (grown,) = [one for one in goals.verdicts(measured) if one.what.startswith("W6, cost")]
    assert not grown.met


def test_losses_are_shown() -> None:
    text = page.losses([found(tenon=[2.0], mlflow=[1.0], fasttrackml=[3.0])])
    assert "| W1, 1 client | sqlite | mlflow | cpu ms | 2 | 1 |" in text
    assert "fasttrackml" not in text
    assert page.losses([found(tenon=[1.0], mlflow=[2.0])]) == "In nothing that was measured."


def test_what_was_wrong_is_shown_among_the_losses() -> None:
    one = found(tenon=[1.0])
    one.notes["mlflow"] = "INVALID, Mismatch: lost"
    one.notes["fasttrackml"] = "n/a: no registry"
    text = page.losses([one])
    assert "mlflow, INVALID, Mismatch: lost" in text
    assert "no registry" not in text


def test_a_page_keeps_what_is_written_by_hand(tmp_path: Path) -> None:
    file = tmp_path / "performance.md"
    file.write_text("# Performance\n\nBy hand.\n")
    page.put(file, "servers", "first")
    page.put(file, "points", "others \\1")
    page.put(file, "servers", "second")
    text = file.read_text()
    assert text.startswith("# Performance\n\nBy hand.\n")
    assert "first" not in text
    assert text.index("second") < text.index("others \\1")
    assert text.count("servers: written") == 1


def test_a_page_can_be_written_again_from_what_was_kept(tmp_path: Path) -> None:
    measured = [found(tenon=[1.0, 2.0], mlflow=[30.0, 60.0])]
    page.keep(tmp_path / "kept" / "whole.json", {"machine": "one"}, measured)
    facts, again = page.kept(tmp_path / "kept" / "whole.json")
    assert again == measured
    assert page.servers(facts, again, "") == page.servers({"machine": "one"}, measured, "")
    assert "| W1, 1 client | 1.5 (1..2) | 45 (30..60) x30 |" in page.servers(facts, again, "")


def test_curves_are_of_one_client_and_in_growing_order(tmp_path: Path) -> None:
    measured = [
        found("W13/10000 W6", tenon=[3.0, 5.0]),
        found("W13/1000 W6", tenon=[1.0]),
        found("W13/1000 W6", clients=16, tenon=[9.0]),
    ]
    assert curves.curve(measured, "sqlite", "tenon", "W6") == [(1_000, 1.0), (10_000, 4.0)]
    assert curves.draw(measured, tmp_path / "curves.svg")
    assert "<svg" in (tmp_path / "curves.svg").read_text()
    assert not curves.draw([found(tenon=[1.0])], tmp_path / "none.svg")
