"""GET, POST …/versions; GET, PUT, DELETE …/versions/:version; publish, stage, tags; promote a run."""

from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from ci.models import Job
from registry.models import ModelVersion
from registry.services import aliases, models, versions
from tracking.services import logged_models, runs


def semvers(answered: Any) -> list[str]:
    assert answered.status_code == 200, answered.content
    return [one["semver"] for one in answered.json()]


# Creation ------------------------------------------------------------------------------------------------------------


def test_an_empty_version_is_counted_and_has_a_run_of_its_own(ml: Any, model: Any) -> None:
    told = ml.post("models/fraud/versions", {"description": "first"}).json()
    kept = ModelVersion.objects.get()
    assert (told["id"], told["number"], told["semver"]) == (kept.pk, 1, "1.0.0")
    assert told["run"]["id"] == kept.run.uuid
    assert (told["name"], told["stage"], told["published_at"], told["source"]) == ("fraud", "None", None, "")
    assert told["author"]["username"] == "alice"
    assert ml.post("models/fraud/versions").json()["semver"] == "1.0.1"


def test_a_semver_and_tags_may_be_given(ml: Any, model: Any) -> None:
    told = ml.post("models/fraud/versions", {"semver": "3.0.0-rc.1", "tags": [{"key": "a", "value": "b"}]})
    assert told.status_code == 201
    assert (told.json()["semver"], told.json()["prerelease"]) == ("3.0.0-rc.1", True)
    assert told.json()["tags"] == [{"key": "a", "value": "b"}]


@pytest.mark.parametrize("semver", ["1", "v1.2.3", "1.2", "latest", "1.2.3.4", "01.2.3", "x" * 300])
def test_an_invalid_semver_is_refused_with_the_next_free_one(ml: Any, released: Any, semver: str) -> None:
    answered = ml.post("models/fraud/versions", {"semver": semver})
    assert answered.status_code == 400
    (told,) = answered.json()["message"]["semver"]
    assert "must be a semantic version" in told
    assert "next free one is 2.0.0." in told
    assert ModelVersion.objects.count() == 4


def test_a_taken_semver_is_refused_with_the_next_free_one(ml: Any, released: Any) -> None:
    answered = ml.post("models/fraud/versions", {"semver": "1.2.0", "description": "another"})
    assert answered.status_code == 400
    assert answered.json()["message"] == {
        "semver": ["Version '1.2.0' of 'fraud' already exists. The next free one is 2.0.0."]
    }


def test_a_run_is_promoted_both_ways(ml: Any, model: Any, run: Any) -> None:
    one = ml.post("models/fraud/versions", {"run_id": run.uuid, "path": "model"})
    two = ml.post(f"runs/{run.uuid}/promote", {"model": "fraud", "semver": "2.0.0"})
    assert (one.status_code, two.status_code) == (201, 201)
    assert (one.json()["source"], one.json()["path"]) == (f"runs:/{run.uuid}/model", "model")
    assert (two.json()["source"], two.json()["path"], two.json()["semver"]) == (f"runs:/{run.uuid}", "", "2.0.0")
    assert {version.run for version in ModelVersion.objects.all()} == {run}


def test_a_logged_model_becomes_a_version_of_the_run_that_made_it(ml: Any, model: Any, run: Any, alice: Any) -> None:
    logged = logged_models.create(run.experiment, by=alice, name="net", source_run=run.uuid)
    told = ml.post("models/fraud/versions", {"model_id": logged.uuid}).json()
    assert told["logged_model"]["id"] == logged.uuid
    assert told["run"]["id"] == run.uuid


def test_a_version_is_copied_from_another_model(ml: Any, project: Any, by: Any, released: Any) -> None:
    models.create(project, "shadow", by=by)
    told = ml.post("models/shadow/versions", {"source": "models:/fraud/^1.0"})
    assert told.status_code == 201, told.content
    assert told.json()["run"]["id"] == released[1].run.uuid


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"run_id": "0" * 32}, 404),
        ({"model_id": "m-0"}, 404),
        ({"source": "s3://bucket/model"}, 400),
        ({"source": "/etc/passwd"}, 400),
        ({"path": "model"}, 400),
        ({"semver": 5}, 400),
        ({"tags": {"a": "b"}}, 400),
    ],
)
def test_what_cannot_become_a_version_is_refused(ml: Any, model: Any, body: Any, status: int) -> None:
    assert ml.post("models/fraud/versions", body).status_code == status
    assert not ModelVersion.objects.exists()


def test_a_path_that_leaves_the_run_is_refused(ml: Any, model: Any, run: Any) -> None:
    for path in ("../x", "a/../../b", "..", "a//b"):
        assert ml.post("models/fraud/versions", {"run_id": run.uuid, "path": path}).status_code == 400
    assert not ModelVersion.objects.exists()


def test_a_deleted_run_is_not_promoted(ml: Any, model: Any, run: Any) -> None:
    runs.delete(run)
    assert ml.post(f"runs/{run.uuid}/promote", {"model": "fraud"}).status_code == 400
    assert ml.post("runs/nothing/promote", {"model": "fraud"}).status_code == 404
    assert ml.post(f"runs/{run.uuid}/promote", {"model": "nothing"}).json() == {"message": "404 Model Not Found"}


