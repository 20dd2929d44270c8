"""Both servers, for the cases."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.live import Live
from tests.parity import stock
from tests.parity.side import Side

Sides = Callable[[str], tuple[Side, Side]]


@pytest.fixture(scope="session")
def stock_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.getbasetemp()
    # pytest-xdist gives each of its processes a folder in that of the session.
    shared = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    with stock.shared(shared) as url:
        yield url


@pytest.fixture(scope="session")
def sides(stock_url: str, live: Live) -> Iterator[Sides]:
    """(stock, ours) for an area: a project of ours for each, and the one stock server."""
    made: dict[str, tuple[Side, Side]] = {}
    with ExitStack() as stack:

        def of(area: str) -> tuple[Side, Side]:
            if area not in made:
                tenant = live.tenant()
                made[area] = (Side(stock_url), Side(tenant.tracking_uri, tenant.token))
                for side in made[area]:
                    stack.callback(side.close)
            return made[area]

        yield of
