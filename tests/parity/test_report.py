"""The page about compatibility says what the cases say, and leaves nothing of MLflow out."""

from pathlib import Path

from mlflow import MlflowClient

from tests.parity.case import all_cases
from tests.parity.report import markdown
from tests.parity.surface import CALLS, endpoints, group_of, methods

PAGE = Path(__file__).resolve().parents[2] / "docs" / "compatibility.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text() == markdown(), "run: python -m tests.parity.report > docs/compatibility.md"


def test_every_case_is_about_something_that_is_offered() -> None:
    offered = {endpoint.about for endpoint in endpoints() if endpoint.is_offered}
    known = offered | {f"MlflowClient.{name}" for name in CALLS}
    assert {case.about for case in all_cases()} - known == set()


def test_every_method_of_the_client_is_compared_or_not_offered() -> None:
    compared = {case.about.removeprefix("MlflowClient.") for case in all_cases()}
    assert [name for name in methods() if name not in compared and not group_of(name)] == []
    assert [name for name in CALLS if not hasattr(MlflowClient, name)] == []


def test_whatever_is_not_offered_belongs_to_an_area() -> None:
    assert [one.about for one in endpoints() if not one.is_offered and not group_of(one.about)] == []


def test_there_are_many_cases() -> None:
    assert len(all_cases()) >= 400