# Look-ups ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("2", 2),
        ("1.0.1", 4),
        ("latest", 2),
        ("LATEST", 2),
        ("champion", 3),
        ("^1.0", 2),
        ("~1.0", 4),
        (">=1 <1.2", 4),
        (">1.2.0-0 || 1.0.0", 2),
        ("1.x", 2),
        ("*", 2),
        (">=2.0.0-rc.0", 3),
    ],
)
def test_a_version_is_found_by_any_look_up(
    ml: Any, project: Any, by: Any, released: Any, said: str, number: int
) -> None:
    project.role = 50
    aliases.point(released[2], "champion", by=by, project=project)
    told = ml.get(f"models/fraud/versions/{quote(said, safe='')}")
    assert (told.status_code, told.json()["number"]) == (200, number)


@pytest.mark.parametrize("said", ["9", "9.9.9", "^7", "nobody", "%00", "not a version", "1.2.3.4", "9" * 30])
def test_a_look_up_that_finds_nothing_is_404(ml: Any, released: Any, said: str) -> None:
    answered = ml.get(f"models/fraud/versions/{quote(said, safe='')}")
    assert (answered.status_code, answered.json()) == (404, {"message": "404 Version Not Found"})


# Changes -------------------------------------------------------------------------------------------------------------


def test_the_description_is_changed(ml: Any, released: Any) -> None:
    assert ml("PUT", "models/fraud/versions/1.0.0", {"description": "old"}).json()["description"] == "old"
    assert ml("PUT", "models/fraud/versions/1.0.0", {}).json() == {"error": "description is missing"}
    assert ModelVersion.objects.get(number=1).description == "old"


def test_a_version_that_an_alias_points_to_is_deleted_only_by_force(
    ml: Any, project: Any, by: Any, released: Any
) -> None:
    project.role = 50
    aliases.point(released[0], "champion", by=by, project=project)
    refused = ml("DELETE", "models/fraud/versions/1")
    assert refused.status_code == 409
    assert "'champion'" in refused.json()["message"]
    assert ml("DELETE", "models/fraud/versions/1?force=true").status_code == 204
    assert not ModelVersion.objects.filter(number=1).exists()
    assert ml("DELETE", "models/fraud/versions/1").status_code == 404


def test_a_published_version_says_so_and_stays_published(ml: Any, released: Any) -> None:
    at = ml.post("models/fraud/versions/1/publish").json()["published_at"]
    assert at.endswith("Z")
    again = ml.post("models/fraud/versions/1/publish")
    assert (again.status_code, again.json()["published_at"]) == (201, at)
    assert ModelVersion.objects.exclude(published_ms=None).count() == 1


def test_a_stage_is_set_and_who_was_there_is_archived(ml: Any, released: Any) -> None:
    ml("PUT", "models/fraud/versions/1/stage", {"stage": "production"})
    told = ml("PUT", "models/fraud/versions/2/stage", {"stage": "Production", "archive_existing": True})
    assert (told.status_code, told.json()["stage"]) == (200, "Production")
    assert ModelVersion.objects.get(number=1).stage == "Archived"
    refused = ml("PUT", "models/fraud/versions/1/stage", {"stage": "nowhere"})
    assert (refused.status_code, list(refused.json()["message"])) == (400, ["stage"])


def test_tags_are_set_and_deleted(ml: Any, released: Any) -> None:
    assert ml("PUT", "models/fraud/versions/latest/tags/a/b", {"value": "1"}).status_code == 200
    assert list(released[1].tags.values_list("key", "value")) == [("a/b", "1")]
    assert ml("DELETE", "models/fraud/versions/latest/tags/a/b").status_code == 204
    assert ml("DELETE", "models/fraud/versions/latest/tags/a/b").status_code == 404


def test_each_change_is_one_audit_event_with_who_and_from_which_job(
    ml: Any, project: Any, model: Any, released: Any
) -> None:
    before = AuditEvent.objects.count()
    ml.post("models/fraud/versions", {"semver": "5.0.0"})
    ml("PUT", "models/fraud/versions/5.0.0", {"description": "x"})
    ml("PUT", "models/fraud/versions/5.0.0/stage", {"stage": "Staging"})
    ml.post("models/fraud/versions/5.0.0/publish")
    ml.post("models/fraud/versions/5.0.0/publish")
    ml("PUT", "models/fraud/versions/5.0.0/tags/a", {"value": "1"})
    ml("DELETE", "models/fraud/versions/5.0.0/tags/a")
    ml("DELETE", "models/fraud/versions/5.0.0")
    told = list(AuditEvent.objects.order_by("pk")[before:])
    assert [event.action for event in told] == [
        "model_version_created",
        "model_version_updated",
        "model_version_transitioned",
        "model_version_published",
        "model_version_tag_set",
        "model_version_tag_deleted",
        "model_version_deleted",
    ]
    assert {(event.project, event.author_name, event.token_name) for event in told} == {
        (project, "Alice Liddell", "test")
    }
    assert {event.details["semver"] for event in told} == {"5.0.0"}


