"""Two tenants who use everything at random, and ask after each other by every name and number there is.

Neither ever sees a byte of the other's, nor changes a row of it. What is there and another's is answered as what is
not there, byte by byte, and with as many queries, so that not even the time it takes tells them apart.

`HYPOTHESIS_PROFILE=long` looks for longer.
"""

import json
import os
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from accounts.models import AccessToken
from tests.access.lines import offered
from tests.access.questions import Question, asked_of, masked
from tests.access.requests import is_page
from tests.access.tenants import LATER, MLFLOW, Tenant, settled
from tests.access.writes import written
from tests.api.mlflow.test_tenancy import rows_of
from tests.endpoints import BODILESS
from tracking.services import metric_keys

EFFORT = {"": (6, 12), "long": (150, 40)}
EXAMPLES, STEPS = EFFORT[os.environ.get("HYPOTHESIS_PROFILE", "")]
QUESTIONS_A_STEP = 8

# Signing in and out is about nobody's things; a sealed address is what another test is about.
LINES = [line for line in offered() if not line.address.startswith(("/-/", "/users/sign_", "/api/v4/signed/"))]
LINES += [line for line in offered() if line.name.startswith(("tokens", "revoke-token", "mlflow-link"))]
# Whoever knows somebody's number may make them a member, as in GitLab.
PEOPLE_ARE_FOUND = {f"POST /api/v4/{where}/members" for where in ("projects/<project>", "groups/<group>")}
LISTS = ["runs/search", "experiments/search", "logged-models/search"]

asks = st.lists(
    st.tuples(st.integers(0, len(LINES) - 1), st.integers(0, 7), st.integers(0, 2**10 - 1), st.booleans()),
    min_size=QUESTIONS_A_STEP,
    max_size=QUESTIONS_A_STEP,
)


class TwoTenants(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        metric_keys.forget()
        self.tenants = [settled("left"), settled("right")]
        self.rows = [everything_of(tenant) for tenant in self.tenants]

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    @rule(who=st.integers(0, 1), act=st.integers(0, len(LATER) - 1), which=st.integers(0, 7))
    def use(self, who: int, act: int, which: int) -> None:
        other = self.tenants[1 - who]
        LATER[act](self.tenants[who], which)
        self.rows[who] = everything_of(self.tenants[who])
        assert everything_of(other) == self.rows[1 - who], LATER[act].__name__

    @rule(who=st.integers(0, 1), asked=asks)
    def ask(self, who: int, asked: list[tuple[int, int, int, bool]]) -> None:
        asker, other = self.tenants[who], self.tenants[1 - who]
        for number, which, foreign, abroad in asked:
            line = LINES[number]
            questions = asked_of(asker, other, line, which=which, foreign=foreign, abroad=abroad)
            answers = [self.told(who, question, questions) for question in questions]
            if len(answers) == 2 and str(line) not in PEOPLE_ARE_FOUND:
                assert answers[0] == answers[1], f"{line} tells that {questions[0].said()} is there"

    def told(self, who: int, question: Question, asked: list[Question]) -> tuple[int, str, str, int]:
        """What the asker learns: status, place to go on to, content and number of queries. Undone afterwards."""
        asker, other, line = self.tenants[who], self.tenants[1 - who], question.line
        metric_keys.forget()
        with transaction.atomic():
            with written() as changes, CaptureQueriesContext(connection) as queries:
                answered = send(asker, question)
            if changes:
                assert everything_of(other) == self.rows[1 - who], f"{line} changed what is another's"
            transaction.set_rollback(True)
        seen = masked(b"".join(answered), *asked)
        assert other.marker not in seen, f"{line} shows what is another's: {seen[:2000]}"
        assert answered.status_code < 500, (line, seen[:500])
        # Each time something is made it has another number and time.
        made = answered.status_code < 400 and line.method not in BODILESS
        where = masked(answered.get("Location", "").encode(), *asked)
        return answered.status_code, "" if made else where, "" if made else seen, len(queries)

    @rule(who=st.integers(0, 1), path=st.sampled_from(LISTS))
    def go_on_from_the_others_page(self, who: int, path: str) -> None:
        asker, other = self.tenants[who], self.tenants[1 - who]
        other.calls("POST", f"{MLFLOW}runs/create", {"experiment_id": "1", "run_name": other.text()})
        other.calls("POST", f"{MLFLOW}logged-models", {"experiment_id": "1", "name": other.text()})
        said = {"experiment_ids": ["0", "1"], "max_results": 1}
        token = other.calls("POST", f"{MLFLOW}{path}", said)["next_page_token"]
        line = next(line for line in LINES if line.address.endswith(path) and line.method == "POST")
        answered = send(asker, Question(line, {"project": asker.project.pk}, {}, {**said, "page_token": token}))
        assert answered.status_code == 400
        assert other.marker not in answered.content.decode()
        self.rows[1 - who] = everything_of(other)


def send(asker: Tenant, question: Question) -> Any:
    line, said, path = question.line, question.fields, question.path
    signed_in = {django_settings.SESSION_COOKIE_NAME: asker.session} if is_page(line) else {}
    asker.client.cookies = SimpleCookie(signed_in)
    in_query = line.method in BODILESS or (line.method == "DELETE" and "/ml/mlflow/" not in line.address)
    if in_query:
        path += f"?{urlencode(said, doseq=True)}"
    kind = "application/x-www-form-urlencoded" if is_page(line) else "application/json"
    body = b"" if in_query or is_page(line) else json.dumps(said).encode()
    return asker.client.generic(line.method, path, body, content_type=kind, headers=asker.headers)


def everything_of(tenant: Tenant) -> dict[str, Any]:
    """Every row of the tenant's."""
    project, group = tenant.project, tenant.group
    rows = rows_of(project) | {
        "place": [type(one).objects.filter(pk=one.pk).values().get() for one in (project, group, tenant.user)],
        "members": [*project.members.order_by("pk").values_list(), *group.members.order_by("pk").values_list()],
        "hooks": list(project.webhooks.order_by("pk").values_list()),
        "tokens": list(AccessToken.objects.filter(pk__in=tenant.things["token"]).order_by("pk").values_list()),
        "events": project.audit_events.count() + group.audit_events.count(),
    }
    for row in rows["place"]:
        row.pop("last_activity_at", None)
    return rows


@pytest.mark.django_db
@pytest.mark.timeout(7200 if EXAMPLES > 100 else 300)
def test_two_tenants_know_nothing_of_each_other() -> None:
    quick = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        # In every test run the same; the long one is what looks for more.
        derandomize=EXAMPLES < 100,
        suppress_health_check=list(HealthCheck),
        # To shrink takes minutes, and what failed is said anyway.
        phases=[Phase.generate],
    )
    run_state_machine_as_test(TwoTenants, settings=quick)  # type: ignore[no-untyped-call]


@pytest.mark.django_db
def test_the_questions_would_show_it() -> None:
    """The test above proves nothing unless who asks about their own things is answered, and meets their marker."""
    metric_keys.forget()
    own, _ = settled("left"), settled("right")
    answered, met = [], []
    for line in LINES:
        question = asked_of(own, own, line, which=1, foreign=0, abroad=False)[0]
        with transaction.atomic():
            answer = send(own, question)
            content = b"".join(answer)
            transaction.set_rollback(True)
        answered += [str(line)] if answer.status_code < 400 else []
        met += [str(line)] if own.marker.encode() in content else []
    assert len(answered) > len(LINES) // 2, sorted({*map(str, LINES)} - {*answered})
    assert len(met) > len(LINES) // 4, sorted({*map(str, LINES)} - {*met})
