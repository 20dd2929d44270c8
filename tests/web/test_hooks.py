"""The pages of a project's webhooks: who may see them, and what can be done there without JavaScript."""

import ipaddress
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEvent
from lib import vault
from projects.models import Project
from projects.roles import Role, Visibility
from projects.services import members
from tests.receiver import Receiver, receiver
from webhooks import payloads
from webhooks.models import Delivery, DeliveryStatus, Webhook
from webhooks.services import events, hooks

SECRET = "correct-horse-battery-staple"
PATH = "/acme/fraud/-/hooks"
PAGES = ["hooks", "hook", "delete-hook", "test-hook", "retry-delivery"]
FORM = {"name": "deploy", "url": "https://8.8.8.8/x", "events": ["model_version.created"], "active": "on"}


@pytest.fixture
def there(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_PRIVATE_NETWORKS = [ipaddress.ip_network("127.0.0.0/8")]
    settings.WEBHOOK_SCHEMES = ["http", "https"]
    with receiver() as found:
        yield found


@pytest.fixture
def hook(project: Project, alice: User, there: Receiver) -> Webhook:
    url = f"{there.url}/ok"
    return hooks.create(project, by=alice, name="ci", url=url, events=payloads.OFFERED, secret=SECRET)


@pytest.fixture
def delivery(hook: Webhook, django_capture_on_commit_callbacks: Any) -> Delivery:
    with django_capture_on_commit_callbacks(execute=True):
        events.happened(hook.project, *payloads.model_version_alias_created("fraud", "champion", "3"))
    return Delivery.objects.get()


@pytest.fixture
def address(hook: Webhook, delivery: Delivery) -> Any:
    def of(name: str, project: str = "acme/fraud") -> str:
        captured: dict[str, Any] = {"project": project}
        if name != "hooks":
            captured["hook"] = hook.pk
        if name == "retry-delivery":
            captured["delivery"] = delivery.pk
        return reverse(name, kwargs=captured)

    return of


def ask(browser: Client, name: str, address: str) -> Any:
    return browser.get(address) if name in ("hooks", "hook") else browser.post(address)


@pytest.mark.parametrize("name", PAGES)
def test_who_is_no_maintainer_sees_none_of_it(
    name: str, address: Any, project: Project, bob: User, dana: User, charlie: User, signed_in: Any, hook: Webhook
) -> None:
    Project.objects.filter(pk=project.pk).update(visibility=Visibility.PUBLIC)
    for user, status in ((bob, 403), (dana, 403), (charlie, 403), (None, 302)):
        answer = ask(signed_in(user), name, address(name))
        assert answer.status_code == status
        assert hook.url.encode() not in answer.content
    Project.objects.filter(pk=project.pk).update(visibility=Visibility.PRIVATE)
    assert ask(signed_in(charlie), name, address(name)).status_code == 404
    assert Webhook.objects.filter(pk=hook.pk).exists()


@pytest.mark.parametrize("name", PAGES[1:])
def test_a_webhook_of_another_project_is_not_found(
    name: str, address: Any, other_project: Project, charlie: User, signed_in: Any, there: Receiver
) -> None:
    sent = len(there.received)
    assert ask(signed_in(charlie), name, address(name, other_project.full_path)).status_code == 404
    assert len(there.received) == sent


@pytest.mark.parametrize("name", PAGES)
def test_a_form_from_another_site_is_refused(name: str, address: Any, alice: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(alice)
    assert browser.post(address(name), FORM).status_code == 403
    assert Webhook.objects.get().name == "ci"


@pytest.mark.parametrize("name", ["delete-hook", "test-hook", "retry-delivery"])
def test_changes_are_made_by_post_alone(name: str, address: Any, page: Client) -> None:
    assert page.get(address(name)).status_code == 405


def test_the_way_there_is_shown_to_maintainers_alone(
    project: Project, page: Client, charlie: User, dana: User, signed_in: Any
) -> None:
    members.set_role(charlie, project, Role.MAINTAINER)
    for browser, is_shown in ((page, True), (signed_in(charlie), True), (signed_in(dana), False)):
        assert (PATH in browser.get("/acme/fraud").content.decode()) == is_shown


def test_one_is_added_changed_and_deleted(project: Project, page: Client) -> None:
    added = page.post(PATH, {**FORM, "secret": SECRET}, follow=True)
    made = Webhook.objects.get()
    assert (made.name, made.url, made.events, made.status) == ("deploy", FORM["url"], FORM["events"], "ACTIVE")
    assert vault.opened(made.secret) == SECRET
    assert "is added" in added.content.decode()
    changed = page.post(f"{PATH}/{made.pk}/edit", {"name": "other", "url": FORM["url"], "events": ["prompt.created"]})
    assert changed.status_code == 302
    made.refresh_from_db()
    assert (made.name, made.events, made.status) == ("other", ["prompt.created"], "DISABLED")
    assert vault.opened(made.secret) == SECRET, "an empty field keeps it"
    page.post(f"{PATH}/{made.pk}/edit", {**FORM, "no_secret": "on"})
    made.refresh_from_db()
    assert made.secret == ""
    page.post(f"{PATH}/{made.pk}/delete")
    assert not Webhook.objects.exists()
    actions = AuditEvent.objects.filter(action__startswith="webhook_").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["webhook_created", "webhook_updated", "webhook_updated", "webhook_deleted"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"url": "https://10.0.0.1/"}, "non-public"),
        ({"url": "http://8.8.8.8/"}, "must begin with https"),
        ({"name": "<b>"}, "&lt;b&gt;"),
        ({"events": []}, "non-empty"),
        ({"events": ["nonsense"]}, "Invalid entity"),
        ({"name": "\x00"}, "Webhook name"),
    ],
)
def test_a_form_that_is_not_right_says_why_and_keeps_what_was_typed(
    project: Project, page: Client, wrong: Any, said: str
) -> None:
    answer = page.post(PATH, {**FORM, "secret": SECRET, "description": "typed before", **wrong})
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert said in shown
    assert "typed before" in shown
    assert SECRET not in shown
    assert not Webhook.objects.exists()


