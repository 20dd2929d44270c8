"""The unmodified python-gitlab client, and curl."""

import contextlib
import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gitlab
import pytest
from mlflow import MlflowClient

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


# Packages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def project(gl: Any, tenant: Any) -> Any:
    return gl.projects.get(tenant.project_id)


def test_generic_packages_go_up_and_down(project: Any, tmp_path: Path) -> None:
    source = tmp_path / "data.csv"
    source.write_bytes(b"a,b\n" * 100_000)
    by_path = project.generic_packages.upload("set", "1.0.0", "by-path.csv", path=str(source))
    assert by_path.message == "201 Created"
    with source.open("rb") as file:
        project.generic_packages.upload("set", "1.0.0", "by-data.csv", data=file)
    told = project.generic_packages.upload("set", "1.0.0", "told.csv", path=str(source), select="package_file")
    assert told.file_sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert told.file_md5 == hashlib.md5(source.read_bytes()).hexdigest()
    with (tmp_path / "streamed.csv").open("wb") as target:
        project.generic_packages.download("set", "1.0.0", "by-data.csv", streamed=True, action=target.write)
    assert (tmp_path / "streamed.csv").read_bytes() == source.read_bytes()
    assert project.generic_packages.download("set", "1.0.0", "by-path.csv") == source.read_bytes()
    with pytest.raises(gitlab.GitlabUploadError, match="400"):
        project.generic_packages.upload("no blanks", "1.0.0", "a.csv", path=str(source))
    with pytest.raises(gitlab.GitlabGetError, match="404"):
        project.generic_packages.download("set", "2.0.0", "by-path.csv")


def test_packages_are_listed_and_deleted(project: Any) -> None:
    for name, version in (("alpha", "1"), ("alpha", "2"), ("beta", "1")):
        project.generic_packages.upload(name, version, "a.txt", data=b"x")
        project.generic_packages.upload(name, version, "b.txt", data=b"y")
    found = project.packages.list(iterator=True, per_page=2, order_by="name", package_type="generic")
    assert (found.total, found.total_pages) == (3, 2)
    assert [(one.name, one.version) for one in found] == [("alpha", "1"), ("alpha", "2"), ("beta", "1")]
    [beta] = project.packages.list(package_name="bet", get_all=True)
    assert project.packages.get(beta.id).version == "1"
    assert beta.pipelines.list(get_all=True) == []
    files = beta.package_files.list(get_all=True)
    assert [file.file_name for file in files] == ["a.txt", "b.txt"]
    beta.package_files.delete(files[0].id)
    files[1].delete()
    with pytest.raises(gitlab.GitlabGetError, match="404 Package Not Found"):
        project.packages.get(beta.id)
    project.packages.delete(project.packages.list(package_version="2", get_all=True)[0].id)
    assert [one.version for one in project.packages.list(get_all=True)] == ["1"]
    assert project.packages.list(package_type="ml_model", get_all=True) == []


def test_one_file_by_mlflow_by_python_gitlab_and_by_curl(gl: Any, project: Any, tenant: Any, tmp_path: Path) -> None:
    client = MlflowClient(tenant.tracking_uri)
    with mlflow_token(tenant.token):
        run = client.create_run("0", tags={"gitlab.CI_JOB_ID": "5", "gitlab.CI_PIPELINE_ID": "50"}).info
        (tmp_path / "by mlflow.txt").write_text("by mlflow")
        client.log_artifact(run.run_id, str(tmp_path / "by mlflow.txt"), "notes")
        address = f"{tenant.url}/api/v4/projects/{tenant.project_id}/packages/ml_models/candidate:{run.run_id}/files"
        (tmp_path / "by-curl.txt").write_text("by curl")
        sent = curl("--upload-file", str(tmp_path / "by-curl.txt"), f"{address}/notes/by-curl.txt", token=tenant.token)
        assert json.loads(sent) == {"message": "201 Created"}
        assert {entry.path for entry in client.list_artifacts(run.run_id, "notes")} == {
            "notes/by mlflow.txt",
            "notes/by-curl.txt",
        }
        fetched = client.download_artifacts(run.run_id, "notes/by-curl.txt", str(tmp_path / "."))
    assert Path(fetched).read_text() == "by curl"
    assert curl(f"{address}/notes/by%20mlflow.txt", token=tenant.token) == b"by mlflow"
    [package] = project.packages.list(package_type="ml_run", get_all=True)
    assert [pipeline.id for pipeline in package.pipelines.list(get_all=True)] == [50]
    assert {file.file_name for file in package.package_files.list(get_all=True)} == {
        "notes/by mlflow.txt",
        "notes/by-curl.txt",
    }
    package.delete()
    with mlflow_token(tenant.token):
        assert client.list_artifacts(run.run_id) == []
        assert client.get_run(run.run_id).info.lifecycle_stage == "active"


def test_curl_with_each_header_and_with_ranges(tenant: Any, tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"0123456789")
    address = f"{tenant.url}/api/v4/projects/{tenant.path.replace('/', '%2F')}/packages/generic/set/1.0.0/deep/a.bin"
    up = ("--upload-file", str(tmp_path / "a.bin"))
    assert json.loads(curl(*up, f"{address}?select=package_file", token=tenant.token))["size"] == 10
    assert b"201 Created" in curl(*up, "--user", f"{tenant.username}:{tenant.token}", address)
    assert curl("--range", "3-5", address, token=tenant.token) == b"345"
    (tmp_path / "part.bin").write_bytes(b"0123")
    curl("--continue-at", "-", "--output", str(tmp_path / "part.bin"), address, token=tenant.token)
    assert (tmp_path / "part.bin").read_bytes() == b"0123456789"
    headers = curl("--head", address, token=tenant.token).decode().lower()
    assert f"x-checksum-sha256: {hashlib.sha256(b'0123456789').hexdigest()}" in headers
    trick = address.replace("deep/a.bin", "..%2F..%2Fa.bin")
    assert b"Invalid path" in curl("--path-as-is", *up, trick, token=tenant.token)


