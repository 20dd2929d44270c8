"""The same tricks as of MLflow's artifacts, on each address that takes a path or a name, with each method."""

from pathlib import Path

import pytest

from packages.models import Package, PackageFile
from tests.api.mlflow.artifacts.test_path_tricks import TRICKS
from tests.api.rest.packages.conftest import kept, put
from tests.conftest import Door
from tracking.models import Run


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_a_trick_is_refused_and_changes_nothing(here: Door, run: Run, store: Path, method: str, trick: str) -> None:
    candidate = f"packages/ml_models/candidate:{run.iid}/files"
    put(here, "packages/generic/set/1/secret")
    put(here, f"{candidate}/secret")
    before = (kept(store), Package.objects.count())
    for place in (
        f"packages/generic/set/1/{trick}",
        f"packages/generic/set/1/folder/{trick}",
        f"packages/generic/set/{trick}/secret",
        f"packages/generic/{trick}/1/secret",
        f"{candidate}/{trick}",
        f"{candidate}/folder/{trick}",
    ):
        answer = here(method, place, b"x" if method == "PUT" else None)
        # A trick with slashes makes other names of an address of names; those that are fine are just not there.
        fine = method != "PUT" and answer.status_code == 404 and "/secret" in place and "/" in trick
        assert answer.status_code == 400 or fine, place
        assert method == "HEAD" or answer.json()["message"]
    assert (kept(store), Package.objects.count()) == before
    assert set(PackageFile.objects.values_list("path", flat=True)) == {"secret"}


@pytest.mark.parametrize("version", ["candidate:", "candidate:x", "candidate:-1", "candidate:%00", "x", "٣", ".."])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_a_version_that_cannot_be_one_is_refused(here: Door, run: Run, method: str, version: str) -> None:
    answer = here(method, f"packages/ml_models/{version}/files/secret", b"x" if method == "PUT" else None)
    assert answer.status_code == 400
    assert not Package.objects.exists()
