from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from audit.models import AuditEvent
from projects.models import Namespace, Project
from projects.roles import Role, Visibility
from projects.services import members, namespaces, projects

PATH = "/acme/fraud/-/settings/general"


def filled(**fields: Any) -> dict[str, Any]:
    return {
        "name": "Fraud",
        "description": "",
        "visibility": "0",
        "experiments_access": "20",
        "registry_access": "20",
        "packages_access": "20",
        **fields,
    }


def test_everything_is_saved_and_shown_again(page: Client, project: Project) -> None:
    sent = filled(name="Swindle", description="Who <b>did</b> it\r\nand when", visibility="10", registry_access="0")
    assert page.post(PATH, sent)["Location"] == PATH
    project.refresh_from_db()
    assert (project.name, project.description) == ("Swindle", "Who <b>did</b> it\nand when")
    assert (project.visibility, project.registry_access) == (Visibility.INTERNAL, 0)
    shown = page.get(PATH).content.decode()
    assert 'value="Swindle"' in shown
    assert "Who &lt;b&gt;did&lt;/b&gt; it" in shown
    assert 'id="visibility-10" value="10" checked' in shown
    assert AuditEvent.objects.filter(action="project_updated").get().details["name"] == {
        "from": "Fraud",
        "to": "Swindle",
    }


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"name": ""}, "Name can&#x27;t be blank"),
        ({"name": "x" * 256}, "Name is too long"),
        ({"description": "x" * 2001}, "Description is too long"),
        ({"visibility": "7"}, "Visibility must be one of those offered"),
        ({"registry_access": "x"}, "Model registry must be chosen"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(
    page: Client, project: Project, sent: Any, said: str
) -> None:
    answer = page.post(PATH, filled(**{"description": "typed before", **sent}))
    assert answer.status_code == 400
    shown = answer.content.decode()
    assert said in shown
    assert f'id="wrong-{next(iter(sent))}"' in shown
    assert "description" in sent or "typed before" in shown
    project.refresh_from_db()
    assert project.description == ""


def test_a_maintainer_changes_everything_but_who_sees_it(project: Project, dana: User, signed_in: Any) -> None:
    members.set_role(dana, project, Role.MAINTAINER)
    browser = signed_in(dana)
    shown = browser.get(PATH).content
    assert b"Danger zone" not in shown
    assert b"Owners decide this" in shown
    assert browser.post(PATH, filled(name="New", visibility="20")).status_code == 400
    project.refresh_from_db()
    assert (project.name, project.visibility) == ("Fraud", 0)
    without = filled(name="New")
    del without["visibility"]
    assert browser.post(PATH, without).status_code == 302
    project.refresh_from_db()
    assert (project.name, project.visibility) == ("New", 0)


def test_another_path_keeps_the_id_and_the_old_address_leads_there(page: Client, project: Project) -> None:
    assert page.post(f"{PATH}/path", {"path": "swindle"})["Location"] == "/acme/swindle/-/settings/general"
    assert Project.objects.get(pk=project.pk).full_path == "acme/swindle"
    moved = page.get("/acme/fraud/-/ml/experiments?q=a%2Fb&order=name")
    assert moved.status_code == 301
    assert moved["Location"] == "/acme/swindle/-/ml/experiments?q=a%2Fb&order=name"
    assert moved["Cache-Control"] == "no-store"


def test_the_old_address_tells_strangers_nothing(page: Client, project: Project, charlie: User, signed_in: Any) -> None:
    page.post(f"{PATH}/path", {"path": "swindle"})
    for browser in (signed_in(charlie), signed_in(None)):
        hidden, missing = browser.get("/acme/fraud"), browser.get("/acme/fraue")
        assert hidden.status_code == missing.status_code != 301
        assert "swindle" not in hidden.get("Location", "")


def test_a_form_that_was_open_while_the_project_moved_is_taken(page: Client, project: Project) -> None:
    page.post(f"{PATH}/path", {"path": "swindle"})
    assert page.post(PATH, filled(name="Swindle")).status_code == 302
    project.refresh_from_db()
    assert project.name == "Swindle"


@pytest.mark.parametrize(
    ("path", "said"),
    [("members", "is a reserved name"), ("a b", "can contain only"), ("other", "has already been taken")],
)
def test_an_impossible_path_is_refused_beside_its_field(
    page: Client, project: Project, group: Namespace, alice: User, path: str, said: str
) -> None:
    projects.create(group, by=alice, name="Other", path="other")
    answer = page.post(f"{PATH}/path", {"path": path})
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert 'id="wrong-path"' in answer.content.decode()
    assert Project.objects.get(pk=project.pk).full_path == "acme/fraud"


def test_archived_and_back(page: Client, project: Project) -> None:
    page.post(f"{PATH}/archive")
    assert Project.objects.get(pk=project.pk).archived
    assert b"Unarchive project" in page.get(PATH).content
    page.post(f"{PATH}/unarchive")
    assert not Project.objects.get(pk=project.pk).archived


def test_a_transfer_is_confirmed_by_typing(page: Client, project: Project, alice: User) -> None:
    target = namespaces.create_group("umbrella", by=alice)
    refused = page.post(f"{PATH}/transfer", {"namespace": target.pk, "confirm_transfer": "acme"})
    assert refused.status_code == 400
    assert b"Type acme/fraud to confirm" in refused.content
    assert f'value="{target.pk}" selected'.encode() in refused.content
    page.post(f"{PATH}/transfer", {"namespace": target.pk, "confirm_transfer": "acme/fraud"})
    assert Project.objects.get(pk=project.pk).full_path == "umbrella/fraud"


def test_nothing_is_transferred_to_where_one_may_not_create(page: Client, project: Project, charlie: User) -> None:
    foreign = namespaces.create_group("foreign", by=charlie)
    for number in (foreign.pk, charlie.namespace.pk, 999_999):
        answer = page.post(f"{PATH}/transfer", {"namespace": number, "confirm_transfer": "acme/fraud"})
        assert answer.status_code == 400
        assert b"foreign" not in answer.content
    assert Project.objects.get(pk=project.pk).full_path == "acme/fraud"


def test_a_deletion_is_confirmed_and_can_be_taken_back(
    page: Client, project: Project, bob: User, signed_in: Any
) -> None:
    assert page.post(f"{PATH}/delete", {"confirm_deletion": "Fraud"}).status_code == 400
    assert Project.objects.live().filter(pk=project.pk).exists()
    assert page.post(f"{PATH}/delete", {"confirm_deletion": "acme/fraud"})["Location"] == "/dashboard/deleted_projects"
    assert page.get("/acme/fraud").status_code == 404
    assert b"acme/fraud" in page.get("/dashboard/deleted_projects").content
    restore = f"/dashboard/deleted_projects/{project.pk}/restore"
    assert b"Fraud" not in signed_in(bob).get("/dashboard/deleted_projects").content
    signed_in(bob).post(restore)
    assert not Project.objects.live().filter(pk=project.pk).exists()
    assert page.post(restore)["Location"] == "/acme/fraud"
    assert Project.objects.live().filter(pk=project.pk).exists()


def test_the_page_says_what_is_kept(page: Client, project: Project, settings: Any) -> None:
    settings.PROJECT_STORAGE_LIMIT = 10**9
    assert b"<meter" in page.get(PATH).content
