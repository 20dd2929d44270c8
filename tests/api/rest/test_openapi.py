"""schemathesis asks every operation what its own description says may be asked, and what may not.

Each example is asked by an administrator and by a developer, in two ways: as it was made up, and with the parts of the
address naming what there is. Whatever it does is rolled back, so that examples find the same things. `make fuzz` asks
longer and differently each time.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase, strategies
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from api.openapi import document
from api.openapi.lists import Operation, operations
from tests.conftest import token_of
from tests.endpoints import Offered

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "2"))
LONG = "FUZZ_EXAMPLES" in os.environ
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
]
every_operation = pytest.mark.parametrize("operation", operations(), ids=str)
SETTINGS = hypothesis.settings(
    max_examples=EXAMPLES,
    derandomize=not LONG,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="session")
def schema() -> Any:
    found = schemathesis.openapi.from_dict(json.loads(document.written("json").body))
    found.app = WSGIHandler()
    return found


@pytest.fixture(autouse=True)
def kept_connection() -> Iterator[None]:
    """As Django's own test client does: a request's end is not that of the connection, which the test is still in."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@every_operation
def test_no_bug_and_no_answer_that_is_not_described(
    schema: Any, operation: Operation, furnished: Any, admin: Any, dana: Any
) -> None:
    asked = schema[operation.address][operation.method]
    secrets = [token_of(admin), token_of(dana)]
    known = what_there_is(operation, furnished)
    modes = [asked.as_strategy(generation_mode=mode) for mode in GenerationMode]

    @SETTINGS
    @hypothesis.given(case=strategies.one_of(modes))
    def every_example(case: Any) -> None:
        for there in ({}, known):
            name_what_there_is(case, there)
            for secret in secrets:
                with rolled_back():
                    answered = case.call(headers={"PRIVATE-TOKEN": secret})
                    case.validate_response(answered, checks=CHECKS)

    every_example()


def what_there_is(operation: Operation, furnished: Any) -> dict[str, str]:
    """By the names that parts of addresses and parameters have."""
    address = operation.address.removeprefix("/api/v4/")
    offered = Offered(address.replace("{", "%(").replace("}", ")s"), operation.method, operation.endpoint)
    run = furnished.numbers["run_id"]
    file = f"1/{run}/artifacts/data.csv"
    mlflows = {"run_id": run, "run_uuid": run, "experiment_id": "1", "name": "set", "version": "1", "alias": "champion"}
    return {**mlflows, **furnished.parts(offered), **({} if operation.is_rest else {"address": file})}


def name_what_there_is(case: Any, there: dict[str, str]) -> None:
    for given in (case.path_parameters, case.query, case.body):
        if isinstance(given, dict):
            given.update({name: value for name, value in there.items() if name in given})
