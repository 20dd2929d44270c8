"""Packages and their files: listed, looked at, deleted."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.utils import timezone

from ci.models import Job
from packages.models import Package, PackageFile
from packages.services import packages
from tests.api.rest.packages.conftest import content, kept, put
from tests.conftest import Door


@pytest.fixture
def three(here: Door, project: Any) -> list[int]:
    """`alpha` 1 and 2, and `beta` 1."""
    made = [("alpha", "1"), ("beta", "1"), ("alpha", "2")]
    return [put(here, f"packages/generic/{name}/{version}/a")["package_id"] for name, version in made]


def names(answered: Any) -> list[tuple[str, str]]:
    assert answered.status_code == 200, answered.content
    return [(one["name"], one["version"]) for one in answered.json()]


def test_a_package_in_gitlabs_words(here: Door, project: Any, three: list[int]) -> None:
    told = here.get(f"packages/{three[0]}").json()
    assert told == {
        "id": three[0],
        "name": "alpha",
        "version": "1",
        "package_type": "generic",
        "status": "default",
        "_links": {
            "web_path": f"/acme/fraud/-/packages/{three[0]}",
            "delete_api_path": f"{settings.EXTERNAL_URL}/api/v4/projects/{project.pk}/packages/{three[0]}",
        },
        "created_at": told["created_at"],
        "last_downloaded_at": None,
        "tags": [],
        "pipelines": [],
        "versions": [
            {
                "id": three[2],
                "version": "2",
                "created_at": told["versions"][0]["created_at"],
                "tags": [],
                "pipelines": [],
            }
        ],
    }


def test_who_may_not_delete_is_given_no_address_for_it(here: Door, three: list[int], dana: Any) -> None:
    assert "delete_api_path" not in here.as_(dana).get(f"packages/{three[0]}").json()["_links"]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["alpha 1", "beta 1", "alpha 2"]),
        ({"sort": "desc"}, ["alpha 2", "beta 1", "alpha 1"]),
        ({"order_by": "name"}, ["alpha 1", "alpha 2", "beta 1"]),
        ({"order_by": "version", "sort": "desc"}, ["alpha 2", "beta 1", "alpha 1"]),
        ({"order_by": "type"}, ["alpha 1", "beta 1", "alpha 2"]),
        ({"package_name": "LPH"}, ["alpha 1", "alpha 2"]),
        ({"package_version": "2"}, ["alpha 2"]),
        ({"package_type": "generic", "include_versionless": "true"}, ["alpha 1", "beta 1", "alpha 2"]),
        ({"package_type": "ml_model"}, []),
        ({"package_type": "npm"}, []),
        ({"status": "hidden"}, []),
        ({"package_name": "%"}, []),
    ],
)
def test_filters_and_orders(here: Door, three: list[int], asked: dict[str, str], expected: list[str]) -> None:
    assert [" ".join(one) for one in names(here.get("packages", asked))] == expected


@pytest.mark.parametrize("asked", [{"package_type": "x"}, {"status": "x"}, {"order_by": "id"}, {"sort": "up"}])
def test_odd_filters_are_refused(here: Door, asked: dict[str, str]) -> None:
    answered = here.get("packages", asked)
    assert (answered.status_code, answered.json()) == (400, {"error": f"{next(iter(asked))} is invalid"})


def test_pages(here: Door, three: list[int]) -> None:
    page = here.get("packages", {"per_page": 2, "page": 2, "order_by": "name"})
    assert names(page) == [("beta", "1")]
    told = {header: page[f"X-{header}"] for header in ("Total", "Total-Pages", "Page", "Prev-Page", "Next-Page")}
    assert told == {"Total": "3", "Total-Pages": "2", "Page": "2", "Prev-Page": "1", "Next-Page": ""}
    assert 'rel="first"' in page["Link"]


def test_a_list_costs_the_same_however_long(here: Door, three: list[int], django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(5):
        here.get("packages")


def test_files_are_listed_in_pages(here: Door, project: Any) -> None:
    for path in ("b", "folder/c", "a"):
        package = put(here, f"packages/generic/set/1/{path}")["package_id"]

    def listed(**asked: Any) -> list[str]:
        return [file["file_name"] for file in here.get(f"packages/{package}/package_files", asked).json()]

    assert listed() == ["b", "folder/c", "a"]
    assert listed(order_by="file_name") == ["a", "b", "folder/c"]
    assert listed(order_by="created_at", sort="desc", per_page=1) == ["a"]
    assert here.get(f"packages/{package}/package_files")["X-Total"] == "3"


def test_pipelines_are_those_of_the_jobs_that_sent_files(here: Door, project: Any, alice: Any) -> None:
    def sent(path: str, number: str, **facts: str) -> PackageFile:
        job = Job.objects.create(project=project, number=number, facts=facts)
        return packages.upload(project, "set", "1", path, [b"x"], by=alice, job=job)

    sent("a", "1", CI_PIPELINE_ID="10", CI_COMMIT_SHA="c0ffee", CI_PIPELINE_URL="javascript:alert(1)")
    sent("b", "2", CI_PIPELINE_ID="10", CI_COMMIT_SHA="c0ffee", CI_PIPELINE_SOURCE="push")
    sent("c", "3", CI_PIPELINE_ID="12", CI_COMMIT_REF_NAME="main")
    package = sent("d", "4", CI_PIPELINE_ID="nonsense").package_id
    told = here.get(f"packages/{package}/pipelines")
    assert [(one["id"], one["sha"], one["ref"], one["source"]) for one in told.json()] == [
        (12, None, "main", None),
        (10, "c0ffee", None, "push"),
    ]
    assert {one["web_url"] for one in told.json()} == {None}
    assert (told["X-Total"], len(here.get(f"packages/{package}/pipelines", {"per_page": 1}).json())) == ("2", 1)
    assert [file["pipelines"] != [] for file in here.get(f"packages/{package}/package_files").json()] == [
        True, True, True, False,
    ]  # fmt: skip


def test_a_package_is_deleted_with_its_bytes(
    here: Door, store: Path, three: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    put(here, "packages/generic/alpha/1/own", b"only here")
    assert len(kept(store)) == 2
    with django_capture_on_commit_callbacks(execute=True):
        gone = here("DELETE", f"packages/{three[0]}")
    assert (gone.status_code, gone.content) == (204, b"")
    assert len(kept(store)) == 1  # of the others, which have equal files
    assert here.get(f"packages/{three[0]}").json() == {"message": "404 Package Not Found"}
    assert here("DELETE", f"packages/{three[0]}").status_code == 404
    assert content(here.get("packages/generic/alpha/2/a")) == b"x"


def test_a_file_is_deleted_and_an_empty_package_is_none(here: Door, three: list[int]) -> None:
    file = put(here, "packages/generic/beta/1/b", b"y")
    other = PackageFile.objects.exclude(package=file["package_id"]).first()
    assert here("DELETE", f"packages/{file['package_id']}/package_files/{other.pk}").status_code == 404
    assert here("DELETE", f"packages/{file['package_id']}/package_files/{file['id']}").status_code == 204
    assert here("DELETE", f"packages/{file['package_id']}/package_files/{file['id']}").status_code == 404
    last = PackageFile.objects.get(package=file["package_id"])
    assert here("DELETE", f"packages/{file['package_id']}/package_files/{last.pk}").status_code == 204
    assert here.get(f"packages/{file['package_id']}").status_code == 404
    assert len(names(here.get("packages"))) == 2


def test_a_developer_does_not_delete(here: Door, three: list[int], dana: Any) -> None:
    file = PackageFile.objects.first()
    for address in (f"packages/{three[0]}", f"packages/{file.package_id}/package_files/{file.pk}"):
        refused = here.as_(dana)("DELETE", address)
        assert refused.status_code == 403
        assert "Maintainer" in refused.json()["message"]
    assert PackageFile.objects.count() == 3


def test_another_projects_packages_are_not_there(
    here: Door, three: list[int], other_project: Any, charlie: Any, door: Any
) -> None:
    there = door(f"/api/v4/projects/{other_project.pk}/", charlie)
    file = PackageFile.objects.get(package=three[0])
    own = put(there, "packages/generic/own/1/a")["package_id"]
    for method, address in (
        ("GET", f"packages/{three[0]}"),
        ("DELETE", f"packages/{three[0]}"),
        ("GET", f"packages/{three[0]}/pipelines"),
        ("GET", f"packages/{three[0]}/package_files"),
        ("DELETE", f"packages/{three[0]}/package_files/{file.pk}"),
        ("DELETE", f"packages/{own}/package_files/{file.pk}"),
        ("GET", "packages/generic/alpha/1/a"),
    ):
        assert there(method, address).status_code == 404, address
    assert names(there.get("packages")) == [("own", "1")]
    assert Package.objects.filter(pk__in=three).count() == 3


def test_the_last_download_is_noted_once_a_minute(here: Door, three: list[int]) -> None:
    def noted() -> Any:
        return Package.objects.get(pk=three[0]).last_downloaded_at

    here("HEAD", "packages/generic/alpha/1/a")
    assert noted() is None
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        content(here.get("packages/generic/alpha/1/a"))
    with time_machine.travel(now + timedelta(seconds=59), tick=False):
        content(here.get("packages/generic/alpha/1/a"))
    assert noted() == now
    with time_machine.travel(now + timedelta(seconds=60), tick=False):
        content(here.get("packages/generic/alpha/1/a"))
    assert noted() == now + timedelta(seconds=60)
    assert here.get(f"packages/{three[0]}").json()["last_downloaded_at"].endswith("Z")
