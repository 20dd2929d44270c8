from typing import Any

from django.test import Client

from accounts.models import User
from packages.models import ProjectStorage
from projects.models import Namespace, Project
from projects.roles import Visibility
from projects.services import projects
from tracking.models import Experiment, Run


def test_my_projects_are_those_i_am_a_member_of(page: Client, project: Project, other_project: Project) -> None:
    answer = page.get("/").content.decode()
    assert 'href="/acme/fraud"' in answer
    assert "charlie/fraud" not in answer
    assert "Owner" in answer


def test_who_has_no_project_is_told_what_to_do(charlie: User, signed_in: Any) -> None:
    assert "You are in no project yet" in signed_in(charlie).get("/").content.decode()


def test_projects_are_found_by_name_and_path(page: Client, project: Project) -> None:
    assert b'href="/acme/fraud"' in page.get("/", {"q": "ACME"}).content
    answer = page.get("/", {"q": "<script>"}).content
    assert b"Nothing found" in answer
    assert b"<script>\xe2" not in answer


def test_visitors_explore_public_projects_alone(client: Client, group: Namespace, alice: User) -> None:
    projects.create(group, by=alice, path="open", visibility=Visibility.PUBLIC)
    projects.create(group, by=alice, path="inside", visibility=Visibility.INTERNAL)
    answer = client.get("/explore/projects").content.decode()
    assert "acme/open" in answer
    assert "acme/inside" not in answer


def test_the_list_asks_as_much_for_many_as_for_one(
    page: Client, group: Namespace, project: Project, alice: User, django_assert_num_queries: Any
) -> None:
    def ask() -> None:
        assert page.get("/").status_code == 200

    with django_assert_num_queries(4):
        ask()
    for number in range(5):
        projects.create(group, by=alice, path=f"p{number}")
    with django_assert_num_queries(4):
        ask()


def test_the_overview_says_how_to_connect(page: Client, project: Project, run: Run, settings: Any) -> None:
    settings.EXTERNAL_URL = "https://tenon.example"
    answer = page.get("/acme/fraud").content.decode()
    assert f"export MLFLOW_TRACKING_URI=https://tenon.example/api/v4/projects/{project.pk}/ml/mlflow" in answer
    assert "/-/user_settings/personal_access_tokens" in answer
    assert "first" in answer


def test_names_are_escaped(page: Client, project: Project, experiment: Experiment) -> None:
    Project.objects.filter(pk=project.pk).update(name="<img src=x>", description="<b>bold</b>")
    for path in ("/", "/acme/fraud", "/acme/fraud/-/ml/experiments"):
        answer = page.get(path).content.decode()
        assert "<img src=x>" not in answer
        assert "<b>bold" not in answer


def test_rubbish_in_the_query_string_is_no_failure(page: Client, project: Project) -> None:
    for rubbish in ("?page=-1", "?page=99999999999999999999", "?page=x&q=%00", "?q=%ff%fe", "?q=" + "x" * 5000):
        assert page.get(f"/{rubbish}").status_code == 200
        assert page.get(f"/explore/projects{rubbish}").status_code == 200


def test_the_overview_shows_what_is_kept_and_how_much_may_be(page: Client, project: Project, settings: Any) -> None:
    ProjectStorage.objects.filter(project=project).update(used=3 * 1024**2)
    answer = page.get("/acme/fraud").content.decode()
    assert "3 MiB" in answer
    assert "<meter" not in answer
    settings.PROJECT_STORAGE_LIMIT, settings.NAMESPACE_STORAGE_LIMIT = 6 * 1024**2, 1024**3
    answer = page.get("/acme/fraud").content.decode()
    assert "3 MiB of 6 MiB" in answer
    assert "3 MiB of 1 GiB" in answer
    assert answer.count("<meter") == 2


def test_only_those_who_upload_are_told_what_is_kept(
    client: Client, project: Project, charlie: User, signed_in: Any
) -> None:
    Project.objects.update(visibility=Visibility.PUBLIC)
    for visitor in (client, signed_in(charlie)):
        assert "Storage" not in visitor.get("/acme/fraud").content.decode()
