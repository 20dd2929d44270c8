"""People and doors that every test may use.

Alice owns a group and its project, Bob is a reporter there, Dana a developer, Charlie is a stranger to it and has a
project of his own.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from accounts.services import tokens
from projects.models import Namespace, Project
from projects.roles import Role
from projects.services import members, namespaces, projects, users
from tests import openapi
from tracking.services import metric_keys

pytest_plugins = ["tests.live", "tests.s3", "tests.brokers"]


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """On SQLite a test with real transactions is cleaned up with DELETE, which the table of audit events refuses."""
    if connection.vendor == "sqlite":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER IF EXISTS audit_event_no_delete")


@pytest.fixture(autouse=True)
def forgotten_metric_keys() -> None:
    """A test's database is rolled back; the process must not remember what it numbered."""
    metric_keys.forget()


@pytest.fixture
def alice(db: None) -> User:
    return users.create("alice", password="correct horse battery", name="Alice Liddell")


@pytest.fixture
def bob(db: None) -> User:
    return users.create("bob", password="correct horse battery")


@pytest.fixture
def dana(db: None) -> User:
    return users.create("dana", password="correct horse battery")


@pytest.fixture
def charlie(db: None) -> User:
    return users.create("charlie", password="correct horse battery")


@pytest.fixture
def admin(db: None) -> User:
    return users.create("root", password="correct horse battery", is_admin=True)


@pytest.fixture
def group(alice: User) -> Namespace:
    return namespaces.create_group("acme", by=alice, name="Acme")


@pytest.fixture
def project(group: Namespace, alice: User, bob: User, dana: User) -> Project:
    project = projects.create(group, by=alice, name="Fraud", path="fraud")
    members.set_role(bob, project, Role.REPORTER)
    members.set_role(dana, project, Role.DEVELOPER)
    return project


@pytest.fixture
def other_project(charlie: User) -> Project:
    """Charlie's, which nobody else may see; its names are those of `project`."""
    return projects.create(charlie.namespace, by=charlie, name="Fraud", path="fraud")


def token_of(user: User, *scopes: str) -> str:
    """A fresh secret of the user's, with scope `api` unless others are named."""
    return tokens.issue(user, name="test", scopes=list(scopes) or ["api"])[1]


@dataclass
class Door:
    """An HTTP client that calls below one address with one token."""

    root: str
    token: str | None
    client: Client

    def __call__(self, method: str, path: str, data: Any = None, **extra: Any) -> Any:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= extra.pop("headers", {})
        answered = self._sent(method, f"{self.root}{path}", data, headers=headers, **extra)
        openapi.check(method, f"{self.root}{path}", answered)
        return answered

    def _sent(self, method: str, url: str, data: Any, **extra: Any) -> Any:
        if method in ("GET", "HEAD"):
            return self.client.generic(method, url, QUERY_STRING=urlencode(data or {}, doseq=True), **extra)
        body = data if isinstance(data, bytes | str) else json.dumps({} if data is None else data)
        extra.setdefault("content_type", "application/json")
        return self.client.generic(method, url, body, **extra)

    def get(self, path: str, data: Any = None, **extra: Any) -> Any:
        return self("GET", path, data, **extra)

    def post(self, path: str, data: Any = None, **extra: Any) -> Any:
        return self("POST", path, data, **extra)

    def as_(self, user: User | None, *scopes: str) -> "Door":
        """The same door, opened by somebody else."""
        return Door(self.root, token_of(user, *scopes) if user else None, self.client)


@pytest.fixture
def door() -> Callable[..., Door]:
    def open_(root: str, user: User | None, *scopes: str) -> Door:
        return Door(root, token_of(user, *scopes) if user else None, Client(raise_request_exception=True))

    return open_


@pytest.fixture
def mlflow(project: Project, alice: User, door: Any) -> Door:
    """MLflow's API of `project`, called by Alice: `mlflow.post("runs/create", {...})`."""
    return door(f"/api/v4/projects/{project.pk}/ml/mlflow/api/2.0/mlflow/", alice)


@pytest.fixture
def rest(alice: User, door: Any) -> Door:
    """GitLab's REST v4, called by Alice."""
    return door("/api/v4/", alice)


@pytest.fixture
def page(client: Client, alice: User) -> Client:
    """A browser without JavaScript in which Alice is signed in."""
    client.force_login(alice)
    return client