def test_a_secret_is_on_no_page(address: Any, page: Client) -> None:
    for name in ("hooks", "hook"):
        shown = page.get(address(name)).content.decode()
        assert SECRET not in shown
        assert Webhook.objects.get().secret not in shown


def test_a_test_says_what_came_back(hook: Webhook, address: Any, page: Client, there: Receiver) -> None:
    assert b"took an example: HTTP 200" in page.post(address("test-hook"), follow=True).content
    there.statuses = [418]
    assert b"refused an example: HTTP 418" in page.post(address("test-hook"), follow=True).content
    assert len(there.received) == 3


def test_a_delivery_is_shown_and_sent_again(
    address: Any, page: Client, there: Receiver, delivery: Delivery, django_capture_on_commit_callbacks: Any
) -> None:
    shown = page.get(address("hook")).content.decode()
    assert "model_version_alias.created" in shown
    assert re.search(r"Delivered.*HTTP 200.*thanks", shown, re.DOTALL)
    Delivery.objects.update(status=DeliveryStatus.DEAD)
    assert "Given up" in page.get(address("hook")).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        page.post(address("retry-delivery"))
    delivery.refresh_from_db()
    assert delivery.status == DeliveryStatus.DELIVERED
    ids = [received.headers["X-MLflow-Delivery-Id"] for received in there.received]
    assert ids == [str(delivery.uuid)] * 2


def test_a_page_costs_the_same_however_much_there_is(
    hook: Webhook, address: Any, page: Client, alice: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(25):
        hooks.create(hook.project, by=alice, name=f"n{number}", url=hook.url, events=payloads.OFFERED)
        Delivery.objects.create(webhook=hook, event="prompt.created", body="{}")
    for name in ("hooks", "hook"):
        with django_assert_max_num_queries(7):
            assert page.get(address(name)).status_code == 200
