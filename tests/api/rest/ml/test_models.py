"""GET, POST /projects/:id/ml/models; GET, PUT, DELETE /projects/:id/ml/models/:name; their tags."""

from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from projects.models import Project
from projects.roles import Visibility
from registry.models import RegisteredModel
from registry.services import aliases, models, versions


def test_a_model_is_created_and_told_whole(ml: Any, project: Any, alice: Any) -> None:
    answered = ml.post("models", {"name": "fraud", "description": "x", "tags": [{"key": "team", "value": "risk"}]})
    assert answered.status_code == 201
    kept = RegisteredModel.objects.get()
    assert (kept.name, kept.description, kept.project, kept.creator) == ("fraud", "x", project, alice)
    told = answered.json()
    here = f"http://testserver/api/v4/projects/{project.pk}/ml/models/fraud"
    assert told.pop("created_at").endswith("Z")
    assert told.pop("updated_at").endswith("Z")
    assert told.pop("author")["username"] == "alice"
    assert told.pop("_links")["self"].endswith(here.removeprefix("http://testserver"))
    assert told == {
        "id": kept.pk,
        "project_id": project.pk,
        "name": "fraud",
        "description": "x",
        "tags": [{"key": "team", "value": "risk"}],
        "aliases": [],
        "latest_version": None,
        "experiment_id": None,
    }


def test_a_form_will_do(ml: Any) -> None:
    answered = ml.post("models", "name=fraud&description=a+b", content_type="application/x-www-form-urlencoded")
    assert answered.status_code == 201
    assert RegisteredModel.objects.get().description == "a b"


def test_a_taken_name_is_refused_by_its_field(ml: Any, model: Any) -> None:
    answered = ml.post("models", {"name": "fraud"})
    assert answered.status_code == 400
    assert answered.json() == {"message": {"name": ["Registered Model (name=fraud) already exists."]}}
    assert RegisteredModel.objects.count() == 1


@pytest.mark.parametrize("name", ["a/b", "a:b", " ", ".", "..", "x" * 256])
def test_a_name_that_no_model_may_have_is_refused(ml: Any, name: str) -> None:
    answered = ml.post("models", {"name": name})
    assert answered.status_code == 400
    assert list(answered.json()["message"]) == ["name"]
    assert not RegisteredModel.objects.exists()


def test_a_missing_name_is_named(ml: Any) -> None:
    answered = ml.post("models", {})
    assert (answered.status_code, answered.json()) == (400, {"error": "name is missing"})


@pytest.mark.parametrize(
    "name", ["with space", "v1.2.3", "ümläut 🦊", "100%", "a%2Fb", "q?x=1&y", "semi;colon", "#hash", "a+b", "versions"]
)
def test_any_name_is_an_address_when_it_is_percent_encoded(ml: Any, name: str) -> None:
    links = ml.post("models", {"name": name}).json()["_links"]
    told = ml.get(f"models/{quote(name, safe='')}")
    assert (told.status_code, told.json()["name"]) == (200, name)
    # Where a link leads is the same place.
    assert ml.client.get(links["self"], headers={"authorization": f"Bearer {ml.token}"}).json() == told.json()
    assert ml("POST", f"models/{quote(name, safe='')}/versions", {}).status_code == 201
    assert ml.get(f"models/{quote(name, safe='')}/versions/1").json()["name"] == name


def test_what_there_is_not_is_404(ml: Any, model: Any) -> None:
    for method in ("GET", "PUT", "DELETE"):
        answered = ml(method, "models/nothing")
        assert (answered.status_code, answered.json()) == (404, {"message": "404 Model Not Found"})


def test_prompts_are_no_models(ml: Any, project: Any, by: Any, model: Any) -> None:
    models.create(project, "hello", by=by, tags=[("mlflow.prompt.is_prompt", "true")])
    assert [one["name"] for one in ml.get("models").json()] == ["fraud"]
    assert ml.get("models/hello").status_code == 404
    tag = {"key": "mlflow.prompt.is_prompt", "value": "true"}
    assert ml.post("models", {"name": "x", "tags": [tag]}).status_code == 400
    assert ml("PUT", "models/fraud/tags/mlflow.prompt.is_prompt", {"value": "true"}).status_code == 400
    assert RegisteredModel.objects.filter(is_prompt=True).count() == 1


