"""Who may see which page: the same questions to every one of them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.identity import Identity
from accounts.models import User
from packages.models import PackageFile
from projects import policy
from projects.models import Project
from projects.roles import Ability, Role, Visibility
from projects.services import members
from registry.models import Alias, ModelVersion, RegisteredModel
from registry.services import aliases, models, versions
from tests.web.test_places_access import ASKED as ADMINISTRATED
from tracking.models import Experiment, Run
from tracking.services import artifacts
from web.urls import urlpatterns

READS = ["project", "experiments", "experiment", "run", "run-charts", "run-curve", "run-artifacts", "run-artifact"]
OF_LOGGED = ["logged-model", "logged-model-file", "model-archive"]
READS += ["packages", "package", "package-file", "run-archive", *OF_LOGGED]
READS += ["models", "model", "model-versions", "model-runs", "model-aliases", "model-tags", "compare-versions"]
READS += ["model-version", "version-performance", "version-files", "version-archive", "version-file"]
WRITES = ["create-experiment", "rename-experiment", "delete-experiment", "restore-experiment", "delete-artifact"]
WRITES += ["point-model-alias", "remove-model-alias", "set-model-tag", "delete-model-tag", "version-stage"]
WRITES += ["set-version-tag", "delete-version-tag", "delete-version-file"]
DELETIONS = ["delete-package", "delete-package-file", "protect-alias", "unprotect-alias", "registry-rules"]
# A look at them needs the role as well as sending them.
FORMS = ["new-model", "edit-model", "delete-model", "new-model-version", "edit-version", "publish-version"]
FORMS += ["delete-version", "promote-run"]

# Their access is asked in test_hooks.py.
OF_MAINTAINERS = {"hooks", "hook", "delete-hook", "test-hook", "retry-delivery"}
# For maintainers of the project, and for owners of the group.
ADMINISTRATION = ["audit-events", "audit-events-csv"]
OF_GROUPS = ["group-audit-events", "group-audit-events-csv"]

OPEN = {"home", "mlflow-link", "explore", "sign-in", "sign-out", "tokens", "revoke-token", "help-api"}


def get(browser: Client, path: str) -> Any:
    """The answer, read to its end as a server would."""
    answer = browser.get(path)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer


def registered(project: Project, run: Run, alice: User) -> ModelVersion:
    model = models.create(project, "classifier", by=Identity(alice))
    version = versions.create(model, by=Identity(alice), run_id=run.uuid, semver="1.2.0")
    aliases.point(
        version,
        "champion",
        by=Identity(alice),
        project=policy.authorize(Identity(alice), Ability.WRITE_MODELS, project.pk),
    )
    return version


@pytest.fixture
def address(project: Project, experiment: Experiment, run: Run, keep: Any, alice: User) -> Any:
    keep("note.txt", b"hello")
    version = registered(project, run, alice)

    def of(name: str) -> str:
        captured: dict[str, Any] = {"project": project.full_path}
        if name in OF_GROUPS:
            return reverse(name, kwargs={"group": project.namespace.full_path})
        if name in ("experiment", "rename-experiment", "delete-experiment", "restore-experiment"):
            captured["iid"] = experiment.iid
        if name.startswith("run") or name in ("candidate", "delete-artifact", "promote-run", "promote-candidate"):
            captured["run"] = run.iid
        if "package" in name and name != "packages":
            captured["package"] = PackageFile.objects.get(path="note.txt").package_id
        if name == "delete-package-file":
            captured["file"] = PackageFile.objects.get(path="note.txt").pk
        if ("model" in name and name not in ("models", "new-model", *OF_LOGGED)) or "version" in name:
            captured["model"] = "classifier"
        if "version" in name and name not in ("model-versions", "new-model-version", "compare-versions"):
            captured["version"] = version.number
        if name in ("run-artifact", "package-file", "version-file"):
            captured["path"] = "note.txt"
        if name == "logged-model-file":
            captured["path"] = "MLmodel"
        if name in OF_LOGGED:
            captured["model"] = model = project.logged_models.get().uuid
            artifacts.upload(project, f"{experiment.iid}/models/{model}/artifacts/MLmodel", [b"x"], by=alice)
        return reverse(name, kwargs=captured)

    return of


def test_every_page_is_asked() -> None:
    asked = {*READS, *WRITES, *DELETIONS, *FORMS, *ADMINISTRATION, *OF_GROUPS, *OPEN, *OF_MAINTAINERS}
    # They take PUT, and are asked in test_changing_artifacts.py and test_version_files.py.
    asked |= ADMINISTRATED  # asked in test_places_access.py
    asked |= {"registry-settings", "candidate", "promote-candidate"}
    assert {pattern.name for pattern in urlpatterns} == asked | {"upload-artifact", "upload-version-file"}


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


@pytest.mark.parametrize("name", [*WRITES, *DELETIONS, *FORMS])
def test_who_may_only_read_is_told_so(name: str, address: Any, bob: User, signed_in: Any) -> None:
    answer = signed_in(bob).post(address(name), {"name": "mine"})
    assert answer.status_code == 403
    assert (b"Maintainer" if name in DELETIONS else b"Developer") in answer.content
    assert PackageFile.objects.exists()
    assert Experiment.objects.filter(name="churn", deleted_at=None).exists()
    assert not Experiment.objects.filter(name="mine").exists()
    assert RegisteredModel.objects.get().name == "classifier"
    assert ModelVersion.objects.get().published_ms is None
    assert Alias.objects.get().name == "champion"


@pytest.mark.parametrize("name", [*FORMS, "promote-candidate"])
def test_a_form_is_shown_to_those_who_may_send_it(
    name: str, address: Any, bob: User, dana: User, charlie: User, signed_in: Any
) -> None:
    assert signed_in(dana).get(address(name)).status_code == (301 if name == "promote-candidate" else 200)
    assert signed_in(bob).get(address(name)).status_code == 403
    assert signed_in(charlie).get(address(name)).status_code == 404
    assert signed_in(None).get(address(name))["Location"].startswith("/users/sign_in?next=")


def test_only_maintainers_see_the_registrys_settings(
    address: Any, alice: User, bob: User, dana: User, charlie: User, signed_in: Any
) -> None:
    where = address("registry-settings")
    statuses = [signed_in(user).get(where).status_code for user in (alice, dana, bob, charlie)]
    assert statuses == [200, 403, 403, 404]


@pytest.mark.parametrize("name", ["protect-alias", "unprotect-alias", "registry-rules"])
def test_a_developer_decides_nothing_about_the_registry(name: str, address: Any, dana: User, signed_in: Any) -> None:
    assert signed_in(dana).post(address(name), {"alias": "champion"}).status_code == 403


@pytest.mark.parametrize("name", [*WRITES, *DELETIONS, *FORMS])
def test_a_form_of_a_public_project_asks_visitors_to_sign_in(
    name: str, address: Any, project: Project, client: Client
) -> None:
    Project.objects.filter(pk=project.pk).update(visibility=Visibility.PUBLIC)
    assert client.post(address(name), {"name": "mine"})["Location"] == "/users/sign_in"


@pytest.mark.parametrize("name", [*WRITES, *DELETIONS])
def test_changes_are_made_by_post_alone(name: str, address: Any, alice: User, signed_in: Any) -> None:
    assert signed_in(alice).get(address(name)).status_code == 405


@pytest.mark.parametrize("name", [*WRITES, *DELETIONS, *FORMS, "sign-out", "tokens"])
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
    assert b"Files" not in browser.get(address("model-version")).content
    files = ("version-files", "version-file", "version-archive")
    assert b'id="files"' not in browser.get(address("logged-model")).content
    for name in ("run-artifact", "run-archive", "model-archive", "logged-model-file", "package", *files):
        assert browser.get(address(name)).status_code == 403


def test_htmx_leaves_the_page_to_sign_in(address: Any, client: Client) -> None:
    answer = client.get(address("experiments"), headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/users/sign_in"


OTHERS = ["experiment", "run", "run-charts", "run-curve", "run-artifacts", "package", "promote-run"]
OTHERS += [name for name in READS if name.startswith(("version-", "model-")) or name == "model"]


@pytest.mark.parametrize("name", [*OTHERS, "edit-model", "delete-model", "edit-version", "publish-version"])
def test_a_number_of_another_project_is_not_found(
    name: str, address: Any, other_project: Project, charlie: User, signed_in: Any
) -> None:
    there = address(name).replace("/acme/fraud/", f"/{other_project.full_path}/")
    assert signed_in(charlie).get(there).status_code == 404


def test_a_uuid_of_another_project_is_not_found(
    run: Run, other_project: Project, charlie: User, signed_in: Any
) -> None:
    assert signed_in(charlie).get(f"/{other_project.full_path}/-/ml/runs/{run.uuid}").status_code == 404


@pytest.mark.parametrize("name", [*READS, *FORMS, "registry-settings", "home", "explore", "tokens"])
def test_every_page_has_the_strict_policy(name: str, address: Any, alice: User, signed_in: Any) -> None:
    answer = get(signed_in(alice), reverse(name) if name in OPEN else address(name))
    policy = answer["Content-Security-Policy"]
    if name.endswith(("-file", "-archive", "run-artifact")):
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
