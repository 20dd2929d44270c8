"""Former paths over HTTP: GitLab's answers, MLflow's clients, and pages."""

from typing import Any

import pytest

from projects.models import Namespace, Project
from projects.services import namespaces, projects
from tracking.models import Run


@pytest.fixture
def moved(project: Project) -> Project:
    return projects.update(project, path="swindle")


def test_a_read_is_sent_on_to_the_id_with_all_that_it_asked(rest: Any, moved: Project) -> None:
    answered = rest.get("projects/acme%2Ffraud/members/all?per_page=1&query=a%2Fb")
    assert answered.status_code == 301
    address = f"/api/v4/projects/{moved.pk}/members/all?per_page=1&query=a%2Fb"
    assert answered["Location"].endswith(address)
    assert answered["Location"].startswith("http")
    assert rest.client.get(address, headers={"Authorization": f"Bearer {rest.token}"}).status_code == 200
    assert rest.get("projects/acme%2Ffraud").status_code == 301
    assert rest.get("projects/acme%2Fswindle").status_code == 200


def test_nothing_is_written_by_a_former_path(rest: Any, moved: Project) -> None:
    for method, path in (("PUT", ""), ("DELETE", ""), ("POST", "/archive")):
        answered = rest(method, f"projects/acme%2Ffraud{path}", {"description": "new"})
        assert answered.status_code == 405
        assert answered.json() == {"message": "Non GET methods are not allowed for moved projects"}
    moved.refresh_from_db()
    assert (moved.description, moved.archived, moved.deleted_at) == ("", False, None)


def test_a_stranger_is_told_the_same_as_of_nothing(rest: Any, moved: Project, charlie: Any) -> None:
    door = rest.as_(charlie)
    for method in ("GET", "DELETE"):
        hidden, missing = door(method, "projects/acme%2Ffraud"), door(method, "projects/acme%2Fnothing")
        assert (hidden.status_code, hidden.content) == (404, missing.content)
        assert "Location" not in hidden


def test_a_group_is_sent_on_as_well(rest: Any, group: Namespace, project: Project) -> None:
    namespaces.update(group, path="umbrella")
    answered = rest.get("groups/acme/projects?simple=true")
    assert answered.status_code == 301
    assert answered["Location"].endswith(f"/api/v4/groups/{group.pk}/projects?simple=true")
    assert rest("DELETE", "groups/acme").json() == {"message": "Non GET methods are not allowed for moved groups"}
    assert Project.objects.live().filter(pk=project.pk).exists()


def test_a_path_that_is_free_again_does_not_exist(rest: Any, group: Namespace, project: Project) -> None:
    namespaces.update(group, path="umbrella")
    assert rest.get("namespaces/acme/exists").json()["exists"] is False
    assert rest.get("namespaces/umbrella/exists").json()["exists"] is True


def test_mlflows_clients_go_on_with_the_former_path(door: Any, alice: Any, moved: Project) -> None:
    client = door("/api/v4/projects/acme%2Ffraud/ml/mlflow/api/2.0/mlflow/", alice)
    made = client.post("runs/create", {"experiment_id": "0"})
    assert made.status_code == 200
    assert Run.objects.get(uuid=made.json()["run"]["info"]["run_id"]).project_id == moved.pk


def test_mlflows_clients_write_where_they_may_alone(door: Any, charlie: Any, moved: Project) -> None:
    client = door("/api/v4/projects/acme%2Ffraud/ml/mlflow/api/2.0/mlflow/", charlie)
    assert client.post("runs/create", {"experiment_id": "0"}).status_code == 404
    assert not Run.objects.exists()
