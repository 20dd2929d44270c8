"""The pages of a model version, and the forms that change it."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.identity import Identity
from accounts.models import User
from ci.models import Job
from projects.models import Project
from projects.roles import Role
from projects.services import members
from registry.models import Alias, ModelVersion, Stage
from registry.services import rules
from tests.web.registered import FIRST, LIST, ML_MODEL, SECOND, two_versions
from tracking.models import Run

pytestmark = pytest.mark.usefixtures("versions")


@pytest.fixture
def versions(project: Project, run: Run, keep: Any, alice: User) -> list[ModelVersion]:
    keep("model/MLmodel", ML_MODEL)
    keep("model/data/weights.bin", b"w" * 10)
    keep("other.txt", b"not the model's")
    run.refresh_from_db()
    return two_versions(project, run, alice)


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


@pytest.mark.parametrize(
    ("asked", "number"),
    [("1.0.0", 1), ("latest", 2), ("LATEST", 2), ("^1", 2), ("~1.0", 1), ("01", 1), ("champion", 1), (":new", 1)],
)
def test_every_lookup_leads_to_the_one_address(page: Client, asked: str, number: int) -> None:
    for alias in ("champion", "new"):
        page.post(f"{LIST}/classifier/aliases/point", {"alias": alias, "version": "1"})
    assert page.get(f"{LIST}/classifier/versions/{asked}")["Location"] == f"{LIST}/classifier/versions/{number}"


@pytest.mark.parametrize("asked", ["3", "9" * 40, "1.0.1", "^7", "rubbish", "%00", "-1", "²", "%3Cb%3E"])
def test_what_means_no_version_is_not_found(page: Client, asked: str) -> None:
    assert page.get(f"{LIST}/classifier/versions/{asked}").status_code == 404


def test_a_version_shows_its_card_state_and_signature(page: Client) -> None:
    told = text(page.get(FIRST))
    assert "It <strong>works</strong>" in told
    assert ">Open<" in told
    assert "amount" in told
    assert "string (optional)" in told
    assert "&lt;b&gt;" in told
    assert "with 1.0.0" in text(page.get(SECOND))


def test_the_snippets_load_this_very_version(page: Client, project: Project) -> None:
    page.post(f"{LIST}/classifier/aliases/point", {"alias": "champion", "version": "1"})
    told = text(page.get(FIRST)).replace("&quot;", '"')
    assert f'set_tracking_uri("{settings.EXTERNAL_URL}/api/v4/projects/{project.pk}/ml/mlflow")' in told
    for uri in ("models:/classifier/1.0.0", "models:/classifier/^1.0", "models:/classifier@champion"):
        assert f'mlflow.pyfunc.load_model("{uri}")' in told
    assert f"{settings.EXTERNAL_URL}/api/v4/projects/{project.pk}/ml/models/classifier/versions/1.0.0" in told
    assert "download_artifacts" in text(page.get(SECOND))


def test_lineage_names_the_run_its_data_and_its_job(page: Client, project: Project, run: Run) -> None:
    facts = {"CI_PIPELINE_ID": "12", "CI_PIPELINE_URL": "javascript:alert(1)", "CI_COMMIT_SHA": "c0ffee01"}
    run.job = Job.objects.create(project=project, number="77", facts=facts, web_url="https://ci.example/77")
    run.save(update_fields=["job"])
    told = text(page.get(FIRST))
    assert f"/acme/fraud/-/ml/runs/{run.iid}" in told
    assert '<a href="https://ci.example/77" rel="noopener noreferrer nofollow">#77</a>' in told
    assert "#12" in told
    assert "c0ffee01" in told
    assert "javascript" not in told
    assert "cards" in told


def test_the_history_of_aliases_is_told(page: Client) -> None:
    page.post(f"{LIST}/classifier/aliases/point", {"alias": "champion", "version": "1"})
    assert ">Now<" in text(page.get(FIRST))
    page.post(f"{LIST}/classifier/aliases/point", {"alias": "champion", "version": "2"})
    told = text(page.get(FIRST))
    assert ">Now<" not in told
    assert "to 1.1.0" in told


def test_a_version_costs_the_same_whatever_it_has(page: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(32):
        page.get(FIRST)
    with django_assert_max_num_queries(14):
        page.get(f"{FIRST}/performance")


def test_performance_shows_the_runs_values_and_charts(page: Client, run: Run) -> None:
    told = text(page.get(f"{FIRST}/performance"))
    assert "rate" in told
    assert f"/acme/fraud/-/ml/runs/{run.iid}/curve.json?key=loss" in told
    assert "Nothing found" in text(page.get(f"{FIRST}/performance", {"q": "nothing"}))


def test_who_may_not_read_files_is_not_told_what_is_in_them(
    project: Project, charlie: User, signed_in: Any, page: Client
) -> None:
    members.set_role(charlie, project, Role.GUEST)
    guest = signed_in(charlie)
    assert "amount" not in text(guest.get(FIRST))
    assert "weights.bin" in text(page.get(f"{LIST}/classifier/compare"))
    assert "weights.bin" not in text(guest.get(f"{LIST}/classifier/compare"))


def test_a_file_that_is_no_index_breaks_nothing(page: Client, keep: Any) -> None:
    for rubbish in (b"", b"\xff\x00", b"{", b"signature: {inputs: '{'}", b"- 1", b"&a [*a]", b"signature: {inputs: 7}"):
        keep("model/MLmodel", rubbish)
        assert page.get(FIRST).status_code == 200, rubbish
        assert page.get(f"{LIST}/classifier/compare").status_code == 200, rubbish


def test_a_version_is_made_with_a_hint_of_what_is_free(page: Client) -> None:
    where = f"{LIST}/classifier/versions/new"
    assert "<strong>1.1.1</strong>" in text(page.get(where))
    assert "exists already" in text(page.get(where, {"semver": "1.0.0"}))
    assert "no semantic version" in text(page.get(where, {"semver": "v1"}))
    assert "2.0.0 is free" in text(page.get(where, {"semver": "2.0.0"}))
    assert page.post(where, {"semver": "2.0.0", "description": "x"})["Location"] == f"{LIST}/classifier/versions/3"
    assert page.post(where, {"semver": ""})["Location"] == f"{LIST}/classifier/versions/4"
    made = ModelVersion.objects.order_by("number")
    assert [version.semver for version in made] == ["1.0.0", "1.1.0", "2.0.0", "2.0.1"]


@pytest.mark.parametrize(("semver", "status"), [("1.0.0", 409), ("v1", 400), ("1.2", 400), ("x" * 400, 400)])
def test_a_semver_that_cannot_be_is_told_with_the_next_free_one(page: Client, semver: str, status: int) -> None:
    answer = page.post(f"{LIST}/classifier/versions/new", {"semver": semver, "description": "my words"})
    assert answer.status_code == status
    assert b"next free one is 1.1.1" in answer.content
    assert b"my words" in answer.content
    assert ModelVersion.objects.count() == 2


def test_the_card_is_previewed_and_changed(page: Client, versions: list[ModelVersion]) -> None:
    preview = page.post(f"{FIRST}/edit", {"description": "*so*", "preview": "1"})
    assert "<em>so</em>" in text(preview)
    versions[0].refresh_from_db()
    assert versions[0].description == "It **works**"
    assert page.post(f"{FIRST}/edit", {"description": "*so*"})["Location"] == FIRST
    versions[0].refresh_from_db()
    assert versions[0].description == "*so*"


def test_a_stage_archives_what_is_there(page: Client, versions: list[ModelVersion]) -> None:
    page.post(f"{FIRST}/stage", {"stage": "Production"})
    page.post(f"{SECOND}/stage", {"stage": "Production", "archive": "1"})
    assert [version.stage for version in ModelVersion.objects.order_by("number")] == [Stage.ARCHIVED, Stage.PRODUCTION]
    page.post(f"{FIRST}/stage", {"stage": "rubbish"})
    assert "Invalid Model Version stage" in text(page.get(FIRST))


def test_publishing_says_what_it_freezes_first(page: Client, versions: list[ModelVersion]) -> None:
    asked = text(page.get(f"{FIRST}/publish"))
    assert "<code>model</code>" in asked
    versions[0].refresh_from_db()
    assert versions[0].published_ms is None
    page.post(f"{FIRST}/publish")
    versions[0].refresh_from_db()
    assert versions[0].published_ms is not None
    assert ">Published<" in text(page.get(FIRST))
    assert "published already" in text(page.get(f"{FIRST}/publish"))


def test_a_version_that_an_alias_points_to_is_deleted_only_when_that_is_said(page: Client) -> None:
    page.post(f"{LIST}/classifier/aliases/point", {"alias": "champion", "version": "1"})
    assert "champion" in text(page.get(f"{FIRST}/delete"))
    refused = page.post(f"{FIRST}/delete")
    assert refused.status_code == 409
    assert ModelVersion.objects.count() == 2
    assert page.post(f"{FIRST}/delete", {"force": "1"})["Location"] == f"{LIST}/classifier/versions"
    assert ModelVersion.objects.get().number == 2
    assert not Alias.objects.exists()


def test_a_developer_cannot_force_a_protected_alias(
    page: Client, project: Project, alice: User, dana: User, signed_in: Any
) -> None:
    page.post(f"{LIST}/classifier/aliases/point", {"alias": "production", "version": "1"})
    rules.protect(project, "production", by=Identity(alice))
    assert signed_in(dana).post(f"{FIRST}/delete", {"force": "1"}).status_code == 403
    assert ModelVersion.objects.count() == 2


def test_tags_of_a_version_are_set_and_deleted(page: Client, versions: list[ModelVersion]) -> None:
    page.post(f"{SECOND}/tags/set", {"key": "checked", "value": "yes"})
    page.post(f"{SECOND}/tags/delete", {"key": "owner"})
    assert list(versions[1].tags.values_list("key", "value")) == [("checked", "yes")]
    assert "checked" in text(page.get(SECOND))


def test_a_comparison_shows_differences_alone_or_everything(page: Client, run: Run) -> None:
    where = f"{LIST}/classifier/compare"
    told = text(page.get(where, {"from": "1", "to": "^1"}))
    assert "weights.bin" in told
    assert "removed" in told
    same = text(page.get(where, {"from": "1.0.0", "to": "1.0.0"}))
    assert "No difference" in same
    assert "weights.bin" not in same
    whole = text(page.get(where, {"from": "1.0.0", "to": "1.0.0", "all": "1"}))
    assert "weights.bin" in whole
    assert "0.1" in whole


def test_a_comparison_can_be_swapped(page: Client) -> None:
    told = text(page.get(f"{LIST}/classifier/compare", {"from": "1", "to": "2"}))
    assert "?from=2&amp;to=1" in told


def test_rubbish_is_not_compared_but_told(page: Client) -> None:
    for rubbish in ("7", "\x00rubbish", "<b>", "^" * 400, "9" * 40):
        told = text(page.get(f"{LIST}/classifier/compare", {"from": "1", "to": rubbish}))
        assert "No version matches" in told
        assert "<b>" not in told


def test_a_comparison_costs_the_same_whatever_there_is(page: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(30):
        page.get(f"{LIST}/classifier/compare", {"from": "1", "to": "2", "all": "1"})
