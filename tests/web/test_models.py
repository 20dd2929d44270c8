"""The list of registered models, and the pages of one."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.identity import Identity
from accounts.models import User
from audit.models import AuditEvent
from projects.models import Project
from registry.models import Alias, ModelVersion, RegisteredModel
from registry.services import models, rules, versions
from tracking.models import Run

LIST = "/acme/fraud/-/ml/models"


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


@pytest.fixture
def model(project: Project, alice: User) -> RegisteredModel:
    tags = [("team", "risk")]
    return models.create(
        project, "card fraud", by=Identity(alice), description="# Card\n\n<b>x</b> **bold**", tags=tags
    )


@pytest.fixture
def three(model: RegisteredModel, alice: User) -> list[ModelVersion]:
    return [versions.create(model, by=Identity(alice), semver=semver) for semver in ("1.0.0", "1.2.0", "2.0.0-rc.1")]


def test_an_empty_list_has_the_lines_that_fill_it(page: Client, project: Project) -> None:
    told = text(page.get(LIST))
    assert (
        f"mlflow.set_tracking_uri(&quot;{settings.EXTERNAL_URL}/api/v4/projects/{project.pk}/ml/mlflow&quot;)" in told
    )
    assert "registered_model_name=" in told
    assert "No prompts" in text(page.get(LIST, {"view": "prompts"}))


def test_models_are_listed_with_their_latest_version_and_aliases(
    page: Client, project: Project, three: list[ModelVersion], alice: User
) -> None:
    page.post(f"{LIST}/card%20fraud/aliases/point", {"alias": "champion", "version": "^1"})
    told = text(page.get(LIST))
    assert "1 model<" in told
    assert "1.2.0</a>" in told
    assert "number 2" in told
    assert "@champion" in told
    assert "Alice Liddell" in told
    assert "team: risk" in told


def test_models_are_searched_by_words_and_sorted(page: Client, project: Project, alice: User) -> None:
    for name in ("Zebra one", "apple two", "apple three"):
        models.create(project, name, by=Identity(alice))
    assert "Zebra" not in text(page.get(LIST, {"q": "APPLE two"}))
    told = text(page.get(LIST, {"order": "name"}))
    assert told.index("Zebra one") < told.index("apple three") < told.index("apple two")
    assert "Nothing found" in text(page.get(LIST, {"q": "nothing"}))
    assert "3 models" in text(page.get(LIST, {"order": "\x00", "view": "'", "page": "-1"}))


def test_prompts_are_kept_apart(page: Client, project: Project, alice: User) -> None:
    prompt = models.create(project, "greeting", by=Identity(alice), tags=[("mlflow.prompt.is_prompt", "true")])
    versions.create(prompt, by=Identity(alice), tags=[("mlflow.prompt.text", "Hello {{ name }}, <b>you</b>")])
    assert "greeting" not in text(page.get(LIST))
    assert "greeting" in text(page.get(LIST, {"view": "prompts"}))
    told = text(page.get(f"{LIST}/greeting/versions/1"))
    assert "Hello {{ name }}, &lt;b&gt;you&lt;/b&gt;" in told
    assert "prompts:/greeting/1" in told
    assert page.get(f"{LIST}/greeting/versions/1/files").status_code == 404
    assert page.get(f"{LIST}/greeting/versions/new").status_code == 404


def test_long_lists_have_pages_and_cost_the_same(
    page: Client, project: Project, alice: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(31):
        versions.create(models.create(project, f"m{number}", by=Identity(alice)), by=Identity(alice))
    with django_assert_max_num_queries(12):
        assert "Page 1 of 2" in text(page.get(LIST))
    assert "Page 2 of 2" in text(page.get(LIST, {"page": "2"}))


def test_a_model_shows_its_card_and_latest_version(page: Client, three: list[ModelVersion], project: Project) -> None:
    told = text(page.get(f"{LIST}/card%20fraud"))
    assert "<strong>bold</strong>" in told
    assert "&lt;b&gt;x&lt;/b&gt;" in told
    assert "1.2.0</a>" in told
    assert f"/api/v4/projects/{project.pk}/ml/mlflow" in told
    assert "[model]card fraud" in told


def test_a_model_has_no_other_name(page: Client, model: RegisteredModel) -> None:
    for name in ("card", "Card%20Fraud", "card%2520fraud", "%00", "card%20fraud%00", "..", "%F0%9F%92%A9"):
        assert page.get(f"{LIST}/{name}").status_code == 404, name


@pytest.mark.parametrize("name", ["new", "a b", "ü/".strip("/"), "100%", "a?b#c", "é&amp;", "+", "edit"])
def test_any_name_has_a_page(page: Client, project: Project, alice: User, name: str) -> None:
    made = models.create(project, name, by=Identity(alice))
    versions.create(made, by=Identity(alice))
    address = reverse("model", kwargs={"project": project.full_path, "model": name})
    for below in ("", "/versions", "/versions/1", "/runs", "/aliases", "/tags", "/edit", "/delete", "/compare"):
        assert page.get(address + below).status_code == 200, below
    assert address.replace("&", "&amp;") in text(page.get(LIST))


def test_a_model_is_made_and_its_card_previewed(page: Client, project: Project, alice: User) -> None:
    assert "Create model" in text(page.get(f"{LIST}/new"))
    preview = page.post(f"{LIST}/new", {"name": "churn", "description": "**so**", "preview": "1"})
    assert "<strong>so</strong>" in text(preview)
    assert not project.registered_models.exists()
    made = page.post(f"{LIST}/new", {"name": " churn ", "description": "a\r\nb"})
    assert made["Location"] == f"{LIST}/churn"
    model = project.registered_models.get()
    assert (model.name, model.description, model.creator) == ("churn", "a\nb", alice)


@pytest.mark.parametrize(
    ("name", "status"), [("", 400), ("a/b", 400), ("a:b", 400), ("..", 400), ("x" * 300, 400), ("card fraud", 409)]
)
def test_a_name_that_cannot_be_is_told_and_what_was_typed_kept(
    page: Client, model: RegisteredModel, name: str, status: int
) -> None:
    answer = page.post(f"{LIST}/new", {"name": name, "description": "my words"})
    assert answer.status_code == status
    assert b'role="alert"' in answer.content
    assert b"my words" in answer.content
    assert RegisteredModel.objects.count() == 1


def test_a_model_is_renamed_and_described_at_once(page: Client, model: RegisteredModel) -> None:
    assert 'value="card fraud"' in text(page.get(f"{LIST}/card%20fraud/edit"))
    answer = page.post(f"{LIST}/card%20fraud/edit", {"name": "fraud", "description": "new"})
    assert answer["Location"] == f"{LIST}/fraud"
    model.refresh_from_db()
    assert (model.name, model.description) == ("fraud", "new")


def test_a_refused_name_changes_nothing(page: Client, model: RegisteredModel, project: Project, alice: User) -> None:
    models.create(project, "taken", by=Identity(alice))
    answer = page.post(f"{LIST}/card%20fraud/edit", {"name": "taken", "description": "new"})
    assert answer.status_code == 409
    model.refresh_from_db()
    assert model.name == "card fraud"
    assert model.description.startswith("# Card")


def test_a_model_is_deleted_once_that_is_confirmed(page: Client, three: list[ModelVersion], project: Project) -> None:
    page.post(f"{LIST}/card%20fraud/aliases/point", {"alias": "champion", "version": "1"})
    asked = text(page.get(f"{LIST}/card%20fraud/delete"))
    assert "3 versions" in asked
    assert "champion" in asked
    assert project.registered_models.exists()
    assert page.post(f"{LIST}/card%20fraud/delete")["Location"] == LIST
    assert not project.registered_models.exists()
    assert AuditEvent.objects.filter(action__contains="registered_model").exists()


def test_a_developer_cannot_delete_a_model_with_a_protected_alias(
    page: Client, three: list[ModelVersion], project: Project, alice: User, dana: User, signed_in: Any
) -> None:
    page.post(f"{LIST}/card%20fraud/aliases/point", {"alias": "production", "version": "1"})
    rules.protect(project, "production", by=Identity(alice))
    answer = signed_in(dana).post(f"{LIST}/card%20fraud/delete")
    assert answer.status_code == 403
    assert b"protected" in answer.content
    assert project.registered_models.exists()


def test_versions_are_found_by_range_semver_and_alias(page: Client, three: list[ModelVersion]) -> None:
    where = f"{LIST}/card%20fraud/versions"
    page.post(f"{LIST}/card%20fraud/aliases/point", {"alias": "champion", "version": "1"})
    told = text(page.get(where))
    assert told.index("2.0.0-rc.1</a>") < told.index("1.2.0</a>") < told.index("1.0.0</a>")
    found = text(page.get(where, {"q": "1.2"}))
    assert "1.2.0</a>" in found
    assert "1.0.0</a>" not in found
    assert "1.0.0</a>" in text(page.get(where, {"q": "champ"}))
    assert "2.0.0-rc.1</a>" in text(page.get(where, {"q": "rc.1"}))
    for rubbish in ("\x00", "%", "<script>", "^" * 300, "||", ">=1 <"):
        assert page.get(where, {"q": rubbish, "order": rubbish, "page": rubbish}).status_code == 200


def test_lists_of_versions_and_runs_cost_the_same(
    page: Client, model: RegisteredModel, alice: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(31):
        versions.create(model, by=Identity(alice))
    with django_assert_max_num_queries(15):
        assert "Page 1 of 2" in text(page.get(f"{LIST}/card%20fraud/versions"))
    with django_assert_max_num_queries(15):
        assert "card fraud-1.0.30" in text(page.get(f"{LIST}/card%20fraud/runs"))


def test_tags_are_set_and_deleted(page: Client, model: RegisteredModel) -> None:
    where = f"{LIST}/card%20fraud/tags"
    page.post(f"{where}/set", {"key": "stage", "value": "<i>"})
    told = text(page.get(where))
    assert "&lt;i&gt;" in told
    page.post(f"{where}/delete", {"key": "team"})
    assert list(model.tags.values_list("key", "value")) == [("stage", "<i>")]
    page.post(f"{where}/set", {"key": "", "value": "x"})
    assert model.tags.count() == 1
    assert 'class="alert alert-danger"' in text(page.get(where))


def test_an_alias_is_pointed_by_any_lookup_moved_and_removed(page: Client, three: list[ModelVersion]) -> None:
    where = f"{LIST}/card%20fraud/aliases"
    for asked, meant in (("1", 1), ("^1", 2), ("2.0.0-rc.1", 3), ("latest", 2)):
        page.post(f"{where}/point", {"alias": "@champion", "version": asked})
        assert Alias.objects.get().version.number == meant
    told = text(page.get(where))
    assert "@champion" in told
    assert told.count("<code>champion</code>") >= 4
    page.post(f"{where}/remove", {"alias": "champion"})
    assert not Alias.objects.exists()
    assert ">removed<" in text(page.get(where))


@pytest.mark.parametrize("alias", ["", "latest", "1", "v2", "1.0.0", "a b", "x" * 300])
def test_an_alias_that_cannot_be_is_told(page: Client, three: list[ModelVersion], alias: str) -> None:
    where = f"{LIST}/card%20fraud/aliases"
    assert page.post(f"{where}/point", {"alias": alias, "version": "1"})["Location"] == where
    assert 'class="alert alert-danger"' in text(page.get(where))
    assert not Alias.objects.exists()


def test_a_version_that_is_not_there_gets_no_alias(page: Client, three: list[ModelVersion]) -> None:
    for asked in ("", "7", "9" * 30, "^9", "rubbish", "\x00"):
        page.post(f"{LIST}/card%20fraud/aliases/point", {"alias": "champion", "version": asked})
    assert not Alias.objects.exists()


def test_a_protected_alias_is_shown_as_such_and_moved_by_maintainers_alone(
    page: Client, three: list[ModelVersion], project: Project, alice: User, dana: User, signed_in: Any
) -> None:
    where = f"{LIST}/card%20fraud/aliases"
    page.post(f"{where}/point", {"alias": "production", "version": "1"})
    rules.protect(project, "production", by=Identity(alice))
    developer = signed_in(dana)
    told = text(developer.get(where))
    assert "protected" in told
    assert "Only maintainers move it." in told
    assert ">Move<" not in told
    developer.post(f"{where}/point", {"alias": "production", "version": "2"})
    developer.post(f"{where}/remove", {"alias": "production"})
    assert Alias.objects.get().version.number == 1
    assert "is protected" in text(developer.get(where))
    assert ">Move<" in text(page.get(where))
    page.post(f"{where}/point", {"alias": "production", "version": "2"})
    assert Alias.objects.get().version.number == 2


def test_the_projects_overview_and_the_run_tell_of_versions(
    page: Client, model: RegisteredModel, run: Run, alice: User
) -> None:
    versions.create(model, by=Identity(alice), run_id=run.uuid, semver="3.1.4")
    assert "card fraud" in text(page.get("/acme/fraud"))
    told = text(page.get(f"/acme/fraud/-/ml/runs/{run.iid}"))
    assert "3.1.4</a>" in told
    assert "cannot be deleted while a version is backed by it" in told
