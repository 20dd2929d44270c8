"""Where a version comes from, and which aliases it has had."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import caller
from accounts.identity import Identity
from ci.models import Job
from projects.roles import Role
from registry import lookup
from registry.models import ModelVersion
from registry.services import aliases, lineage, models, versions
from tracking.models import Dataset, DatasetInput, ModelInput, Run
from tracking.services import batches, experiments, logged_models, runs


@pytest.fixture
def by(alice: Any) -> Identity:
    return Identity(alice)


@pytest.fixture
def experiment(project: Any, alice: Any) -> Any:
    return experiments.create(project, "training", by=alice)


@pytest.fixture
def model(project: Any, by: Identity) -> Any:
    return models.create(project, "fraud", by=by)


def started(experiment: Any, by: Identity, name: str, tags: dict[str, str]) -> Run:
    return runs.start(experiment, by=by.user, name=name, tags=tags)


def read(version: ModelVersion) -> Any:
    return lineage.of(lookup.version(version.model, str(version.number)))


def test_a_version_leads_to_its_run_the_runs_parents_and_what_they_read(experiment: Any, model: Any, by: Any) -> None:
    top = started(experiment, by, "top", {})
    middle = started(experiment, by, "middle", {"mlflow.parentRunId": top.uuid})
    run = started(experiment, by, "leaf", {"mlflow.parentRunId": middle.uuid})
    dataset = Dataset.objects.create(experiment=experiment, name="claims", digest="d1", source_type="s", source="{}")
    DatasetInput.objects.create(run=run, dataset=dataset, context="training")
    base = logged_models.create(experiment, by=by.user, name="base")
    ModelInput.objects.create(run=run, model=base)

    found = read(versions.create(model, by=by, run_id=run.uuid))

    assert found.run == run
    assert [one.name for one in found.parents] == ["middle", "top"]
    assert [(one.dataset.name, one.context) for one in found.inputs] == [("claims", "training")]
    assert found.input_models == [base]
    assert found.version.creator == by.user
    assert not found.is_cut


def test_a_version_leads_to_its_job_pipeline_and_commit(experiment: Any, model: Any, by: Any) -> None:
    tags = {
        "gitlab.CI_JOB_ID": "71",
        "gitlab.CI_PIPELINE_ID": "8",
        "gitlab.CI_PIPELINE_URL": "https://ci.example.org/-/pipelines/8",
        "gitlab.CI_COMMIT_SHA": "c0ffee",
        "gitlab.CI_COMMIT_REF_NAME": "main",
        "gitlab.CI_COMMIT_AUTHOR": "Ann <ann@example.org>",
    }
    found = read(versions.create(model, by=by, run_id=started(experiment, by, "a", tags).uuid))
    assert found.job == Job.objects.get(number="71")
    assert found.pipeline == lineage.Pipeline("8", "", "https://ci.example.org/-/pipelines/8", "")
    assert (found.commit.sha, found.commit.ref, found.commit.author) == ("c0ffee", "main", "Ann <ann@example.org>")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://gitlab-ci-token:secret@git.example.org/a.git", "https://git.example.org/a.git"),
        ("javascript:alert(1)", ""),
        ("git@git.example.org:a.git", ""),
        ("https://[", ""),
    ],
)
def test_the_commit_that_the_client_found_is_told_without_its_password(
    experiment: Any, model: Any, by: Any, address: str, shown: str
) -> None:
    tags = {"mlflow.source.git.commit": "abc", "mlflow.source.git.repoURL": address}
    found = read(versions.create(model, by=by, run_id=started(experiment, by, "a", tags).uuid))
    assert (found.commit.sha, found.commit.repository) == ("abc", shown)
    assert (found.job, found.pipeline) == (None, None)


def test_parents_that_go_in_a_circle_are_told_once(experiment: Any, model: Any, by: Any) -> None:
    one = started(experiment, by, "one", {})
    two = started(experiment, by, "two", {"mlflow.parentRunId": one.uuid})
    batches.log(one, tags=[("mlflow.parentRunId", two.uuid)])
    assert read(versions.create(model, by=by, run_id=one.uuid)).parents == [two]


def test_a_parent_of_another_project_is_nobody(
    experiment: Any, model: Any, by: Any, other_project: Any, charlie: Any
) -> None:
    theirs = started(experiments.create(other_project, "x", by=charlie), Identity(charlie), "secret", {})
    run = started(experiment, by, "mine", {"mlflow.parentRunId": theirs.uuid})
    assert read(versions.create(model, by=by, run_id=run.uuid)).parents == []


def test_a_copy_leads_to_the_version_it_was_copied_from(project: Any, model: Any, by: Any) -> None:
    project.role = Role.OWNER
    first = versions.create(model, by=by)
    copy = versions.create(models.create(project, "other", by=by), by=by, source="models:/fraud/1")
    assert read(copy).copied_from == first
    assert read(first).copied_from is None
    versions.delete(first, by=by, project=project)
    assert read(copy).copied_from is None


def test_each_time_an_alias_pointed_here_has_a_beginning_and_an_end(
    project: Any, model: Any, by: Any, dana: Any
) -> None:
    project.role = Role.OWNER
    one, two = (versions.create(model, by=by) for _ in range(2))
    Job.objects.create(project=project, number="9", name="deploy")
    aliases.point(one, "champion", by=by, project=project)
    with caller.calling(dana, job="9"):
        aliases.point(two, "champion", by=Identity(dana), project=project)
    aliases.point(one, "champion", by=by, project=project)
    aliases.point(one, "shadow", by=by, project=project)

    found = read(one)

    told = [(term.came.name, term.came.by, term.left and term.left.by) for term in found.terms]
    assert told == [("shadow", by.user, None), ("champion", by.user, None), ("champion", by.user, dana)]
    ended = found.terms[2].left
    assert (ended.number, ended.job, found.jobs["9"].name) == (2, "9", "deploy")
    aliases.remove(model, "champion", by=by, project=project)
    assert [term.left.number for term in read(one).terms if term.left] == [None, 2]


def test_long_lists_are_cut_and_it_says_so(experiment: Any, model: Any, by: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(lineage, "MOST_INPUTS", 2)
    run = started(experiment, by, "a", {})
    for number in range(3):
        dataset = Dataset.objects.create(experiment=experiment, name=f"d{number}", digest="d", source="{}")
        DatasetInput.objects.create(run=run, dataset=dataset)
    found = read(versions.create(model, by=by, run_id=run.uuid))
    assert [one.dataset.name for one in found.inputs] == ["d0", "d1"]
    assert found.is_cut


def test_parents_end_somewhere(experiment: Any, model: Any, by: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(lineage, "MOST_PARENTS", 2)
    run = started(experiment, by, "0", {})
    for number in range(1, 5):
        run = started(experiment, by, str(number), {"mlflow.parentRunId": run.uuid})
    found = read(versions.create(model, by=by, run_id=run.uuid))
    assert [one.name for one in found.parents] == ["3", "2"]
    assert found.is_cut


@pytest.mark.parametrize("many", [1, 30])
def test_it_costs_as_many_queries_however_much_there_is(
    project: Any, experiment: Any, model: Any, by: Any, many: int
) -> None:
    project.role = Role.OWNER
    run = started(experiment, by, "a", {"gitlab.CI_JOB_ID": "71"})
    one, two = (versions.create(model, by=by, run_id=run.uuid) for _ in range(2))
    for number in range(many):
        dataset = Dataset.objects.create(experiment=experiment, name=f"d{number}", digest="d", source="{}")
        DatasetInput.objects.create(run=run, dataset=dataset)
        base = logged_models.create(experiment, by=by.user, name="base")
        ModelInput.objects.create(run=run, model=base)
        with caller.calling(by.user, job="71"):
            aliases.point(one, "champion", by=by, project=project)
            aliases.point(two, "champion", by=by, project=project)
    version = lookup.version(model, "1")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = lineage.of(version)
        # All that is promised is loaded.
        _ = [(one.dataset.name, one.run_id) for one in found.inputs], [one.experiment.iid for one in found.input_models]
        _ = [(term.came.by.name, term.left.by.name) for term in found.terms if term.left]
        _ = found.run.experiment.iid, found.run.creator.name, found.run.job.number, found.version.creator.name
    assert len(queries) == 7
    assert len(found.terms) == many