def test_description_and_name_are_changed_together_or_not_at_all(ml: Any, project: Any, by: Any, model: Any) -> None:
    answered = ml("PUT", "models/fraud", {"description": "new", "name": "abuse"})
    assert (answered.status_code, answered.json()["name"], answered.json()["description"]) == (200, "abuse", "new")
    models.create(project, "taken", by=by)
    refused = ml("PUT", "models/abuse", {"description": "newer", "name": "taken"})
    assert refused.status_code == 400
    assert list(refused.json()["message"]) == ["name"]
    model.refresh_from_db()
    assert (model.name, model.description) == ("abuse", "new")
    assert ml("PUT", "models/abuse", {"name": "a/b"}).status_code == 400
    assert ml("PUT", "models/abuse", {"description": ""}).json()["description"] == ""


def test_a_model_goes_with_its_versions(ml: Any, model: Any, released: Any) -> None:
    answered = ml("DELETE", "models/fraud")
    assert (answered.status_code, answered.content) == (204, b"")
    assert not RegisteredModel.objects.exists()


def test_a_protected_alias_protects_the_model(ml: Any, project: Any, by: Any, released: Any, dana: Any) -> None:
    project.role = 50
    aliases.point(released[0], "production", by=by, project=project)
    assert ml.post("protected_aliases", {"name": "production"}).status_code == 201
    assert ml.as_(dana)("DELETE", "models/fraud").status_code == 403
    assert RegisteredModel.objects.exists()


def test_tags_are_set_changed_and_deleted(ml: Any, model: Any) -> None:
    address = f"models/fraud/tags/{quote('team/risk 1', safe='')}"
    assert ml("PUT", address, {"value": "a"}).json() == {"key": "team/risk 1", "value": "a"}
    assert ml("PUT", address, {"value": "b"}).status_code == 200
    assert list(model.tags.values_list("key", "value")) == [("team/risk 1", "b")]
    assert ml("DELETE", address).status_code == 204
    assert not model.tags.exists()
    assert ml("DELETE", address).json() == {"message": "404 Tag Not Found"}


def test_each_change_is_one_audit_event(ml: Any, project: Any) -> None:
    ml.post("models", {"name": "fraud"})
    ml("PUT", "models/fraud", {"description": "x"})
    ml("PUT", "models/fraud/tags/a", {"value": "1"})
    ml("DELETE", "models/fraud/tags/a")
    ml("PUT", "models/fraud", {"name": "abuse"})
    ml("PUT", "models/abuse", {"name": "a/b"})
    ml("DELETE", "models/abuse")
    told = AuditEvent.objects.filter(project=project, action__startswith="registered_model").order_by("pk")
    assert [event.action for event in told] == [
        "registered_model_created",
        "registered_model_updated",
        "registered_model_tag_set",
        "registered_model_tag_deleted",
        "registered_model_renamed",
        "registered_model_deleted",
    ]
    assert {event.author_name for event in told} == {"Alice Liddell"}


# Lists ---------------------------------------------------------------------------------------------------------------


@pytest.fixture
def many(project: Any, by: Any) -> list[Any]:
    """a 0 … a 24 and B, the odd ones tagged, a 3 with an alias."""
    made = [
        models.create(project, f"a {number}", by=by, tags=[("odd", "yes")] if number % 2 else [])
        for number in range(25)
    ]
    project.role = 50
    aliases.point(versions.create(made[3], by=by), "champion", by=by, project=project)
    return [*made, models.create(project, "B", by=by)]


def names(answered: Any) -> list[str]:
    assert answered.status_code == 200, answered.content
    return [one["name"] for one in answered.json()]


