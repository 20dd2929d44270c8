"""Objects that arrive in parts: into a local folder through us, into a bucket past us."""

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
import requests

from packages import store
from tests.packages.conftest import kept

FIRST, SECOND = b"a" * store.PART, b"bc"


def new_key() -> str:
    return f"1/{uuid4().hex[:2]}/{uuid4().hex}"


def sent(key: str, store_id: str, number: int, content: bytes) -> str:
    """The part's entity tag."""
    address = store.part_address(key, store_id, number, seconds=60)
    if not address:
        return store.write_part(key, number, [content]).sha256
    answer = requests.put(address, data=content, timeout=30)
    assert answer.status_code == 200, answer.text
    return answer.headers["ETag"].strip('"')


def test_parts_become_one_object_and_doing_it_twice_changes_nothing(any_store: Path) -> None:
    key = new_key()
    store_id = store.begin(key)
    second = sent(key, store_id, 2, SECOND)
    for _ in range(2):
        first = sent(key, store_id, 1, FIRST)
    expected = store.Stored(len(FIRST + SECOND), sha256(FIRST + SECOND).hexdigest())
    for _ in range(2):
        assert store.join(key, store_id, {1: first, 2: second}, into=key) == expected
    store.drop(key, store_id, [1, 2])
    assert b"".join(store.read(key, start=0, length=expected.size)) == FIRST + SECOND
    store.delete(key)


def test_a_part_that_is_sent_again_takes_the_place_of_the_older_one(folder: Path) -> None:
    key = new_key()
    store.write_part(key, 1, [b"an earlier try"])
    store.write_part(key, 1, [b"x"])
    assert store.join(key, "", {1: ""}, into=key).size == 1


def test_a_bucket_tells_which_parts_it_has(bucket: Path) -> None:
    key = new_key()
    store_id = store.begin(key)
    tag = sent(key, store_id, 1, FIRST)
    assert store.parts(key, store_id) == {1: store.Arrived(len(FIRST), tag)}
    store.drop(key, store_id, [])
    assert store.parts(key, store_id) is None


def test_dropped_parts_leave_nothing(any_store: Path) -> None:
    before = kept(any_store)
    key = new_key()
    store_id = store.begin(key)
    sent(key, store_id, 1, FIRST)
    for _ in range(2):
        store.drop(key, store_id, [1, 2])
    assert kept(any_store) == before
    with pytest.raises(FileNotFoundError):
        store.join(key, store_id, {1: "x"}, into=key)


def test_a_signed_address_gives_what_it_was_signed_for_and_nothing_else(bucket: Path) -> None:
    key = new_key()
    store.write(key, [b"0123456789"])
    headers = {"Content-Disposition": "attachment; filename*=UTF-8''a.html", "Content-Type": "text/html"}
    address = store.address(key, seconds=60, headers=headers)
    answer = requests.get(address, headers={"Range": "bytes=2-4"}, timeout=30)
    # rclone says 200 to a part as well.
    assert answer.ok
    assert answer.content == b"234"
    assert {name: answer.headers[name] for name in headers} == headers
    assert requests.get(address.replace(key, new_key()), timeout=30).status_code == 403
    assert requests.put(address, data=b"x", timeout=30).status_code == 403
    store.delete(key)


def test_an_address_is_signed_for_where_the_world_reaches_the_bucket(bucket: Path, settings: object) -> None:
    settings.S3_PUBLIC_ENDPOINT_URL = "https://files.example.com"  # type: ignore[attr-defined]
    assert store.address("1/aa/bb", seconds=60, headers={}).startswith("https://files.example.com/artifacts/1/aa/bb?")


def test_what_a_kill_leaves_is_named_as_the_sweep_expects(folder: Path) -> None:
    key = new_key()
    names: list[str] = []

    def looks() -> Iterator[bytes]:
        names.extend(kept(folder))
        yield b"x"

    store.write_part(key, 7, looks())
    assert [re.fullmatch(rf"{key}\.7\.[0-9a-f]+\.part", name) is not None for name in names] == [True]
