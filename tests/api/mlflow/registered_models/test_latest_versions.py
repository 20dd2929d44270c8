"""`get-latest-versions`, which MLflow's client asks for `models:/name/latest`, for stages, and here for ranges."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.mlflow.conftest import FORMS
from tests.api.mlflow.registered_models.test_models import refused
from tests.conftest import Door


@pytest.fixture(params=["POST", "GET"])
def ask(request: pytest.FixtureRequest, mlflow: Door) -> Callable[..., Any]:
    """`ask("Production")`, by either method."""

    def asked(*stages: str) -> Any:
        return mlflow(request.param, "registered-models/get-latest-versions", {"name": "fraud", "stages": list(stages)})

    return asked


def numbers(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [one["version"] for one in answer.json().get("model_versions", [])]


@pytest.mark.parametrize(("text", "number"), FORMS.values(), ids=FORMS.keys())
def test_whatever_means_a_version_may_stand_for_a_stage(ask: Any, three: Any, text: str, number: int) -> None:
    assert numbers(ask(text)) == [str(number)]


def test_stages_in_any_case_each_with_its_latest(mlflow: Door, ask: Any, new_version: Any) -> None:
    for semver, stage in {"1.0.0": "Production", "2.0.0": "Production", "1.0.1": "Production", "3.0.0": "None"}.items():
        new_version(semver)
        mlflow.post("model-versions/transition-stage", {"name": "fraud", "version": semver, "stage": stage})
    assert numbers(ask("production")) == ["2"]
    assert numbers(ask("NONE", "Production")) == ["2", "4"]
    assert numbers(ask("Staging")) == []
    assert numbers(ask()) == ["2", "4"]


def test_a_fix_of_an_older_line_is_not_the_latest(ask: Any, new_version: Any) -> None:
    for semver in ("1.0.0", "2.0.0", "1.0.1"):
        new_version(semver)
    assert numbers(ask()) == ["2"]
    assert numbers(ask("latest")) == ["2"]
    assert numbers(ask("^1")) == ["3"]


def test_a_text_that_means_nothing_is_told_what_would(ask: Any, three: Any) -> None:
    reason = refused(ask("nonsense"), 400, "INVALID_PARAMETER_VALUE")
    assert "None, Staging, Production, Archived, or a semver" in reason
    assert numbers(ask("7")) == numbers(ask("^9")) == []


@pytest.mark.parametrize("count", [1, 10])
def test_it_takes_as_many_queries_however_many_versions_there_are(
    ask: Any, new_version: Any, count: int, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for _ in range(count):
        new_version()
    with django_assert_max_num_queries(8):
        assert numbers(ask()) == [str(count)]
