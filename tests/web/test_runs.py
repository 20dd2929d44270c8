import json
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from projects.models import Project
from tracking.models import Experiment, Run
from tracking.services import batches, experiments, runs
from tracking.services.batches import Point

ROOT = "/acme/fraud/-/ml/runs"


def shown(page: Client, run: Run, rest: str = "") -> str:
    answer = page.get(f"{ROOT}/{run.iid}{rest}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_overview_shows_what_was_logged(page: Client, run: Run) -> None:
    answer = shown(page, run)
    for told in ("first", "Finished", run.uuid, "train.py", "c0ffee", "2023-11-14 22:13:20 UTC", "1 min 01 s"):
        assert told in answer
    for told in ("loss", "rate", "cards", "eval", "classifier", "It <strong>works</strong>", "as al on the client"):
        assert told in answer


def test_a_run_is_found_by_its_uuid_and_by_gitlabs_word(page: Client, run: Run) -> None:
    assert page.get(f"{ROOT}/{run.uuid}")["Location"] == f"{ROOT}/{run.iid}"
    assert page.get(f"/acme/fraud/-/ml/candidates/{run.iid}")["Location"] == f"{ROOT}/{run.iid}"
    assert page.get(f"/acme/fraud/-/ml/candidates/{run.uuid}")["Location"] == f"{ROOT}/{run.iid}"


@pytest.mark.parametrize("reference", ["999", "0", "9" * 18, "f" * 32, "x", "9" * 40, "-1"])
def test_what_is_no_run_is_not_found(page: Client, project: Project, reference: str) -> None:
    assert page.get(f"{ROOT}/{reference}").status_code == 404


def test_a_run_that_has_logged_nothing_says_so(page: Client, experiment: Experiment, alice: User) -> None:
    run = runs.start(experiment, by=alice)
    assert "No metric has been logged." in shown(page, run)
    assert "No metrics" in shown(page, run, "/charts")
    assert "No artifacts" in shown(page, run, "/artifacts")


def test_parent_and_children_lead_to_each_other(page: Client, run: Run, experiment: Experiment, alice: User) -> None:
    child = runs.start(experiment, by=alice, name="child", tags={"mlflow.parentRunId": run.uuid})
    assert f'href="{ROOT}/{child.iid}"' in shown(page, run)
    answer = shown(page, child)
    assert "Parent run" in answer
    assert f'href="{ROOT}/{run.iid}"' in answer


def test_a_parent_in_another_project_is_not_shown(
    page: Client, experiment: Experiment, other_project: Project, alice: User, charlie: User
) -> None:
    foreign = runs.start(other_project.experiments.get(), by=charlie, name="secret-name")
    run = runs.start(experiment, by=alice, tags={"mlflow.parentRunId": foreign.uuid})
    answer = shown(page, run)
    assert "secret-name" not in answer
    assert "Parent run" not in answer


def test_the_ci_job_is_shown_with_its_facts_and_without_its_secrets(
    page: Client, experiment: Experiment, alice: User
) -> None:
    tags = {
        "gitlab.CI_JOB_ID": "4711",
        "gitlab.CI_JOB_NAME": "train",
        "gitlab.CI_JOB_URL": "https://gitlab.example/jobs/4711",
        "gitlab.CI_PIPELINE_URL": "javascript:alert(1)",
        "gitlab.CI_JOB_TOKEN": "topsecret",
    }
    answer = shown(page, runs.start(experiment, by=alice, tags=tags))
    assert '<a href="https://gitlab.example/jobs/4711" rel="noopener noreferrer nofollow">#4711</a>' in answer
    assert "This job is not known here" in answer
    assert 'href="javascript' not in answer
    assert "topsecret" not in answer


def test_the_overview_asks_as_much_for_many_values_as_for_few(
    page: Client, run: Run, experiment: Experiment, alice: User, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(14):
        shown(page, run)
    batches.log(run_active(run), params=[(f"p{number}", "x") for number in range(90)])
    for number in range(5):
        runs.start(experiment, by=alice, name=f"child {number}", tags={"mlflow.parentRunId": run.uuid})
    with django_assert_num_queries(14):
        shown(page, run)


def run_active(run: Run) -> Run:
    return Run.objects.get(pk=run.pk)


def test_charts_are_grouped_by_prefix_and_searched(page: Client, run: Run) -> None:
    batches.log(run, metrics=[Point(key, 1.0, 1, 1) for key in ("val/loss", "val/acc", "a b")])
    sections = dict(page.get(f"{ROOT}/{run.iid}/charts").context["sections"])
    assert [point.key for point in sections[""]] == ["a b", "loss"]
    assert [point.key for point in sections["val"]] == ["val/acc", "val/loss"]
    found = page.get(f"{ROOT}/{run.iid}/charts", {"q": "ACC"}).context
    assert (found["matching"], found["total"]) == (1, 4)


def curve(page: Client, run: Run, **query: str) -> Any:
    answer = page.get(f"{ROOT}/{run.iid}/curve.json", query)
    assert answer.status_code == 200
    # What browsers read: no NaN in it.
    return json.loads(answer.content, parse_constant=pytest.fail)


def test_a_short_curve_has_every_point(page: Client, run: Run) -> None:
    drawn = curve(page, run, key="loss")
    assert (drawn["total"], drawn["drawable"], len(drawn["points"])) == (10, 10, 10)
    assert drawn["points"][1] == [1, 1_700_000_001_000, 0.5]


@pytest.mark.parametrize("x", ["step", "time", "relative"])
def test_a_long_curve_keeps_its_spikes(page: Client, experiment: Experiment, alice: User, x: str) -> None:
    run = runs.start(experiment, by=alice)
    points = [Point("loss", 100.0 if step == 2345 else 1.0 + step % 2, 10_000 + step, step) for step in range(5000)]
    for start in range(0, 5000, 1000):
        batches.log(run, metrics=points[start : start + 1000])
    drawn = curve(page, run, key="loss", x=x)
    assert (drawn["total"], drawn["drawable"]) == (5000, 5000)
    assert 500 <= len(drawn["points"]) <= 1000
    assert max(value for _, _, value in drawn["points"]) == 100.0
    steps = [step for step, _, _ in drawn["points"]]
    assert steps == sorted(steps)


def test_what_is_not_finite_is_counted_and_not_drawn(page: Client, experiment: Experiment, alice: User) -> None:
    run = runs.start(experiment, by=alice)
    values = [float("nan"), float("inf"), float("-inf"), 1.0]
    batches.log(run, metrics=[Point("loss", value, 1, step) for step, value in enumerate(values)])
    drawn = curve(page, run, key="loss")
    assert (drawn["total"], drawn["drawable"], drawn["points"]) == (4, 1, [[3, 1, 1.0]])
    batches.log(run, metrics=[Point("loss", float("nan"), 1, 9)])
    assert "NaN" in shown(page, run)


def test_steps_at_the_ends_of_the_range_do_not_overflow(page: Client, experiment: Experiment, alice: User) -> None:
    run = runs.start(experiment, by=alice)
    steps = [-(2**63), *range(1001), 2**63 - 1]
    for start in (0, 500, 1000):
        batches.log(run, metrics=[Point("loss", 1.0, 5, step) for step in steps[start : start + 500]])
    drawn = curve(page, run, key="loss")
    assert drawn["points"][0][0] == -(2**63)
    assert drawn["points"][-1][0] == 2**63 - 1


def test_an_unknown_metric_has_an_empty_curve(page: Client, run: Run) -> None:
    for key in ("", "none", "\x00", "x" * 5000):
        assert curve(page, run, key=key, x="rubbish") == {"points": [], "total": 0, "drawable": 0}


def test_what_people_wrote_is_escaped(page: Client, project: Project, alice: User) -> None:
    evil = '"><script>alert(1)</script>'
    experiment = experiments.create(project, evil, by=alice)
    note = f"{evil}\n\n[a](javascript:alert(1)) <img src=x onerror=alert(1)> ![i](data:text/html,x)"
    tags = {"t": evil, "mlflow.source.name": evil, "mlflow.note.content": note, "gitlab.CI_JOB_NAME": evil}
    run = runs.start(experiment, by=alice, name=evil, user_name=evil, tags=tags)
    batches.log(run, params=[("p", evil)])
    answer = shown(page, run)
    assert "<script>alert" not in answer
    assert "<img src=x" not in answer
    assert 'href="javascript' not in answer
    assert "<script>alert" not in shown(page, run, "/charts?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
