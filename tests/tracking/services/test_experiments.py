from typing import Any

import pytest

from lib.errors import AlreadyExists, NotFound
from tracking.services import experiments


def test_a_new_project_has_mlflows_default_experiment(project: Any) -> None:
    assert list(project.experiments.values_list("iid", "name")) == [(0, "Default")]


def test_experiments_are_counted_per_project(project: Any, other_project: Any, alice: Any) -> None:
    first = experiments.create(project, "a", by=alice)
    elsewhere = experiments.create(other_project, "a", by=alice)
    assert (first.iid, elsewhere.iid) == (1, 1)


def test_a_taken_name_is_refused_and_uses_up_no_number(project: Any, alice: Any) -> None:
    experiments.create(project, "a", by=alice)
    with pytest.raises(AlreadyExists, match="already exists"):
        experiments.create(project, "a", by=alice)
    assert experiments.create(project, "b", by=alice).iid == 2


def test_a_deleted_experiment_keeps_its_name_and_comes_back_with_its_tags(project: Any, alice: Any) -> None:
    experiment = experiments.create(project, "a", by=alice, tags=[("k", "v")])
    experiments.delete(experiment)
    with pytest.raises(AlreadyExists):
        experiments.create(project, "a", by=alice)
    with pytest.raises(NotFound):
        experiments.delete(experiment)
    experiments.restore(experiment)
    experiment.refresh_from_db()
    assert experiment.lifecycle_stage == "active"
    assert list(experiment.tags.values_list("key", "value")) == [("k", "v")]
