"""Targets take turns, and one that cannot be measured does not stop the others."""

import time
from typing import Any

import pytest

from bench import measure as measurement
from bench.measure import Bench, Found, stage
from bench.target import Mismatch, Target, Unsupported
from bench.workload import Figures, Options, Workload
from tests.bench.tracker import tracking


class Recorded(Workload):
    """Writes down who was measured, with how many clients."""

    def __init__(self) -> None:
        super().__init__(Options())
        self.seen: list[tuple[str, int]] = []

    def slice(self, target: Target, state: Any, clients: int) -> Figures:
        self.seen.append((target.name, clients))
        if target.name == "unable":
            raise Unsupported("no such endpoint")
        if target.name == "wrong":
            raise Mismatch("3 points are kept, 4 were acknowledged")
        return {"cpu ms": float(len(self.seen))}


def measure(workload: Workload, names: list[str], clients: tuple[int, ...] = (1,), rounds: int = 3) -> list[Found]:
    shown: list[Found] = []
    with tracking() as given:
        targets = [Target(name, given.uri) for name in names]
        found = Bench("sqlite", targets).run([stage("W", workload, clients=clients, rounds=rounds)], shown.append)
    assert shown == found
    return found


def test_targets_take_turns() -> None:
    workload = Recorded()
    (found,) = measure(workload, ["a", "b", "c"])
    assert "".join(name for name, _ in workload.seen) == "abcbcacab"
    assert found.samples["a"]["cpu ms"] == [1.0, 6.0, 8.0]


def test_each_number_of_clients_has_figures_of_its_own() -> None:
    workload = Recorded()
    found = measure(workload, ["a"], clients=(1, 16), rounds=2)
    assert workload.seen == [("a", 1), ("a", 1), ("a", 16), ("a", 16)]
    assert [one.clients for one in found] == [1, 16]


def test_what_a_target_does_not_have_is_said_once() -> None:
    workload = Recorded()
    (found,) = measure(workload, ["unable", "a"])
    assert found.notes == {"unable": "n/a: no such endpoint"}
    assert workload.seen.count(("unable", 1)) == 1
    assert len(found.samples["a"]["cpu ms"]) == 3
    assert not found.invalid


def test_a_target_that_lost_something_is_invalid() -> None:
    (found,) = measure(Recorded(), ["wrong", "a"])
    assert found.invalid
    assert found.notes["wrong"] == "INVALID, Mismatch: 3 points are kept, 4 were acknowledged"
    assert found.samples.get("wrong", {}) == {}
    assert len(found.samples["a"]["cpu ms"]) == 3


def test_a_target_that_cannot_be_prepared_is_left_out() -> None:
    class Unprepared(Recorded):
        def prepare(self, target: Target) -> None:
            if target.name == "b":
                raise OSError("connection refused")

    workload = Unprepared()
    (found,) = measure(workload, ["a", "b"], rounds=1)
    assert workload.seen == [("a", 1)]
    assert found.notes == {"b": "INVALID, preparation failed: OSError: connection refused"}


def test_it_waits_until_no_target_is_busy_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(measurement, "LOOK", 0.01)
    seconds = iter([0.0, 0.009, 0.009, 0.015, 0.015, 0.016])
    target = Target("a", "http://127.0.0.1:1")
    monkeypatch.setattr(target, "cpu", lambda: next(seconds))
    measurement.calm([target])
    assert list(seconds) == []


def test_it_does_not_wait_for_ever(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(measurement, "LOOK", 0.01)
    target = Target("a", "http://127.0.0.1:1")
    monkeypatch.setattr(target, "cpu", time.monotonic)
    measurement.calm([target], limit=0.1)
    assert "not calm" in capsys.readouterr().err
