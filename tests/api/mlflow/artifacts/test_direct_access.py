"""Direct mode: who is sent on to the bucket, where to, and what looking costs."""

import logging
from typing import Any
from urllib.parse import urlsplit

import pytest

from packages.models import PackageFile, Upload
from packages.services import arrivals
from projects.models import Project
from tests.api.mlflow.artifacts.conftest import address
from tests.api.mlflow.artifacts.test_direct import FIRST, direct, invited, listed, put, sent  # noqa: F401 - the mode is a fixture
from tests.conftest import Door
from tracking.models import Run


def test_only_who_may_write_gets_an_address(proxy: Door, run: Run, bob: Any, charlie: Any) -> None:
    for caller, status in ((None, 401), (charlie, 404), (bob, 403)):
        assert proxy.as_(caller)("PUT", address(run, "a.bin"), FIRST).status_code == status
    assert not Upload.objects.exists()


def test_the_address_leads_to_ids_of_this_project_only(proxy: Door, run: Run, project: Project) -> None:
    url = invited(proxy, run, "a name.bin")
    assert urlsplit(url).path == f"/artifacts/{Upload.objects.get().storage_key}"
    assert urlsplit(url).path.startswith(f"/artifacts/{project.pk}/")
    assert "name" not in urlsplit(url).path


def test_looking_costs_one_query_more_in_direct_mode_alone(
    proxy: Door, run: Run, settings: Any, django_assert_num_queries: Any
) -> None:
    proxy("PUT", address(run, "a"), b"x")
    run.refresh_from_db()
    package = run.package
    with django_assert_num_queries(1):
        arrivals.settle(package)
    settings.ARTIFACTS_MODE = "proxied"
    with django_assert_num_queries(0):
        arrivals.settle(package)


def test_nothing_is_sent_on_into_a_published_version(
    proxy: Door, run: Run, project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    late = invited(proxy, run, "model/late.bin")
    put(proxy, run, "model/a.bin")
    assert listed(proxy, run) == {"model": None}
    project.packages.update(frozen_folders=["model"])
    refused = proxy("PUT", address(run, "model/b.bin"), FIRST)
    assert (refused.status_code, "published model version" in refused.json()["message"]) == (400, True)
    # What was invited before and comes now is dropped.
    sent(late)
    with caplog.at_level(logging.WARNING, "packages.services.arrivals"):
        assert listed(proxy, run) == {"model": None}
    assert "published model version" in caplog.text
    assert [file.path for file in PackageFile.objects.all()] == ["model/a.bin"]
    assert not Upload.objects.exists()
