from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.models import User
from projects.models import Project
from tracking.models import Experiment, Run
from tracking.services import batches, experiments, runs
from tracking.services.batches import Point

INDEX = "/acme/fraud/-/ml/experiments"


def ask(page: Client, experiment: Experiment, **query: Any) -> str:
    answer = page.get(f"{INDEX}/{experiment.iid}?{urlencode(query, doseq=True)}")
    assert answer.status_code == 200
    return answer.content.decode()


def several(experiment: Experiment, alice: User, number: int) -> list[Run]:
    found = []
    for place in range(number):
        run = runs.start(experiment, by=alice, name=f"run-{place:03}", at=1_700_000_000_000 + place)
        batches.log(run, metrics=[Point("score", float(place), 1, 1)], params=[("depth", str(place % 3))])
        found.append(run)
    return found


def test_experiments_are_listed_with_their_runs_counted(page: Client, experiment: Experiment, run: Run) -> None:
    answer = page.get(INDEX)
    counted = {found.name: found.run_count for found in answer.context["page"]}
    assert counted == {"churn": 1, "Default": 0}
    assert "Alice Liddell" in answer.content.decode()


def test_the_list_asks_as_much_for_many_as_for_one(
    page: Client, project: Project, experiment: Experiment, alice: User, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(5):
        page.get(INDEX)
    for number in range(10):
        runs.start(experiments.create(project, f"e{number}", by=alice), by=alice)
    with django_assert_num_queries(5):
        page.get(INDEX)


def test_experiments_are_searched_by_name(page: Client, experiment: Experiment) -> None:
    assert [found.name for found in page.get(INDEX, {"q": "CHU"}).context["page"]] == ["churn"]
    assert b"Nothing found" in page.get(INDEX, {"q": "nobody%"}).content


def test_deleted_experiments_have_a_tab_and_can_be_restored(page: Client, experiment: Experiment, run: Run) -> None:
    page.post(f"{INDEX}/{experiment.iid}/delete")
    assert "churn" not in [found.name for found in page.get(INDEX).context["page"]]
    deleted = page.get(INDEX, {"view": "deleted"}).context["page"]
    assert [(found.name, found.run_count) for found in deleted] == [("churn", 1)]
    page.post(f"{INDEX}/{experiment.iid}/restore")
    experiment.refresh_from_db()
    assert experiment.lifecycle_stage == "active"


def test_an_experiment_is_created_and_opened(page: Client, project: Project, alice: User) -> None:
    answer = page.post(f"{INDEX}/new", {"name": "fresh"})
    created = project.experiments.get(name="fresh")
    assert answer["Location"] == f"{INDEX}/{created.iid}"
    assert created.creator == alice


@pytest.mark.parametrize("name", ["", "churn", "x" * 501])
def test_a_name_that_will_not_do_is_answered_beside_the_form(page: Client, experiment: Experiment, name: str) -> None:
    answer = page.post(f"{INDEX}/new", {"name": name})
    assert answer.status_code == 400
    assert b'role="alert"' in answer.content


def test_an_experiment_is_renamed(page: Client, experiment: Experiment) -> None:
    answer = page.post(f"{INDEX}/{experiment.iid}/rename", {"name": "better"}, follow=True)
    assert b"better" in answer.content
    answer = page.post(f"{INDEX}/{experiment.iid}/rename", {"name": "Default"}, follow=True)
    assert b"already exists" in answer.content


def test_readers_are_shown_no_buttons(experiment: Experiment, bob: User, signed_in: Any) -> None:
    browser = signed_in(bob)
    assert b"New experiment" not in browser.get(INDEX).content
    assert b"Delete experiment" not in browser.get(f"{INDEX}/{experiment.iid}").content


def test_one_experiment_shows_note_tags_and_runs(page: Client, experiment: Experiment, run: Run) -> None:
    answer = ask(page, experiment)
    assert "<h1>About</h1>" in answer
    assert "risk" in answer
    assert "Finished" in answer
    assert "1 min 01 s" in answer
    assert "metrics.loss" in answer
    assert ">0.1<" in answer


def test_an_experiment_without_runs_says_how_to_log_one(page: Client, experiment: Experiment) -> None:
    assert "No runs yet" in ask(page, experiment)
    assert "No deleted runs" in ask(page, experiment, view="deleted")
    assert "No run matches" in ask(page, experiment, q="metrics.x > 1")


def test_runs_are_filtered_in_mlflows_language(page: Client, experiment: Experiment, alice: User) -> None:
    several(experiment, alice, 5)
    answer = ask(page, experiment, q="metrics.score >= 3 and params.depth = '1'")
    assert "run-004" in answer
    assert "run-003" not in answer


@pytest.mark.parametrize("q", ["metrics.score >", "loss << 3", "params.x = 5", "'", "metrics.a = 'b'", "x" * 200])
def test_a_filter_that_is_not_understood_is_answered_beside_the_box(
    page: Client, experiment: Experiment, q: str
) -> None:
    answer = ask(page, experiment, q=q)
    assert 'aria-invalid="true"' in answer
    assert 'role="alert"' in answer


def test_headers_order_the_runs(page: Client, experiment: Experiment, alice: User) -> None:
    several(experiment, alice, 3)
    answer = ask(page, experiment, order="metrics.`score` ASC")
    assert answer.index("run-000") < answer.index("run-002")
    assert 'aria-sort="ascending"' in answer
    assert "order=metrics.%60score%60+DESC" in answer


def test_columns_are_chosen_in_the_query_string(page: Client, experiment: Experiment, alice: User) -> None:
    several(experiment, alice, 1)
    table = page.get(f"{INDEX}/{experiment.iid}?col=params.depth&col=tags.none").context["table"]
    assert [column.name for column in table.columns] == ["params.depth", "tags.none"]
    assert table.rows[0].cells == ["0", None]
    assert {column.name for offered in table.offered.values() for column, _ in offered} >= {"metrics.score"}


def test_what_most_runs_have_is_shown_unless_chosen(page: Client, experiment: Experiment, alice: User) -> None:
    first, *_ = several(experiment, alice, 3)
    batches.log(first, metrics=[Point(key, 1.0, 1, 1) for key in ("a", "b", "c", "d", "system/cpu")])
    columns = page.get(f"{INDEX}/{experiment.iid}").context["table"].columns
    assert "metrics.score" in [column.name for column in columns]
    assert "metrics.system/cpu" not in [column.name for column in columns]


def test_pages_continue_where_the_last_ended_with_the_same_columns(
    page: Client, experiment: Experiment, alice: User
) -> None:
    several(experiment, alice, 60)
    table = page.get(f"{INDEX}/{experiment.iid}").context["table"]
    names = [row.run.name for row in table.rows]
    following = page.get(f"{INDEX}/{experiment.iid}{table.links['older']}").context["table"]
    names += [row.run.name for row in following.rows]
    assert names == [f"run-{place:03}" for place in reversed(range(60))]
    assert following.columns == table.columns
    assert "older" not in following.links


def test_child_runs_are_marked(page: Client, experiment: Experiment, run: Run, alice: User) -> None:
    runs.start(experiment, by=alice, name="child", tags={"mlflow.parentRunId": run.uuid})
    assert ask(page, experiment).count("Child run:") == 1


def test_the_runs_ask_as_much_for_many_as_for_one(
    page: Client, experiment: Experiment, alice: User, django_assert_num_queries: Any
) -> None:
    several(experiment, alice, 2)
    with django_assert_num_queries(12):
        ask(page, experiment)
    for run in several(experiment, alice, 20):
        runs.set_tags(run, {"gitlab.CI_JOB_ID": str(run.pk)})
    with django_assert_num_queries(13):  # the jobs
        ask(page, experiment)


def test_rubbish_in_the_query_string_is_no_failure(page: Client, experiment: Experiment, run: Run) -> None:
    for rubbish in (
        "page_token=x",
        "page_token=%00",
        "order=nonsense",
        "order=metrics.%60a%00",
        "view=other&col=&col=x&col=metrics.&col=.&col=params.%60",
        "q=%00",
        "q=%ff",
        "q=metrics.a+%3E+1e999",
        "q=attributes.start_time+%3E+99999999999999999999999",
        "q=" + "metrics.a+%3E+1+and+" * 200,
        "&".join(f"col=metrics.{number}" for number in range(500)),
    ):
        assert page.get(f"{INDEX}/{experiment.iid}?{rubbish}").status_code in (200, 400), rubbish
        assert page.get(f"{INDEX}?{rubbish}").status_code == 200, rubbish
    assert page.get(f"{INDEX}/999999999999999999").status_code == 404
    assert page.get(f"{INDEX}/9999999999999999999999").status_code == 404


def test_what_people_wrote_is_escaped(page: Client, project: Project, alice: User) -> None:
    evil = '"><script>alert(1)</script>'
    experiment = experiments.create(
        project, evil, by=alice, tags=[("x", evil), ("mlflow.note.content", f"{evil} [a](javascript:alert(1)) ![i](x)")]
    )
    run = runs.start(experiment, by=alice, name=evil, user_name=evil, tags={"t": evil})
    batches.log(run, params=[("p", evil)])
    for path in (
        INDEX,
        f"{INDEX}/{experiment.iid}?col=params.p&col=tags.t&q={urlencode({'': evil})[1:]}",
        "/acme/fraud",
    ):
        answer = page.get(path).content.decode()
        assert "<script>alert" not in answer
        assert 'href="javascript' not in answer
