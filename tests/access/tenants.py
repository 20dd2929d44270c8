"""A tenant who uses everything there is, through the doors that people use; whatever it says holds its marker."""

import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.test import Client

from accounts.services import tokens
from projects.services import namespaces, projects, users

MLFLOW = "/ml/mlflow/api/2.0/mlflow/"
FILES = "/ml/mlflow/api/2.0/mlflow-artifacts/artifacts/"
BYTES = "application/octet-stream"


class Tenant:
    """People are known by their usernames to all who ask; everything else of a tenant is nobody's business."""

    def __init__(self, username: str, marker: str) -> None:
        self.marker, self.said = marker, 0
        self.user = users.create(username, password="correct horse battery")
        self.guest = users.create(f"{username}s-guest", password="correct horse battery")
        self.group = namespaces.create_group(f"{marker}-group", by=self.user, name=f"{marker}-group")
        self.project = projects.create(self.group, by=self.user, name=f"{marker}-project", path=f"{marker}-project")
        token, secret = tokens.issue(self.user, name=f"{marker}-token", scopes=["api"])
        self.headers = {"authorization": f"Bearer {secret}"}
        browser = Client()
        browser.force_login(self.user)
        self.session, self.client = browser.cookies[settings.SESSION_COOKIE_NAME].value, browser
        # Kind of thing → what it is called by, the newest last.
        self.things: dict[str, list[Any]] = defaultdict(list)
        self.things |= {"user": [self.user.pk, self.guest.pk], "token": [token.pk], "group": [self.group.pk]}
        self.things["text"] = [f"{marker}-project", f"{marker}-group"]

    def text(self) -> str:
        """Something that nobody has said before."""
        self.said += 1
        self.things["text"].append(f"{self.marker}-{self.said}")
        return str(self.things["text"][-1])

    def a(self, kind: str, which: int) -> Any:
        return self.things[kind][which % len(self.things[kind])]

    def calls(self, method: str, address: str, body: Any = None, kind: str = "application/json") -> Any:
        """Through the JSON doors, at an address below the project."""
        path = f"/api/v4/projects/{self.project.pk}{address}"
        sent = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
        self.client.cookies.clear()
        answered = self.client.generic(method, path, sent, content_type=kind, headers=self.headers)
        assert answered.status_code < 300, (method, address, answered.content[:500])
        return answered.json() if answered.content else {}

    def types(self, page: str, **form: str) -> None:
        """Into a page's form."""
        self.client.cookies[settings.SESSION_COOKIE_NAME] = self.session
        answered = self.client.post(f"/{self.project.full_path}/-/{page}", form)
        assert answered.status_code == 302, answered.content[:500]


def tagged(tenant: Tenant) -> list[dict[str, str]]:
    return [{"key": f"{tenant.marker}-key", "value": tenant.text()}]


def new_experiment(tenant: Tenant, which: int) -> None:
    name = tenant.text()
    made = tenant.calls("POST", f"{MLFLOW}experiments/create", {"name": name, "tags": tagged(tenant)})
    tenant.things["experiment"].append(made["experiment_id"])


def experiment_by_page(tenant: Tenant, which: int) -> None:
    tenant.types("ml/experiments/new", name=tenant.text())


def new_run(tenant: Tenant, which: int) -> None:
    said = {"experiment_id": tenant.a("experiment", which), "run_name": tenant.text(), "tags": tagged(tenant)}
    made = tenant.calls("POST", f"{MLFLOW}runs/create", said)["run"]["info"]
    tenant.things["run"].append(made["run_id"])
    tenant.things["place"].append(f"{made['experiment_id']}/{made['run_id']}/artifacts")


def log(tenant: Tenant, which: int) -> None:
    key = f"{tenant.marker}-key"
    points = [{"key": key, "value": which, "timestamp": which + 1, "step": which}]
    said = {"run_id": tenant.a("run", which), "metrics": points, "tags": tagged(tenant)}
    tenant.calls("POST", f"{MLFLOW}runs/log-batch", said | {"params": [{"key": tenant.text(), "value": tenant.text()}]})


def log_data(tenant: Tenant, which: int) -> None:
    dataset = {"name": tenant.text(), "digest": tenant.text()[-36:], "source_type": "s", "source": tenant.text()}
    context = [{"key": "mlflow.data.context", "value": tenant.text()}]
    said = {"run_id": tenant.a("run", which), "datasets": [{"dataset": dataset, "tags": context}]}
    tenant.calls("POST", f"{MLFLOW}runs/log-inputs", said)


