from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from ci.models import Job
from ci.services import jobs


def test_a_job_that_is_told_of_is_linked_and_keeps_its_facts(project: Any) -> None:
    known = Job.objects.create(project=project, number="77", known=True, name="train")
    found = jobs.link(project, {"gitlab.CI_JOB_ID": "77", "gitlab.CI_COMMIT_SHA": "abc", "mlflow.user": "x"})
    assert found == known
    known.refresh_from_db()
    assert (known.known, known.name, known.facts) == (True, "train", {"CI_COMMIT_SHA": "abc"})


def test_an_unknown_number_is_kept_as_a_job_that_is_not_known(project: Any) -> None:
    found = jobs.link(project, {"gitlab.CI_JOB_ID": " 4711 "})
    assert found is not None
    assert (found.number, found.known, found.facts) == ("4711", False, {})


def test_a_job_of_another_project_is_never_linked(project: Any, other_project: Any) -> None:
    theirs = Job.objects.create(project=other_project, number="77", known=True)
    found = jobs.link(project, {"gitlab.CI_JOB_ID": "77", "gitlab.CI_COMMIT_SHA": "abc"})
    assert found is not None
    assert found != theirs
    assert found.project == project
    theirs.refresh_from_db()
    assert theirs.facts == {}


@pytest.mark.parametrize("number", ["", "   ", "7" * 256, "a\x00b", "\ud800"])
def test_a_number_that_cannot_be_one_links_nothing(project: Any, number: str) -> None:
    assert jobs.link(project, {"gitlab.CI_JOB_ID": number}) is None
    assert not Job.objects.exists()


def test_facts_that_come_later_are_merged_into_the_linked_job(project: Any) -> None:
    linked = jobs.link(project, {"gitlab.CI_JOB_ID": "1", "gitlab.CI_COMMIT_SHA": "abc", "gitlab.CI_JOB_NAME": "a"})
    assert jobs.link(project, {"gitlab.CI_JOB_NAME": "b"}, linked=linked) == linked
    assert Job.objects.get().facts == {"CI_COMMIT_SHA": "abc", "CI_JOB_NAME": "b"}


def test_facts_without_any_job_are_left_to_the_tags(project: Any) -> None:
    assert jobs.link(project, {"gitlab.CI_COMMIT_SHA": "abc"}) is None
    assert not Job.objects.exists()


def test_another_number_links_another_job(project: Any) -> None:
    first = jobs.link(project, {"gitlab.CI_JOB_ID": "1"})
    second = jobs.link(project, {"gitlab.CI_JOB_ID": "2"}, linked=first)
    assert second is not None
    assert second.number == "2"


def test_a_secret_sent_by_mistake_is_not_among_the_facts(project: Any) -> None:
    tags = {"gitlab.CI_JOB_ID": "1", "gitlab.CI_JOB_TOKEN": "s3cret", "gitlab.CI_REGISTRY_PASSWORD": "s3cret"}
    jobs.link(project, tags)
    assert Job.objects.get().facts == {}


def test_facts_do_not_grow_without_end(project: Any) -> None:
    linked = jobs.link(project, {"gitlab.CI_JOB_ID": "1"})
    for at in range(3):
        jobs.link(project, {f"gitlab.CI_{at}_{n}": "v" * 9000 for n in range(60)}, linked=linked)
    facts = Job.objects.get().facts
    assert len(facts) == jobs.MOST_FACTS
    assert {len(value) for value in facts.values()} == {jobs.LONGEST_FACT}


def test_a_repeated_link_only_reads(project: Any, django_assert_num_queries: Any) -> None:
    tags = {"gitlab.CI_JOB_ID": "1", "gitlab.CI_COMMIT_SHA": "abc"}
    jobs.link(project, tags)
    with django_assert_num_queries(1):
        jobs.link(project, tags)


@pytest.mark.django_db(transaction=True)
def test_parallel_runs_of_one_job_share_it_and_lose_no_fact(project: Any) -> None:
    def from_run(number: int) -> None:
        try:
            jobs.link(project, {"gitlab.CI_JOB_ID": "1", f"gitlab.CI_NODE_{number}": str(number)})
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(from_run, range(16)))
    assert Job.objects.get().facts == {f"CI_NODE_{number}": str(number) for number in range(16)}
