"""GET /projects/:id/ml/models/:name/compare"""

import hashlib
import json
import math
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lib.clock import now_ms
from registry.services import comparison, files, versions
from tracking.services import batches
from tracking.services.batches import Point


def signature(**columns: str) -> bytes:
    inputs = [{"name": name, "type": kind} for name, kind in columns.items()]
    outputs = [{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1]}}]
    said = {"signature": {"inputs": json.dumps(inputs), "outputs": json.dumps(outputs), "params": None}}
    return json.dumps(said).encode()


@pytest.fixture
def two(model: Any, by: Any, alice: Any) -> list[Any]:
    made = [versions.create(model, by=by) for _ in range(2)]
    for version, rate, score, mlmodel in zip(
        made,
        ("0.1", "0.2"),
        (0.5, 0.75),
        (signature(amount="double", country="string"), signature(amount="float", hour="long")),
        strict=True,
    ):
        point = Point("auc", score, now_ms(), 0)
        batches.log(version.run, params=[("rate", rate), ("depth", "3")], metrics=[point])
        files.upload(version, "MLmodel", [mlmodel], by=alice, size=len(mlmodel))
        files.upload(version, "same.bin", [b"same"], by=alice, size=4)
    batches.log(made[0].run, params=[("old", "1")], metrics=[Point("nan", math.nan, 1, 0)])
    batches.log(made[1].run, metrics=[Point("nan", math.nan, 1, 0)])
    files.upload(made[1], "new.bin", [b"12345"], by=alice, size=5)
    versions.set_tag(made[1], "tested", "yes", by=by)
    return made


def test_what_differs_is_told_and_the_rest_is_counted(ml: Any, two: Any) -> None:
    answered = ml.get("models/fraud/compare", {"from": "1.0.0", "to": "latest"})
    assert answered.status_code == 200, answered.content
    told = answered.json()
    assert (told["from"]["number"], told["to"]["number"], told["truncated"]) == (1, 2, False)
    assert told["params"] == {
        "added": [],
        "removed": [{"key": "old", "from": "1", "to": None}],
        "changed": [{"key": "rate", "from": "0.1", "to": "0.2"}],
        "same": 1,
        "truncated": False,
    }
    assert told["metrics"]["changed"] == [{"key": "auc", "from": 0.5, "to": 0.75}]
    assert told["metrics"]["same"] == 1
    assert told["tags"]["added"] == [{"key": "tested", "from": None, "to": "yes"}]
    sha256 = hashlib.sha256(b"12345").hexdigest()
    assert told["files"]["added"] == [{"key": "new.bin", "from": None, "to": {"size": 5, "sha256": sha256}}]
    assert [one["key"] for one in told["files"]["changed"]] == ["MLmodel"]
    assert told["files"]["same"] == 1


def test_the_signatures_columns_are_compared(ml: Any, two: Any) -> None:
    told = ml.get("models/fraud/compare", {"from": "1", "to": "2"}).json()["signature"]
    assert told["inputs"]["changed"] == [{"key": "amount", "from": "double", "to": "float"}]
    assert told["inputs"]["removed"] == [{"key": "country", "from": "string", "to": None}]
    assert told["inputs"]["added"] == [{"key": "hour", "from": None, "to": "long"}]
    assert told["outputs"]["same"] == 1
    assert told["params"] == {"added": [], "removed": [], "changed": [], "same": 0, "truncated": False}


def test_two_versions_without_signatures_have_none_to_compare(ml: Any, released: Any) -> None:
    assert ml.get("models/fraud/compare", {"from": "1", "to": "2"}).json()["signature"] is None


@pytest.mark.parametrize("content", [b"\xff\xfe", b"[" * 5000, b"signature: 5", b"signature: {inputs: '['}", b"- a"])
def test_an_mlmodel_file_that_is_none_is_no_bug(ml: Any, model: Any, by: Any, alice: Any, content: bytes) -> None:
    made = versions.create(model, by=by)
    files.upload(made, "MLmodel", [content], by=alice, size=len(content))
    versions.create(model, by=by)
    assert ml.get("models/fraud/compare", {"from": "1", "to": "2"}).status_code == 200


def test_a_version_that_there_is_not_is_named(ml: Any, released: Any) -> None:
    assert ml.get("models/fraud/compare").json() == {"error": "from is missing"}
    refused = ml.get("models/fraud/compare", {"from": "1", "to": "9"})
    assert (refused.status_code, list(refused.json()["message"])) == (400, ["to"])
    assert ml.get("models/nothing/compare", {"from": "1", "to": "2"}).status_code == 404


def test_long_lists_and_values_are_cut_and_it_says_so(ml: Any, model: Any, by: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(comparison, "MOST", 3)
    monkeypatch.setattr(comparison, "LONGEST", 5)
    one, two = (versions.create(model, by=by) for _ in range(2))
    batches.log(one.run, params=[(f"p{number}", "x") for number in range(5)])
    batches.log(two.run, params=[("p1", "y" * 9), ("p9", "z")])
    told = ml.get("models/fraud/compare", {"from": "1", "to": "2"}).json()["params"]
    # p3, p4 and p9 lie behind what was read of the first.
    assert [one["key"] for one in told["removed"]] == ["p0", "p2"]
    assert told["changed"] == [{"key": "p1", "from": "x", "to": "yyyyy"}]
    assert (told["added"], told["truncated"]) == ([], True)


def test_it_costs_as_many_queries_however_much_there_is(ml: Any, two: Any) -> None:
    with CaptureQueriesContext(connection) as few:
        comparison.of(*two)
    for version in two:
        batches.log(version.run, params=[(f"p{number}", str(version.pk)) for number in range(50)])
    with CaptureQueriesContext(connection) as many:
        comparison.of(*two)
    assert len(few) == len(many) <= 14