def new_logged_model(tenant: Tenant, which: int) -> None:
    said = {"experiment_id": tenant.a("experiment", which), "name": tenant.text(), "tags": tagged(tenant)}
    made = tenant.calls("POST", f"{MLFLOW}logged-models", said)["model"]["info"]
    tenant.things["logged"].append(made["model_id"])
    tenant.things["place"].append(f"{made['experiment_id']}/models/{made['model_id']}/artifacts")


def upload(tenant: Tenant, which: int) -> None:
    for place in (tenant.a("place", which), tenant.things["place"][-1]):
        tenant.calls("PUT", f"{FILES}{place}/{tenant.marker}-file", tenant.text().encode(), BYTES)
    _note_files(tenant)


def upload_package(tenant: Tenant, which: int) -> None:
    address = f"/packages/generic/{tenant.marker}-set/1.{which}/{tenant.marker}-file"
    tenant.calls("PUT", address, tenant.text().encode(), BYTES)
    _note_files(tenant)


def _note_files(tenant: Tenant) -> None:
    packages = tenant.calls("GET", "/packages?per_page=100")
    tenant.things["package"] = [one["id"] for one in packages]
    last = tenant.calls("GET", f"/packages/{packages[-1]['id']}/package_files")
    tenant.things["file"] += [one["id"] for one in last]


def new_model(tenant: Tenant, which: int) -> None:
    said = {"name": tenant.text(), "description": tenant.text(), "tags": tagged(tenant)}
    tenant.things["model"].append(tenant.calls("POST", "/ml/models", said)["name"])


def new_version(tenant: Tenant, which: int) -> None:
    said = {"run_id": tenant.a("run", which), "description": tenant.text(), "tags": tagged(tenant)}
    tenant.calls("POST", f"/ml/models/{tenant.a('model', which)}/versions", said)


def new_alias(tenant: Tenant, which: int) -> None:
    model = tenant.a("model", which)
    tenant.calls("POST", f"/ml/models/{model}/versions", {"description": tenant.text()})
    alias = f"{tenant.marker}-alias"
    tenant.calls("PUT", f"/ml/models/{model}/aliases/{alias}", {"version": "latest"})
    tenant.things["alias"].append(alias)


def new_hook(tenant: Tenant, which: int) -> None:
    said = {"url": f"https://8.8.8.8/{tenant.marker}", "name": tenant.text(), "token": tenant.text()}
    tenant.things["hook"].append(tenant.calls("POST", "/hooks", said)["id"])
    tenant.things["webhook"].append(str(tenant.project.webhooks.last().uuid))


def new_tokens(tenant: Tenant, which: int) -> None:
    said = {"name": tenant.text(), "scopes": ["read_api"], "access_level": 20}
    tenant.things["token"].append(tenant.calls("POST", "/access_tokens", said)["id"])
    said = {"name": tenant.text(), "username": tenant.text(), "scopes": ["read_packages"]}
    tenant.things["token"].append(tenant.calls("POST", "/deploy_tokens", said)["id"])


def new_member(tenant: Tenant, which: int) -> None:
    """Or another role of the same."""
    here = tenant.project.members.filter(user=tenant.guest).exists()
    address = f"/members/{tenant.guest.pk}" if here else "/members"
    said = {"access_level": 10 * (1 + which % 3)} | ({} if here else {"user_id": tenant.guest.pk})
    tenant.calls("PUT" if here else "POST", address, said)


def rename(tenant: Tenant, which: int) -> None:
    said = {"experiment_id": tenant.a("experiment", which), "new_name": tenant.text()}
    tenant.calls("POST", f"{MLFLOW}experiments/update", said)
    tenant.calls("PUT", "", {"description": tenant.text()})


def delete_run(tenant: Tenant, which: int) -> None:
    """One that nothing hangs on; it is still asked for afterwards."""
    new_run(tenant, which)
    tenant.calls("POST", f"{MLFLOW}runs/delete", {"run_id": tenant.things["run"].pop()})
    tenant.things["place"].pop()


def note_events(tenant: Tenant, which: int) -> None:
    tenant.things["event"] = [one["id"] for one in tenant.calls("GET", "/audit_events")]


Action = Callable[[Tenant, int], None]

# What everybody begins with, so that there is something to ask for.
FIRST: list[Action] = [
    new_experiment, new_run, log, log_data, new_logged_model, upload, upload_package, new_model, new_version, new_alias,
    new_hook, new_tokens, new_member, note_events,
]  # fmt: skip
LATER: list[Action] = [*FIRST, experiment_by_page, rename, delete_run]


def settled(username: str) -> Tenant:
    tenant = Tenant(username, f"zq{uuid4().hex[:10]}")
    for act in FIRST:
        act(tenant, 0)
    return tenant
