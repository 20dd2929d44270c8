"""What is made of text files, and that nothing in them breaks or gets out of hand."""

import time
from typing import Any

import pytest

from web import previews

MLMODEL = """
artifact_path: model
flavors:
  python_function: {loader_module: mlflow.sklearn, python_version: 3.11.7}
  sklearn: {pickled_model: model.pkl, serialization_format: cloudpickle, sklearn_version: 1.9.1}
mlflow_version: 3.17.2
signature:
  inputs: '[{"type": "double", "name": "age", "required": true}, {"type": "long", "name": "n", "required": false}]'
  outputs: '[{"type": "tensor", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'
  params: null
"""


def look(path: str, text: str, cut: bool = False) -> Any:
    return previews.of(path, text, cut=cut)


def test_an_mlmodel_says_its_flavors_and_signature() -> None:
    model = look("model/MLmodel", MLMODEL).model
    assert model.flavors == [
        ("python_function", "loader_module mlflow.sklearn, python_version 3.11.7"),
        ("sklearn", "serialization_format cloudpickle, sklearn_version 1.9.1"),
    ]
    assert model.signature == [
        ("inputs", [("age", "double"), ("n", "long, optional")]),
        ("outputs", [("(no name)", "int64 [-1]")]),
    ]
    assert ("mlflow_version", "3.17.2") in model.facts


BOMB = "a: &a [x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(12)
)


@pytest.mark.parametrize(
    "text",
    [
        "", "x", "- a", ": :", "\t", "{" * 5000, "!!python/object/apply:os.system [id]", "flavors: 5\nsignature: [1]",
        "signature: {inputs: '{'}",
        "signature: {inputs: '" + "[" * 5000 + "'}", f"{BOMB}flavors: *m\nmlflow_version: *m",
        "flavors: {a: &x {y: *x}}", "signature: {inputs: '[1, null, {}]'}", "flavors: {1: {2: 3}}", "a: 2001-99-99",
    ],
)  # fmt: skip
def test_an_odd_mlmodel_is_shown_as_text_or_in_part(text: str) -> None:
    start = time.monotonic()
    look("MLmodel", text)
    assert time.monotonic() - start < 5


def test_a_table_is_shown_up_to_a_limit() -> None:
    assert look("a.csv", 'x,"y,z"\n1\n2,3\n').table == [["x", "y,z"], ["1", ""], ["2", "3"]]
    assert look("a.tsv", "x\ty\n1\t2\n").table == [["x", "y"], ["1", "2"]]
    long = look("a.csv", "x,y\n" * 500)
    assert (len(long.table), long.more) == (101, True)
    assert look("a.csv", "x,y\n1,2\n3,", cut=True).table == [["x", "y"], ["1", "2"]]
    assert look("a.csv", "no table\n").table == []
    assert look("a.csv", f'x,"{"y" * 200_000}').table == []


def test_json_in_one_line_is_indented() -> None:
    assert look("a.json", '{"a":[1]}').text == '{\n  "a": [\n    1\n  ]\n}'
    for odd in ("{", "[" * 100_000, '{"a": NaN', ""):
        assert look("a.json", odd).text == ""


def test_markdown_is_rendered_without_html_of_its_own() -> None:
    note = str(look("README.md", "# Hi\n<script>x</script> [a](javascript:alert(1))").note)
    assert "<h1>Hi</h1>" in note
    assert "<script" not in note
    assert "href" not in note
