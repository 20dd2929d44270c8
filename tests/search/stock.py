"""MLflow's own answers: each function parses and checks a text as the stock server's SQL store does, without one."""

import warnings
from collections.abc import Callable, Iterable
from typing import Any

# MLflow and SQLAlchemy warn each other of their own deprecations, which is no failure of ours.
with warnings.catch_warnings(action="ignore"):
    from mlflow.exceptions import MlflowException
    from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore as RegistryStore
    from mlflow.store.tracking import sqlalchemy_store as tracking
    from mlflow.utils.search_logged_model_utils import parse_filter_string
    from mlflow.utils.search_utils import (
        SearchExperimentsUtils,
        SearchModelUtils,
        SearchModelVersionUtils,
        SearchUtils,
    )
    from sqlalchemy.orm import Session

Rows = list[tuple[str, str, str, Any]]

LOGGED_MODEL_KINDS = {"attributes": "attribute", "metrics": "metric", "params": "parameter", "tags": "tag"}
LOGGED_MODEL_KEYS = {
    "creation_timestamp_ms": "creation_timestamp",
    "creation_time": "creation_timestamp",
    "last_updated_timestamp_ms": "last_updated_timestamp",
}


def registry() -> Any:
    store = object.__new__(RegistryStore)
    store._get_workspace_clauses = lambda _: []
    return store


def rows(parsed: list[dict[str, Any]]) -> Rows:
    return [(one["type"], one["key"], one["comparator"].upper(), one["value"]) for one in parsed]


def runs(text: str) -> Rows:
    parsed = SearchUtils.parse_search_filter(text)
    tracking._get_sqlalchemy_filter_clauses(parsed, Session(), "sqlite")
    return [
        (kind, SearchUtils.translate_key_alias(key), op, float(value) if kind == "metric" else value)
        for kind, key, op, value in rows(parsed)
    ]


def experiments(text: str) -> Rows:
    parsed = SearchExperimentsUtils.parse_search_filter(text)
    tracking._get_search_experiments_filter_clauses(parsed, "sqlite")
    return [
        (kind, key, op, whole(value) if key == "experiment_id" and kind == "attribute" else value)
        for kind, key, op, value in rows(parsed)
    ]


def whole(value: Any) -> Any:
    return tuple(map(int, value)) if isinstance(value, tuple) else int(value)


def registered_models(text: str) -> Rows:
    parsed = SearchModelUtils.parse_search_filter(text)
    registry()._get_search_registered_model_filter_query(None, parsed, "sqlite")
    return rows(parsed)


def model_versions(text: str) -> Rows:
    parsed = SearchModelVersionUtils.parse_search_filter(text)
    registry()._get_search_model_versions_filter_clauses(parsed, "sqlite")
    return [
        (kind, key, op, int(value) if key == "version_number" and kind == "attribute" else value)
        for kind, key, op, value in rows(parsed)
    ]


def logged_models(text: str) -> Rows:
    parsed = parse_filter_string(text)
    for one in parsed:
        if one.entity.type.value == "attributes":
            getattr(tracking.SqlLoggedModel, one.entity.key)
    return [
        (
            LOGGED_MODEL_KINDS[one.entity.type.value],
            LOGGED_MODEL_KEYS.get(one.entity.key, one.entity.key),
            one.op,
            one.value,
        )
        for one in parsed
    ]


def run_orders(clauses: list[str]) -> list[tuple[str, str, bool]]:
    tracking._get_orderby_clauses(clauses, Session())
    parsed = map(SearchUtils.parse_order_by_for_search_runs, clauses)
    return [(kind, SearchUtils.translate_key_alias(key), ascending) for kind, key, ascending in parsed]


def experiment_orders(clauses: list[str]) -> list[tuple[str, str, bool]]:
    tracking._get_search_experiments_order_by_clauses(clauses)
    return [SearchExperimentsUtils.parse_order_by_for_search_experiments(clause) for clause in clauses]


def registered_model_orders(clauses: list[str]) -> list[tuple[str, str, bool]]:
    RegistryStore._parse_search_registered_models_order_by(clauses)
    parsed = map(SearchUtils.parse_order_by_for_search_registered_models, clauses)
    return [
        ("attribute", "last_updated_timestamp" if key == "timestamp" else key, ascending) for key, ascending in parsed
    ]


def model_version_orders(clauses: list[str]) -> list[tuple[str, str, bool]]:
    RegistryStore._parse_search_model_versions_order_by(clauses)
    return [SearchModelVersionUtils.parse_order_by_for_search_model_versions(clause) for clause in clauses]


def asked(ask: Callable[[Any], Iterable[Any]], question: Any) -> tuple[bool, Any]:
    """Whether it is accepted, and the parsed rows or the refusal's text. A crash of MLflow's is a refusal too."""
    try:
        with warnings.catch_warnings(action="ignore"):
            return True, list(ask(question))
    except MlflowException as refusal:
        return False, refusal.message
    except Exception as crash:  # noqa: BLE001
        return False, f"{type(crash).__name__}: {crash}"
