"""Many at once on one model: every version has a number and a semver of its own, and an alias is at one place."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from accounts.identity import Identity
from projects import policy
from projects.roles import Ability
from registry.models import Alias, AliasMove, ModelVersion, RegisteredModel
from registry.services import aliases, models, versions

pytestmark = pytest.mark.django_db(transaction=True)


def together(attempts: list[Callable[[], Any]]) -> list[Any]:
    barrier = threading.Barrier(len(attempts))

    def one(attempt: Callable[[], Any]) -> Any:
        try:
            barrier.wait(30)
            return attempt()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(attempts)) as pool:
        return [done.result() for done in [pool.submit(one, attempt) for attempt in attempts]]


def test_fifty_creations_at_once_have_fifty_numbers_and_semvers(project: Any, alice: Any) -> None:
    model = models.create(project, "m", by=Identity(alice))
    together([lambda: versions.create(RegisteredModel.objects.get(), by=Identity(alice))] * 50)
    made = ModelVersion.objects.order_by("number")
    assert [one.number for one in made] == list(range(1, 51))
    assert [one.semver for one in made] == [f"1.0.{patch}" for patch in range(50)]
    assert len({one.run_id for one in made}) == 50
    model.refresh_from_db()
    assert (model.last_number, model.last_counted) == (50, "1.0.49")


def test_an_alias_moved_by_two_at_once_is_at_one_place(project: Any, alice: Any) -> None:
    by = Identity(alice)
    allowed = policy.authorize(by, Ability.WRITE_MODELS, project.pk)
    model = models.create(project, "m", by=by)
    made = [versions.create(model, by=by) for _ in range(2)]
    together([lambda one=one: aliases.point(one, "champion", by=by, project=allowed) for one in made])
    alias = Alias.objects.get()
    moves = list(AliasMove.objects.order_by("pk"))
    assert len(moves) == 2
    assert moves[-1].version == alias.version
