"""No path leads out of a run, whatever it is written like and whichever way it is sent."""

from pathlib import Path

import pytest

from packages.models import PackageFile
from tests.api.mlflow.artifacts.conftest import address, kept
from tests.conftest import Door
from tracking.models import LoggedModel, Run

# As they stand in a URL: the application server, or here the test client, decodes each once.
TRICKS = {
    "parent": "..",
    "parent above": "../../../secret",
    "parent inside": "a/../b",
    "parent at the end": "a/..",
    "this folder": "a/./b",
    "encoded dots": "%2e%2e/secret",
    "encoded dots and slash": "%2e%2e%2fsecret",
    "half encoded": ".%2e/secret",
    "encoded twice": "%252e%252e%252fsecret",
    "encoded thrice": "%25252e%25252e%25252fsecret",
    "encoded slash twice": "a%252fb",
    "backslash": "..%5csecret",
    "backslash twice": "..%255csecret",
    "absolute": "/etc/passwd",
    "absolute encoded": "%2fetc%2fpasswd",
    "absolute encoded twice": "%252fetc%252fpasswd",
    "empty segment": "a//b",
    "drive": "C:%5cwindows",
    "drive with slashes": "C:/windows",
    "NUL": "a%00b",
    "NUL twice": "a%2500b",
    "line break": "a%0ab",
    "line break at the end": "a%0a",
    "carriage return": "a%0d%0aSet-Cookie:x",
    "delete character": "a%7fb",
    "fragment": "a%23b",
    "overlong UTF-8 dots": "%c0%ae%c0%ae/secret",
    "overlong UTF-8 slash": "..%c0%afsecret",
    "broken UTF-8": "a%ffb",
    "half a surrogate pair": "a%ed%a0%80b",
    "trailing dot": "a.",
    "trailing space": "a%20",
    "5000 long": "a" * 5000,
    "5000 deep": "a/" * 2500 + "a",
    "long segment": "a" * 256,
}


@pytest.fixture
def full(proxy: Door, run: Run, model: LoggedModel) -> Run:
    for owner in (run, model):
        assert proxy("PUT", address(owner, "secret"), b"s").status_code == 200
    return run


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
@pytest.mark.parametrize("verb", ["GET", "HEAD", "PUT", "DELETE"])
def test_a_trick_in_an_address_is_refused_and_changes_nothing(
    proxy: Door, full: Run, model: LoggedModel, store: Path, verb: str, trick: str
) -> None:
    before = sorted(kept(store))
    for owner in (full, model):
        for place in (address(owner, trick), address(owner, f"folder/{trick}"), f"artifacts/{trick}/{full.uuid}"):
            answer = proxy(verb, place, b"x" if verb == "PUT" else None)
            assert answer.status_code == 400, place
            assert verb == "HEAD" or answer.json()["message"] == "Invalid path"
    assert sorted(kept(store)) == before
    assert set(PackageFile.objects.values_list("path", flat=True)) == {"secret"}


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
def test_a_trick_in_a_listed_path_is_refused(
    proxy: Door, mlflow: Door, full: Run, model: LoggedModel, trick: str
) -> None:
    inside = f"{address(full).removeprefix('artifacts/')}/{trick}"
    asked = [
        f"{proxy.root}artifacts?path={inside}",
        f"{mlflow.root}artifacts/list?run_id={full.uuid}&path={trick}",
        f"{mlflow.root}logged-models/{model.uuid}/artifacts/directories?artifact_directory_path={trick}",
    ]
    for url in asked:
        answer = proxy.client.get(url, headers={"authorization": f"Bearer {proxy.token}"})
        assert answer.status_code == 400, url
        assert "secret" not in answer.json()["message"]
