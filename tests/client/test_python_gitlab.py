"""The unmodified python-gitlab client."""

from typing import Any

import gitlab
import pytest

pytestmark = pytest.mark.client


@pytest.fixture
def tenant(live: Any) -> Any:
    return live.tenant()


@pytest.fixture
def gl(tenant: Any) -> Any:
    with gitlab.Gitlab(tenant.url, private_token=tenant.token) as client:
        yield client


def test_signing_in(gl: Any, tenant: Any) -> None:
    gl.auth()
    assert gl.user.username == tenant.username


def test_a_bearer_token_will_do_as_well(tenant: Any) -> None:
    with gitlab.Gitlab(tenant.url, oauth_token=tenant.token) as client:
        client.auth()


def test_the_version(gl: Any) -> None:
    version, revision = gl.version()
    assert version[0].isdigit()
    assert revision


def test_a_projects_life(gl: Any, tenant: Any) -> None:
    created = gl.projects.create({"name": "From python-gitlab", "visibility": "internal"})
    path = f"{tenant.username}/from-python-gitlab"
    assert created.path_with_namespace == path
    assert gl.projects.get(path).id == gl.projects.get(created.id).id == created.id
    with pytest.raises(gitlab.GitlabCreateError, match="has already been taken"):
        gl.projects.create({"name": "From python-gitlab"})
    created.delete()
    with pytest.raises(gitlab.GitlabGetError, match="404 Project Not Found"):
        gl.projects.get(path)


def test_lists_follow_the_pages(gl: Any) -> None:
    for number in range(3):
        gl.projects.create({"name": f"page {number}"})
    found = gl.projects.list(iterator=True, per_page=2, owned=True, search="page", order_by="name", sort="asc")
    assert (found.total, found.total_pages, found.per_page) == (3, 2, 2)
    assert [project.name for project in found] == ["page 0", "page 1", "page 2"]
    assert len(gl.projects.list(get_all=True, per_page=1, owned=True, search="page")) == 3


def test_mlflows_api_takes_the_same_header(gl: Any, tenant: Any) -> None:
    root = f"/projects/{tenant.project_id}/ml/mlflow/api/2.0/mlflow"
    found = gl.http_get(f"{root}/experiments/get", query_data={"experiment_id": "0"})
    assert found["experiment"]["name"] == "Default"


def test_a_wrong_token(live: Any) -> None:
    client = gitlab.Gitlab(live.url, private_token="tnpat-nobody")
    with client, pytest.raises(gitlab.GitlabAuthenticationError, match="401 Unauthorized"):
        client.auth()
