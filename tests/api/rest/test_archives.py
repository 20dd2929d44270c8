"""GET /projects/:project/packages/:package_id/archive.zip"""

import io
import zipfile
from typing import Any

import pytest

from accounts.models import User
from packages.models import Package, PackageKind
from packages.services import files
from projects.models import Project
from projects.roles import Role
from projects.services import members


@pytest.fixture
def package(project: Project, alice: User) -> Package:
    made = Package.objects.create(project=project, kind=PackageKind.GENERIC, name="set", version="1.0", creator=alice)
    for path in ("a/ü.txt", "b.txt"):
        files.put(made, path, [path.encode()], by=alice)
    return made


def at(package: Package) -> str:
    return f"projects/{package.project_id}/packages/{package.pk}/archive.zip"


def test_a_package_and_a_folder_of_it(rest: Any, package: Package, bob: User) -> None:
    answer = rest.as_(bob).get(at(package))
    assert answer["Content-Disposition"] == "attachment; filename*=UTF-8''set-1.0.zip"
    assert zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).namelist() == ["a/ü.txt", "b.txt"]
    folder = rest.get(at(package), {"path": "a"})
    assert zipfile.ZipFile(io.BytesIO(b"".join(folder.streaming_content))).namelist() == ["ü.txt"]
    assert rest("HEAD", at(package))["Content-Length"] == answer["Content-Length"]


def test_a_guest_a_stranger_and_a_wrong_project(
    rest: Any, package: Package, charlie: User, project: Project, other_project: Project
) -> None:
    assert rest.as_(charlie).get(at(package)).status_code == 404
    assert rest.as_(charlie).get(at(package).replace(f"/{project.pk}/", f"/{other_project.pk}/", 1)).status_code == 404
    members.set_role(charlie, project, Role.GUEST)
    assert rest.as_(charlie).get(at(package)).status_code == 403


@pytest.mark.parametrize(("path", "status"), [("none", 404), ("b.txt", 404), ("../x", 400), ("%2e%2e/x", 400)])
def test_no_such_folder(rest: Any, package: Package, path: str, status: int) -> None:
    assert rest.get(at(package), {"path": path}).status_code == status