# Models --------------------------------------------------------------------------------------------------------------


def test_the_model_registry_through_the_generic_calls(gl: Any, tenant: Any) -> None:
    root = f"/projects/{tenant.project_id}/ml"
    name = "fraud v2 ü"
    made = gl.http_post(f"{root}/models", post_data={"name": name, "description": "Who cheats?"})
    assert (made["name"], made["latest_version"]) == (name, None)
    model = f"{root}/models/{gitlab.utils.EncodedId(name)}"
    for semver in ("1.0.0", "1.2.0", "2.0.0-rc.1"):
        gl.http_post(f"{model}/versions", post_data={"semver": semver})
    with pytest.raises(gitlab.GitlabHttpError, match=r"next free one is 2\.0\.0"):
        gl.http_post(f"{model}/versions", post_data={"semver": "1.2.0", "description": "again"})
    gl.http_put(f"{model}/aliases/champion", post_data={"version": "^1.0"})
    assert gl.http_get(f"{model}/versions/champion")["semver"] == "1.2.0"
    assert gl.http_get(f"{model}/versions/{gitlab.utils.EncodedId('>=1 <1.2')}")["semver"] == "1.0.0"
    found = gl.http_list(
        f"{model}/versions", query_data={"order_by": "semver", "sort": "asc"}, per_page=1, iterator=True
    )
    assert [one["semver"] for one in found] == ["1.0.0", "1.2.0", "2.0.0-rc.1"]
    keyset = {"pagination": "keyset", "range": "^1.0"}
    followed = gl.http_list(f"{model}/versions", query_data=keyset, per_page=1, iterator=True)
    assert [one["semver"] for one in followed] == ["1.2.0", "1.0.0"]
    assert gl.http_get(f"{model}/versions/latest/lineage")["alias_history"][0]["alias"] == "champion"
    assert gl.http_get(f"{model}/compare", query_data={"from": "1.0.0"})["to"]["semver"] == "1.2.0"
    gl.http_post(f"{model}/versions/1.0.0/publish")
    with pytest.raises(gitlab.GitlabHttpError, match="'champion' points to it"):
        gl.http_delete(f"{model}/versions/champion")
    gl.http_delete(f"{model}/versions/champion", query_data={"force": "true"})
    gl.http_delete(model)
    with pytest.raises(gitlab.GitlabHttpError, match="404 Model Not Found"):
        gl.http_get(model)


def test_a_versions_files_by_curl_with_every_kind_of_look_up(tenant: Any, tmp_path: Path) -> None:
    root = f"{tenant.url}/api/v4/projects/{tenant.project_id}/ml/models"
    token = tenant.token
    assert json.loads(curl("--data", "name=fraud", root, token=token))["name"] == "fraud"
    version = json.loads(curl("--data", "semver=1.2.3", f"{root}/fraud/versions", token=token))
    (tmp_path / "weights.bin").write_bytes(b"0123456789")
    up = ("--upload-file", str(tmp_path / "weights.bin"))
    sent = json.loads(curl(*up, f"{root}/fraud/versions/latest/files/data/weights%20%C3%BC.bin", token=token))
    assert (sent["path"], sent["size"]) == ("data/weights ü.bin", 10)
    for said in ("1", "1.2.3", "latest", "%5E1.2", "~1.2", "%3E%3D1%20%3C3", "1.x"):
        address = f"{root}/fraud/versions/{said}/files/data/weights%20%C3%BC.bin"
        assert curl("--range", "3-5", address, token=token) == b"345"
    tree = json.loads(curl(f"{root}/fraud/versions/latest/files?recursive=true", token=token))
    assert [one["path"] for one in tree] == ["data/weights ü.bin"]
    by_id = f"{tenant.url}/api/v4/projects/{tenant.project_id}/packages/ml_models/{version['id']}/files"
    assert curl(f"{by_id}/data/weights%20%C3%BC.bin", token=token) == b"0123456789"
    curl("--request", "POST", f"{root}/fraud/versions/1/publish", token=token)
    assert b"409 Conflict" in curl(*up, f"{root}/fraud/versions/1/files/new.bin", token=token)


def curl(*arguments: str, token: str = "") -> bytes:
    found = shutil.which("curl")
    if found is None:
        pytest.skip("no curl found")
    header = ("--header", f"PRIVATE-TOKEN: {token}") if token else ()
    return subprocess.run([found, "--silent", *header, *arguments], check=True, capture_output=True).stdout


@contextlib.contextmanager
def mlflow_token(token: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_TOKEN", token)
        yield


def test_a_projects_hooks(gl: Any, tenant: Any) -> None:
    project = gl.projects.get(tenant.project_id)
    hook = project.hooks.create({"url": "https://8.8.8.8/hook", "token": "tea", "events": ["model_version.created"]})
    assert [one.id for one in project.hooks.list(get_all=True)] == [hook.id]
    hook.url = "https://8.8.4.4/hook"
    hook.save()
    assert project.hooks.get(hook.id).url == "https://8.8.4.4/hook"
    with pytest.raises(gitlab.GitlabCreateError, match="push_events"):
        project.hooks.create({"url": "https://8.8.8.8/hook", "push_events": True})
    with pytest.raises(gitlab.GitlabHookTestError):
        hook.test("push_events")
    hook.delete()
    assert project.hooks.list(get_all=True) == []
