import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.errors import InvalidInput
from packages import paths

ALLOWED = [
    "",
    "model.pkl",
    "model/MLmodel",
    "a b/ä ö/模型 🤖.txt",
    ".hidden/file",
    "..hidden/...x",
    "100%.txt",
    "50% off/a%zz",
    "a%20b",
    "x;y?z=1&w",
    "ab:c",
    "a" * 255,
    "ä" * 127,
    "/".join(["a" * 255] * 3),
]

REFUSED = [
    "..",
    ".",
    "../x",
    "a/../b",
    "a/..",
    "a/./b",
    "/etc/passwd",
    "//etc/passwd",
    "a//b",
    "a/",
    "%2e%2e",
    "%2e%2e%2fetc",
    "%2E%2e/x",
    ".%2e/x",
    "%252e%252e%252fetc",
    "%25252e%25252e",
    "%2fetc/passwd",
    "a%2fb",
    "a%252fb",
    "a%2f%2fb",
    "..\\x",
    "..%5cx",
    "..%255cx",
    "a\\b",
    "C:\\x",
    "C:/x",
    "c:",
    "a/C:/x",
    "a/C:",
    "%43:/x",
    "a#b",
    "a%23b",
    "a\x00b",
    "a%00b",
    "a%2500b",
    "a\nb",
    "a\rb",
    "a\x7fb",
    "a\x9fb",
    "a.",
    "a /b",
    "a%20",
    "%c0%ae%c0%ae/x",
    "%C0%AF",
    "%ff",
    "a\ud800b",
    "a\ufffdb",
    "a" * 256,
    "ä" * 128,
    "a/" * 600 + "a",
    "a" * 5000,
]


@pytest.mark.parametrize("path", ALLOWED)
def test_a_plain_relative_path_may_exist(path: str) -> None:
    assert paths.relative(path) == path


@pytest.mark.parametrize("path", REFUSED)
def test_what_could_lead_elsewhere_is_refused_in_mlflows_words(path: str) -> None:
    with pytest.raises(InvalidInput, match=r"^Invalid path$"):
        paths.relative(path)


@given(st.text(max_size=60) | st.text(alphabet="./%25eE2fF5cC\\ a:#", max_size=60))
def test_no_path_that_may_exist_leads_out_of_its_folder_however_often_it_is_decoded(path: str) -> None:
    from posixpath import normpath
    from urllib.parse import unquote

    try:
        layer = paths.relative(path)
    except InvalidInput:
        return
    for _ in range(10):
        assert not layer or normpath(layer) == layer
        assert not layer.startswith("/")
        assert ".." not in layer.replace("\\", "/").split("/")
        layer = unquote(layer)


def test_the_folders_of_a_path_are_named_from_the_outermost() -> None:
    assert paths.folders("a/b/c") == ["a", "a/b"]
    assert paths.folders("a") == []
