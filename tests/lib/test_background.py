"""Background work and whoever waits for an answer."""

import time

import pytest

from lib import background


def test_background_work_rests_while_somebody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    rests: list[float] = []
    monkeypatch.setattr(time, "sleep", rests.append)
    pieces = background.unhurried("abcd")
    assert next(pieces) == "a"
    with background.urgent():
        assert next(pieces) == "b"
        assert len(rests) == 1
        with background.urgent():
            pass
        assert next(pieces) == "c"
    assert [*pieces] == ["d"]
    assert len(rests) == 2


def test_what_failed_is_not_urgent_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", pytest.fail)
    with pytest.raises(ZeroDivisionError), background.urgent():
        raise ZeroDivisionError
    assert [*background.unhurried([1, 2])] == [1, 2]
