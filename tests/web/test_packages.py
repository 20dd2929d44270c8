"""The list of packages, and the page of one."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from ci.models import Job
from packages.models import Blob, PackageFile, PackageStatus, Verdict
from packages.services import packages
from projects.models import Project
from projects.roles import Role
from projects.services import members

LIST = "/acme/fraud/-/packages"


@pytest.fixture
def sent(project: Project, alice: User) -> PackageFile:
    packages.upload(project, "churn-data", "1.0.0", "train/deep/part.csv", [b"a,b"], by=alice)
    return packages.upload(project, "churn-data", "1.0.0", "read me/README.md", [b"# Read"], by=alice)


def text(answer: Any) -> str:
    assert answer.status_code == 200, answer.content
    return str(answer.content.decode())


def test_an_empty_list_has_a_line_that_fills_it(page: Client, project: Project) -> None:
    told = text(page.get(LIST))
    address = f"{settings.EXTERNAL_URL}/api/v4/projects/{project.pk}/packages/generic/my-package/1.0.0/data.csv"
    assert "--upload-file data.csv" in told
    assert address in told


def test_packages_are_listed_searched_and_filtered(page: Client, sent: PackageFile, keep: Any) -> None:
    keep("model.bin", b"x")
    told = text(page.get(LIST))
    assert "2 packages" in told
    assert "candidate_1" in told
    assert "churn-data" not in text(page.get(LIST, {"type": "ml_run"}))
    assert "candidate_1" not in text(page.get(LIST, {"q": "CHURN", "order": "size"}))
    assert "Nothing found" in text(page.get(LIST, {"q": "nothing", "type": "generic"}))
    assert "2 packages" in text(page.get(LIST, {"type": "rubbish", "order": "\x00", "page": "x"}))


def test_long_lists_have_pages(page: Client, project: Project, alice: User) -> None:
    for number in range(31):
        packages.upload(project, "many", f"1.{number}", "a", [b"x"], by=alice)
    assert "Page 1 of 2" in text(page.get(LIST))
    assert "many" in text(page.get(LIST, {"page": "2"}))


def test_a_hidden_package_is_not_listed_but_has_its_page(
    page: Client, project: Project, alice: User, sent: PackageFile
) -> None:
    packages.upload(project, "secret", "1", "a", [b"x"], by=alice, status=PackageStatus.HIDDEN)
    file = PackageFile.objects.get(package__name="secret")
    assert "secret" not in text(page.get(LIST))
    assert "Hidden" in text(page.get(f"{LIST}/{file.package_id}"))


def test_a_package_shows_one_folder_at_a_time(page: Client, sent: PackageFile) -> None:
    top = text(page.get(f"{LIST}/{sent.package_id}"))
    assert "?path=train" in top
    assert "part.csv" not in top.split("Fetch with curl")[0]
    assert "?path=train%2Fdeep" in text(page.get(f"{LIST}/{sent.package_id}", {"path": "train"}))
    inside = text(page.get(f"{LIST}/{sent.package_id}", {"path": "train/deep/"}))
    assert PackageFile.objects.get(path="train/deep/part.csv").blob.sha256 in inside
    assert "raw/train/deep/part.csv" in inside
    assert page.get(f"{LIST}/{sent.package_id}", {"path": "nothing"}).status_code == 404
    assert page.get(f"{LIST}/{sent.package_id}", {"path": "../x"}).status_code == 400


def test_the_snippets_name_this_very_package(page: Client, sent: PackageFile, project: Project) -> None:
    told = text(page.get(f"{LIST}/{sent.package_id}", {"path": "read me"}))
    base = f"{settings.EXTERNAL_URL}/api/v4/projects/{project.pk}/packages/generic/churn-data/1.0.0"
    assert f"{base}/read%20me/README.md" in told
    assert f"{base}/data.csv" in told
    assert "generic_packages.upload" in told


def test_a_runs_package_leads_to_the_run(page: Client, keep: Any, project: Project) -> None:
    keep("model/MLmodel", b"x")
    told = text(page.get(f"{LIST}/{PackageFile.objects.get().package_id}", {"path": "model"}))
    assert "/acme/fraud/-/ml/runs/1" in told
    assert f"projects/{project.pk}/packages/ml_models/candidate:1/files/model/MLmodel" in told
    assert "python-gitlab" not in told


def test_what_the_scan_found_stands_beside_the_file(page: Client, sent: PackageFile) -> None:
    what = "imports os system, <script>"
    findings = [{"severity": "dangerous", "what": what, "where": "data.pkl"}]
    Blob.objects.filter(pk=sent.blob_id).update(verdict=Verdict.DANGEROUS, findings=findings)
    told = text(page.get(f"{LIST}/{sent.package_id}", {"path": "read me"}))
    assert "Dangerous" in told
    assert "imports os system, &lt;script&gt;" in told


def test_the_job_that_sent_a_file(page: Client, project: Project, alice: User) -> None:
    job = Job.objects.create(project=project, number="77", facts={"CI_JOB_URL": "https://ci.example/77"})
    file = packages.upload(project, "set", "1", "a", [b"x"], by=alice, job=job)
    told = text(page.get(f"{LIST}/{file.package_id}"))
    assert '<a href="https://ci.example/77" rel="noopener noreferrer nofollow">#77</a>' in told
    Job.objects.update(facts={"CI_JOB_URL": "javascript:alert(1)"})
    assert "javascript" not in text(page.get(f"{LIST}/{file.package_id}"))


def test_a_file_is_an_attachment(page: Client, sent: PackageFile) -> None:
    address = f"{LIST}/{sent.package_id}/raw/read%20me/README.md"
    answer = page.get(address)
    assert b"".join(answer.streaming_content) == b"# Read"
    assert answer["Content-Disposition"].startswith("attachment")
    assert page.head(address)["Content-Length"] == "6"
    for trick in ("../x", "%2e%2e/x", "a%252fb"):
        assert page.get(f"{LIST}/{sent.package_id}/raw/{trick}").status_code == 400


def test_a_file_is_deleted_and_one_stays_in_its_folder(
    page: Client, sent: PackageFile, project: Project, alice: User
) -> None:
    packages.upload(project, "churn-data", "1.0.0", "read me/more.md", [b"x"], by=alice)
    here = f"{LIST}/{sent.package_id}"
    assert page.post(f"{here}/files/{sent.pk}/delete")["Location"] == f"{here}?path=read+me"
    assert "is deleted" in text(page.get(f"{here}?path=read+me"))
    more = PackageFile.objects.get(path="read me/more.md")
    assert page.post(f"{here}/files/{more.pk}/delete")["Location"] == here
    last = PackageFile.objects.get()
    assert page.post(f"{here}/files/{last.pk}/delete")["Location"] == LIST


def test_a_package_is_deleted(page: Client, sent: PackageFile) -> None:
    assert page.post(f"{LIST}/{sent.package_id}/delete")["Location"] == LIST
    assert "churn-data 1.0.0” is deleted" in text(page.get(LIST))
    assert not PackageFile.objects.exists()


def test_a_developer_is_shown_no_button_and_may_not(sent: PackageFile, dana: User, signed_in: Any) -> None:
    browser = signed_in(dana)
    assert "Delete" not in text(browser.get(f"{LIST}/{sent.package_id}"))
    for address in (f"{LIST}/{sent.package_id}/delete", f"{LIST}/{sent.package_id}/files/{sent.pk}/delete"):
        assert browser.post(address).status_code == 403
    assert PackageFile.objects.count() == 2


def test_a_guest_sees_no_packages(sent: PackageFile, project: Project, charlie: User, signed_in: Any) -> None:
    members.set_role(charlie, project, Role.GUEST)
    assert "Packages" not in text(signed_in(charlie).get("/acme/fraud"))
    assert signed_in(charlie).get(LIST).status_code == 403


def test_another_projects_package_is_not_there(
    sent: PackageFile, other_project: Project, charlie: User, signed_in: Any
) -> None:
    own = packages.upload(other_project, "own", "1", "a", [b"x"], by=charlie)
    there = f"/{other_project.full_path}/-/packages"
    browser = signed_in(charlie)
    assert browser.get(f"{there}/{sent.package_id}").status_code == 404
    assert browser.get(f"{there}/{sent.package_id}/raw/read%20me/README.md").status_code == 404
    assert browser.post(f"{there}/{sent.package_id}/delete").status_code == 404
    assert browser.post(f"{there}/{own.package_id}/files/{sent.pk}/delete").status_code == 404
    assert PackageFile.objects.count() == 3