# Lists ---------------------------------------------------------------------------------------------------------------


def test_versions_are_filtered(ml: Any, project: Any, by: Any, released: Any, run: Any) -> None:
    project.role = 50
    aliases.point(released[0], "champion", by=by, project=project)
    versions.set_tag(released[1], "tested", "yes", by=by)
    versions.transition(released[1], "Staging", by=by)
    versions.publish(released[3], by=by)

    def found(**asked: Any) -> list[str]:
        return semvers(ml.get("models/fraud/versions", asked))

    assert found() == ["1.0.1", "2.0.0-rc.1", "1.2.0", "1.0.0"]
    assert found(range="^1.0") == ["1.0.1", "1.2.0", "1.0.0"]
    assert found(range="^1.0", stage="staging") == ["1.2.0"]
    assert found(alias="champion") == ["1.0.0"]
    assert found(tag="tested") == found(tag="tested=yes") == ["1.2.0"]
    assert found(tag="tested=no") == []
    assert found(published="true") == ["1.0.1"]
    assert found(published="false", sort="asc") == ["1.0.0", "1.2.0", "2.0.0-rc.1"]
    assert found(run_id=released[2].run.uuid) == ["2.0.0-rc.1"]
    assert found(order_by="semver", sort="desc") == ["2.0.0-rc.1", "1.2.0", "1.0.1", "1.0.0"]


@pytest.mark.parametrize(
    ("asked", "field"), [({"range": "latest"}, "range"), ({"range": "x" * 300}, "range"), ({"stage": "x"}, "stage")]
)
def test_a_filter_that_means_nothing_is_refused(ml: Any, released: Any, asked: Any, field: str) -> None:
    refused = ml.get("models/fraud/versions", asked)
    assert (refused.status_code, list(refused.json()["message"])) == (400, [field])


@pytest.mark.parametrize("order_by", ["number", "semver", "created_at", "updated_at"])
def test_keyset_pages_agree_with_offset_pages(ml: Any, released: Any, order_by: str) -> None:
    asked = {"order_by": order_by, "per_page": 3}
    first = ml.get("models/fraud/versions", {**asked, "pagination": "keyset"})
    rest = ml.get("models/fraud/versions", {**asked, "pagination": "keyset", "cursor": first["X-Next-Cursor"]})
    assert semvers(first) + semvers(rest) == semvers(ml.get("models/fraud/versions", {"order_by": order_by}))
    assert not rest.has_header("Link")


def test_links_of_a_name_that_needs_encoding_can_be_followed(ml: Any, project: Any, by: Any) -> None:
    named = models.create(project, "ünser modell", by=by)
    for _ in range(3):
        versions.create(named, by=by)
    page = ml.get(f"models/{quote(named.name)}/versions", {"per_page": 2, "range": ">=1 <3"})
    following = next(link for link in page["Link"].split(", ") if 'rel="next"' in link)
    address = following.removeprefix("<").partition(">")[0]
    assert address.isascii()
    assert " " not in address
    assert len(ml.client.get(address, headers={"authorization": f"Bearer {ml.token}"}).json()) == 1


def test_a_list_costs_as_many_queries_however_long(ml: Any, model: Any, by: Any, run: Any) -> None:
    for _ in range(12):
        versions.create(model, by=by, run_id=run.uuid, tags=[("a", "b")])

    def cost(per_page: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(semvers(ml.get("models/fraud/versions", {"per_page": per_page}))) == per_page
        return len(queries)

    cost(1)  # notes when the token was used last
    assert cost(2) == cost(12) <= 8


# Lineage -------------------------------------------------------------------------------------------------------------


def test_lineage_is_one_call(ml: Any, project: Any, model: Any, alice: Any, by: Any, run: Any) -> None:
    tags = {
        "gitlab.CI_JOB_ID": "71",
        "gitlab.CI_JOB_NAME": "train",
        "gitlab.CI_PIPELINE_ID": "8",
        "gitlab.CI_COMMIT_SHA": "c0ffee",
    }
    runs.set_tags(run, tags)
    project.role = 50
    version = versions.create(model, by=by, run_id=run.uuid)
    aliases.point(version, "champion", by=by, project=project)
    told = ml.get("models/fraud/versions/champion/lineage").json()
    assert (told["version"]["semver"], told["run"]["id"], told["run"]["experiment"]) == ("1.0.0", run.uuid, "training")
    assert told["author"]["username"] == told["run"]["author"]["username"] == "alice"
    job = {"id": "71", "name": "train", "status": None, "web_url": None, "known": False}
    assert told["job"] == job
    assert (told["pipeline"]["id"], told["commit"]["id"]) == ("8", "c0ffee")
    assert (told["datasets"], told["parent_runs"], told["truncated"]) == ([], [], False)
    (term,) = told["alias_history"]
    assert (term["alias"], term["current"], term["moved_here"]["by"]["username"]) == ("champion", True, "alice")
    assert Job.objects.get().number == "71"