def test_models_are_found_by_words_tags_and_aliases(ml: Any, many: Any) -> None:
    assert names(ml.get("models", {"search": "b"})) == ["B"]
    assert names(ml.get("models", {"search": "a 24"})) == ["a 24"]
    assert len(names(ml.get("models", {"tag": "odd", "per_page": 100}))) == 12
    assert names(ml.get("models", {"tag[]": ["odd=yes", "odd=no"]})) == []
    assert names(ml.get("models", {"alias": "champion"})) == ["a 3"]
    assert names(ml.get("models", {"search": "%"})) == []


def test_models_are_ordered(ml: Any, many: Any) -> None:
    assert names(ml.get("models", {"per_page": 2})) == ["B", "a 0"]
    assert names(ml.get("models", {"per_page": 2, "order_by": "id", "sort": "desc"})) == ["B", "a 24"]
    assert names(ml.get("models", {"per_page": 1, "order_by": "created_at"})) == ["a 0"]
    assert ml.get("models", {"order_by": "rubbish"}).status_code == 400


def test_offset_pages_have_gitlabs_headers(ml: Any, many: Any) -> None:
    page = ml.get("models", {"page": 2, "per_page": 10})
    assert names(page)[0] == "a 17"
    assert (page["X-Total"], page["X-Total-Pages"], page["X-Next-Page"], page["X-Prev-Page"]) == ("26", "3", "3", "1")


@pytest.mark.parametrize("order_by", ["name", "created_at", "updated_at", "id"])
@pytest.mark.parametrize("sort", ["asc", "desc"])
def test_keyset_pages_go_through_all_of_them_once(ml: Any, many: Any, order_by: str, sort: str) -> None:
    asked = {"pagination": "keyset", "per_page": 7, "order_by": order_by, "sort": sort}
    found, page = [], ml.get("models", asked)
    found += names(page)
    while page.has_header("Link"):
        address = page["Link"].removeprefix("<").partition(">")[0]
        assert 'rel="next"' in page["Link"]
        page = ml.client.get(address, headers={"authorization": f"Bearer {ml.token}"})
        found += names(page)
    assert found == names(ml.get("models", {"per_page": 100, "order_by": order_by, "sort": sort}))
    assert len(found) == 26


def test_a_cursor_of_another_question_is_refused(ml: Any, many: Any) -> None:
    cursor = ml.get("models", {"pagination": "keyset", "per_page": 2})["X-Next-Cursor"]
    for asked in ({"cursor": cursor, "pagination": "keyset", "order_by": "id"}, {"cursor": "rubbish"}):
        refused = ml.get("models", asked)
        assert refused.status_code == 400
        assert list(refused.json()["message"]) == ["cursor"]


@pytest.mark.parametrize("pagination", ["offset", "keyset"])
def test_a_list_costs_as_many_queries_however_long(ml: Any, many: Any, pagination: str) -> None:
    def cost(per_page: int) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(names(ml.get("models", {"per_page": per_page, "pagination": pagination}))) == per_page
        return len(queries)

    cost(1)  # notes when the token was used last
    assert cost(2) == cost(26) <= 8


# Who ----------------------------------------------------------------------------------------------------------------


def test_everybody_reads_a_public_projects_models_and_nobody_else_writes(ml: Any, project: Any, released: Any) -> None:
    Project.objects.filter(pk=project.pk).update(visibility=Visibility.PUBLIC)
    nobody = ml.as_(None)
    for address in ("models", "models/fraud", "models/fraud/versions/latest", "models/fraud/versions/1/lineage"):
        assert nobody.get(address).status_code == 200
    assert nobody("DELETE", "models/fraud").status_code == 401
    assert nobody("POST", "models", {"name": "x"}).status_code == 401
    assert RegisteredModel.objects.count() == 1


def test_a_token_for_models_does_what_it_says(ml: Any, model: Any, alice: Any) -> None:
    reader, writer = ml.as_(alice, "read_models"), ml.as_(alice, "write_models")
    assert reader.get("models/fraud").status_code == writer.get("models/fraud").status_code == 200
    assert reader.post("models/fraud/versions").status_code == 403
    assert writer.post("models/fraud/versions").status_code == 201
    assert writer.post("protected_aliases", {"name": "production"}).status_code == 403
