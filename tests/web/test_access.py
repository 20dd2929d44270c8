"""Who may see which page: the same questions to every one of them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from packages.models import PackageFile
from projects.models import Project
from projects.roles import Role, Visibility
from projects.services import members
from tracking.models import Experiment, Run
from tracking.services import artifacts
from web.urls import urlpatterns

READS = ["project", "experiments", "experiment", "run", "run-charts", "run-curve", "run-artifacts", "run-artifact"]
READS += ["packages", "package", "package-file", "run-archive", "model-archive"]
WRITES = ["create-experiment", "rename-experiment", "delete-experiment", "restore-experiment", "delete-artifact"]
DELETIONS = ["delete-package", "delete-package-file"]

# Their access is asked in test_hooks.py.
OF_MAINTAINERS = {"hooks", "hook", "delete-hook", "test-hook", "retry-delivery"}
# For maintainers of the project, and for owners of the group.
ADMINISTRATION = ["audit-events", "audit-events-csv"]
OF_GROUPS = ["group-audit-events", "group-audit-events-csv"]

OPEN = {"home", "mlflow-link", "explore", "sign-in", "sign-out", "tokens", "revoke-token"}


def get(browser: Client, path: str) -> Any:
    """The answer, read to its end as a server would."""
    answer = browser.get(path)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer


@pytest.fixture
def address(project: Project, experiment: Experiment, run: Run, keep: Any, alice: User) -> Any:
    keep("note.txt", b"hello")

    def of(name: str) -> str:
        captured: dict[str, Any] = {"project": project.full_path}
        if name in OF_GROUPS:
            return reverse(name, kwargs={"group": project.namespace.full_path})
        if name in ("experiment", "rename-experiment", "delete-experiment", "restore-experiment"):
            captured["iid"] = experiment.iid
        if name.startswith("run") or name in ("candidate", "delete-artifact"):
            captured["run"] = run.iid
        if "package" in name and name != "packages":
            captured["package"] = PackageFile.objects.get().package_id
        if name == "delete-package-file":
            captured["file"] = PackageFile.objects.get().pk
        if name in ("run-artifact", "package-file"):
            captured["path"] = "note.txt"
        if name == "model-archive":
            captured["model"] = model = project.logged_models.get().uuid
            artifacts.upload(project, f"{experiment.iid}/models/{model}/artifacts/MLmodel", [b"x"], by=alice)
        return reverse(name, kwargs=captured)

    return of


def test_every_page_is_asked() -> None:
    asked = {*READS, *WRITES, *DELETIONS, *ADMINISTRATION, *OF_GROUPS, *OPEN, *OF_MAINTAINERS, "candidate"}
    # It takes PUT, and is asked in test_changing_artifacts.py.
    assert {pattern.name for pattern in urlpatterns} == asked | {"upload-artifact"}


@pytest.mark.parametrize("name", READS)
def test_a_member_may_look(name: str, address: Any, bob: User, signed_in: Any) -> None:
    assert get(signed_in(bob), address(name)).status_code == 200


@pytest.mark.parametrize("name", [*ADMINISTRATION, *OF_GROUPS])
def test_an_owner_may_look_after_things_and_a_developer_may_not(
    name: str, address: Any, alice: User, dana: User, signed_in: Any
) -> None:
    assert get(signed_in(alice), address(name)).status_code == 200
    assert get(signed_in(dana), address(name)).status_code == 403


@pytest.mark.parametrize("name", [*READS, *ADMINISTRATION, *OF_GROUPS, "candidate"])
def test_a_stranger_finds_nothing(name: str, address: Any, charlie: User, signed_in: Any) -> None:
    answer = signed_in(charlie).get(address(name))
    assert answer.status_code == 404
    assert b"Fraud" not in answer.content


@pytest.mark.parametrize("name", [*READS, *ADMINISTRATION, "candidate"])
def test_who_is_not_signed_in_is_asked_to_and_comes_back(name: str, address: Any, client: Client) -> None:
    answer = client.get(address(name) + "?q=1")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/users/sign_in?next=%2Facme%2Ffraud")
    assert answer["Location"].endswith("%3Fq%3D1")


def test_a_project_that_is_not_there_looks_like_a_private_one(client: Client, project: Project) -> None:
    assert client.get("/acme/nothing")["Location"] == "/users/sign_in?next=%2Facme%2Fnothing"
    assert client.get("/acme/fraud")["Location"] == "/users/sign_in?next=%2Facme%2Ffraud"


@pytest.mark.parametrize("name", READS)
def test_anybody_may_look_at_a_public_project(name: str, address: Any, project: Project, client: Client) -> None:
    Project.objects.filter(pk=project.pk).update(visibility=Visibility.PUBLIC)
    assert get(client, address(name)).status_code == 200


@pytest.mark.parametrize("name", [*WRITES, *DELETIONS])
def test_who_may_only_read_is_told_so(name: str, address: Any, bob: User, signed_in: Any) -> None:
    answer = signed_in(bob).post(address(name), {"name": "mine"})
    assert answer.status_code == 403
    assert (b"Maintainer" if name in DELETIONS else b"Developer") in answer.content
    assert PackageFile.objects.exists()
    assert Experiment.objects.filter(name="churn", deleted_at=None).exists()
    assert not Experiment.objects.filter(name="mine").exists()


@pytest.mark.parametrize("name", [*WRITES, *DELETIONS])
def test_a_form_of_a_public_project_asks_visitors_to_sign_in(
    name: str, address: Any, project: Project, client: Client
) -> None:
    Project.objects.filter(pk=project.pk).update(visibility=Visibility.PUBLIC)
    assert client.post(address(name), {"name": "mine"})["Location"] == "/users/sign_in"


@pytest.mark.parametrize("name", [*WRITES, *DELETIONS])
def test_changes_are_made_by_post_alone(name: str, address: Any, alice: User, signed_in: Any) -> None:
    assert signed_in(alice).get(address(name)).status_code == 405


@pytest.mark.parametrize("name", [*WRITES, *DELETIONS, "sign-out", "tokens"])
def test_a_form_from_another_site_is_refused(name: str, address: Any, alice: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    answer = browser.post(reverse(name) if name in OPEN else address(name), {"name": "mine", "scopes": "api"})
    assert answer.status_code == 403
    assert b"This form has expired" in answer.content
    assert not alice.access_tokens.exists()


def test_a_guest_sees_runs_but_no_files(address: Any, project: Project, charlie: User, signed_in: Any) -> None:
    members.set_role(charlie, project, Role.GUEST)
    browser = signed_in(charlie)
    assert b"Artifacts" not in browser.get(address("run")).content
    assert browser.get(address("run-artifacts")).status_code == 403
    for name in ("run-artifact", "run-archive", "package", "model-archive"):
        assert browser.get(address(name)).status_code == 403


def test_htmx_leaves_the_page_to_sign_in(address: Any, client: Client) -> None:
    answer = client.get(address("experiments"), headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/users/sign_in"


@pytest.mark.parametrize("name", ["experiment", "run", "run-charts", "run-curve", "run-artifacts", "package"])
def test_a_number_of_another_project_is_not_found(
    name: str, address: Any, other_project: Project, charlie: User, signed_in: Any
) -> None:
    there = address(name).replace("/acme/fraud/", f"/{other_project.full_path}/")
    assert signed_in(charlie).get(there).status_code == 404


def test_a_uuid_of_another_project_is_not_found(
    run: Run, other_project: Project, charlie: User, signed_in: Any
) -> None:
    assert signed_in(charlie).get(f"/{other_project.full_path}/-/ml/runs/{run.uuid}").status_code == 404


@pytest.mark.parametrize("name", [*READS, "home", "explore", "tokens"])
def test_every_page_has_the_strict_policy(name: str, address: Any, alice: User, signed_in: Any) -> None:
    answer = get(signed_in(alice), reverse(name) if name in OPEN else address(name))
    policy = answer["Content-Security-Policy"]
    if name in ("run-artifact", "package-file", "run-archive", "model-archive"):
        assert policy == "sandbox; default-src 'none'"
    else:
        assert "script-src 'self';" in policy + ";"
        assert "style-src 'self';" in policy + ";"
        assert b"<script>" not in answer.content
        assert b" style=" not in answer.content
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/static/nothing.css", "/api/v4/nothing/here", "/admin-/x", "/health/x", "/a//b"])
def test_an_address_of_nothing_is_not_taken_for_a_project(path: str, page: Client) -> None:
    assert page.get(path).status_code in (401, 404)
