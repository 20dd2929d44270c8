"""Django's administration: every page opens for an administrator, and none for anybody else."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.models import AccessToken, User
from accounts.services import tokens
from audit.models import AuditEvent
from audit.services import events
from ci.models import Job
from lib import vault
from packages.models import Blob, NamespaceStorage, Package, PackageFile, ProjectStorage
from projects.models import Invitation, Member, Namespace, Project, Redirect, Route
from projects.roles import Role, Visibility
from projects.services import invitations, namespaces
from registry.models import AliasMove, ModelVersion, ProtectedAlias, RegisteredModel, RegistryRules
from tests.conftest import token_of
from tests.furniture import furnished
from tracking.models import Counter, Dataset, Experiment, LatestMetric, LoggedModel, Metric, MetricKey, Param, Run, Tag
from webhooks.models import Delivery, Webhook

OURS = [model for model in admin.site._registry if model.__module__.split(".")[0] != "django"]
every_model = pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)


@pytest.fixture
def office(admin: Any) -> Client:
    """A browser in which the administrator is signed in."""
    client = Client()
    client.force_login(admin)
    return client


@pytest.fixture
def one_of_each(door: Any, project: Any, alice: Any) -> None:
    furnished(door(f"/api/v4/projects/{project.pk}/ml/mlflow/", alice), project, "<b>bold</b>")
    events.record("project_created", project=project, target=project, by=alice)
    invitations.invite("new@example.org", project, Role.GUEST, by=alice)
    Redirect.objects.create(path="before", project=project)
    NamespaceStorage.objects.create(namespace=project.namespace, limit=10**9)
    ProtectedAlias.objects.create(project=project, name="production")
    RegistryRules.objects.create(project=project)
    webhook = Webhook.objects.create(project=project, url="https://8.8.8.8/secret-path", secret=vault.sealed("tea"))
    Authenticator.objects.create(user=alice, type="totp", data={"secret": vault.sealed("JBSWY3DP")})
    SocialAccount.objects.create(user=alice, provider="oidc", uid="alice@idp", extra_data={"phone": "secret-phone"})
    Delivery.objects.create(webhook=webhook, event="prompt.created", body="{}")


def address(model: type[Model], page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_everything_is_there() -> None:
    wanted = {User, AccessToken, Namespace, Project, Member, Route, Package, PackageFile, Blob, Job, AuditEvent}
    wanted |= {Experiment, Run, MetricKey, Dataset, LoggedModel, Counter, ProjectStorage, NamespaceStorage}
    wanted |= {RegisteredModel, ModelVersion, AliasMove, ProtectedAlias, RegistryRules}
    wanted |= {Webhook, Delivery, Invitation, Redirect}
    assert wanted <= set(OURS)
    assert not {Metric, LatestMetric, Param, Tag} & set(OURS)


@every_model
def test_an_administrator_opens_every_page(model: Any, office: Client, one_of_each: None) -> None:
    row = model.objects.first()
    assert row is not None
    for query in ("", "?q=a", "?q=1", "?o=-1", "?all="):
        listed = office.get(address(model, "changelist") + query)
        assert listed.status_code == 200, query
    assert office.get(address(model, "change", row.pk)).status_code == 200
    may_add = admin.site._registry[model].has_add_permission(listed.wsgi_request)
    assert office.get(address(model, "add")).status_code == (200 if may_add else 403)
    assert office.get(address(model, "history", row.pk)).status_code == 200
    deleted = office.get(address(model, "delete", row.pk))
    assert deleted.status_code == (200 if model is Member else 403)


@every_model
def test_nobody_else_opens_any(model: Any, page: Client, one_of_each: None) -> None:
    row = model.objects.first()
    for client in (page, Client()):
        for where in (address(model, "changelist"), address(model, "add"), address(model, "change", row.pk)):
            answered = client.get(where)
            assert answered.status_code == 302
            assert answered["Location"].startswith(reverse("admin:login"))


@every_model
def test_a_list_costs_the_same_however_long_it_is(
    model: Any, office: Client, one_of_each: None, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(10):
        office.get(address(model, "changelist"))


def test_a_runs_page_shows_what_has_no_page_of_its_own(office: Client, one_of_each: None) -> None:
    shown = office.get(address(Run, "change", Run.objects.get().pk)).content.decode()
    assert "<td>&lt;b&gt;bold&lt;/b&gt;</td>" in shown
    assert "<b>bold</b>" not in shown
    assert shown.count("<td>same</td>") >= 3


def test_a_webhooks_secret_and_path_are_on_no_page(office: Client, one_of_each: None) -> None:
    for model in (Webhook, Delivery):
        row = model.objects.get()
        for where in (address(model, "changelist"), address(model, "change", row.pk)):
            shown = office.get(where).content.decode()
            assert "secret-path" not in shown
            assert Webhook.objects.get().secret not in shown


def test_filters_that_links_lead_to(office: Client, one_of_each: None) -> None:
    for model, query in (
        (Run, "?status__exact=1&deleted_at__isempty=1"),
        (Project, "?visibility__exact=0&deleted_at__isempty=1"),
        (AccessToken, "?revoked_at__isempty=1"),
        (User, "?is_active__exact=1"),
        (PackageFile, "?package__kind__exact=ml_run"),
    ):
        assert office.get(address(model, "changelist") + query).status_code == 200


# Adding goes through the services ------------------------------------------------------------------------------------


def messages_of(answered: Any) -> list[str]:
    return [str(message) for message in answered.context["messages"]]


def errors_of(answered: Any) -> dict[str, Any]:
    assert answered.status_code == 200
    return dict(answered.context["adminform"].form.errors)


def changed(office: Client, row: Any, **filled: Any) -> Any:
    """Sends the form of a row's page, with what a browser adds for the tables below it."""
    where = address(type(row), "change", row.pk)
    for below in office.get(where).context["inline_admin_formsets"]:
        form = below.formset.management_form
        filled |= {form.add_prefix(name): form.initial.get(name, 0) for name in form.fields}
    return office.post(where, filled)


def test_a_user_added_here_has_a_namespace_and_can_sign_in(office: Client) -> None:
    added = office.post(
        address(User, "add"), {"username": "ada", "name": "", "email": "", "password": "correct horse battery"}
    )
    assert added.status_code == 302, errors_of(added)
    ada = User.objects.get(username="ada")
    assert (ada.name, ada.namespace.full_path, ada.is_admin) == ("ada", "ada", False)
    assert Client().login(username="ada", password="correct horse battery")


@pytest.mark.parametrize(
    ("filled", "field"),
    [
        ({"username": "a b"}, "username"),
        ({"username": "ALICE"}, "username"),
        ({"username": "acme"}, "__all__"),
        ({"username": "api"}, "__all__"),
        ({"username": ""}, "username"),
        ({"username": "ada", "password": "123"}, "password"),
        ({"username": "ada", "email": "nobody"}, "email"),
    ],
)
def test_a_user_that_cannot_be_is_refused_in_the_form(office: Client, group: Any, filled: Any, field: str) -> None:
    refused = office.post(address(User, "add"), {"name": "", "email": "", "password": "", **filled})
    assert field in errors_of(refused)
    assert User.objects.count() == 2


def test_a_users_password_and_rank_can_be_set(office: Client, alice: Any) -> None:
    password = reverse("admin:auth_user_password_change", args=[alice.pk])
    assert office.get(password).status_code == 200
    twice = {"password1": "battery horse correct", "password2": "battery horse correct", "usable_password": "true"}
    assert office.post(password, twice).status_code == 302
    filled = {"name": "Alice", "email": "alice@example.org", "is_admin": "on", "is_active": "on"}
    assert office.post(address(User, "change", alice.pk), filled).status_code == 302
    alice.refresh_from_db()
    assert alice.check_password("battery horse correct")
    assert (alice.username, alice.email, alice.is_admin) == ("alice", "alice@example.org", True)


def test_a_group_added_here_has_its_route_and_owner(office: Client, group: Any, admin: Any) -> None:
    filled = {"path": "sub", "name": "Sub", "parent": group.pk, "description": "", "visibility": 10}
    assert office.post(address(Namespace, "add"), filled).status_code == 302
    made = Namespace.objects.get(path="sub")
    assert (made.full_path, made.visibility) == ("acme/sub", Visibility.INTERNAL)
    assert made.members.get().user == admin
    assert "path" in errors_of(office.post(address(Namespace, "add"), filled))
    assert changed(office, made, **{**filled, "name": "Below", "path": "x"}).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.path) == ("Below", "sub")


def test_a_project_added_here_has_everything_a_project_has(office: Client, group: Any, admin: Any) -> None:
    filled = {"namespace": group.pk, "path": "new", "name": "New", "description": "", "visibility": 0}
    assert office.post(address(Project, "add"), filled).status_code == 302
    made = Project.objects.get()
    assert (made.full_path, made.creator) == ("acme/new", admin)
    assert list(made.experiments.values_list("iid", "name")) == [(0, "Default")]
    assert Counter.objects.filter(project=made).count() == 2
    assert "name" in errors_of(office.post(address(Project, "add"), {**filled, "path": "newer"}))
    assert "path" in errors_of(office.post(address(Project, "add"), {**filled, "name": "Newer"}))
    assert Project.objects.count() == 1


SWITCHES = {
    "experiments_access": 20,
    "registry_access": 20,
    "packages_access": 20,
    "job_token_scope_enabled": "on",
}


def test_a_project_cannot_be_renamed_to_a_taken_name(office: Client, project: Any, group: Any, alice: Any) -> None:
    from projects.services import projects

    projects.create(group, by=alice, name="Other")
    refused = changed(office, project, name="other", description="", visibility=0, **SWITCHES)
    shown = office.get(refused["Location"])
    assert "already been taken" in " ".join(messages_of(shown))
    project.refresh_from_db()
    assert project.name == "Fraud"


def test_a_project_is_deleted_by_the_service(office: Client, project: Any) -> None:
    office.post(address(Project, "changelist"), {"action": "delete_projects", "_selected_action": [project.pk]})
    project.refresh_from_db()
    assert project.deleted_at is not None
    assert not Route.objects.filter(path="acme/fraud").exists()
    assert office.get(address(Project, "change", project.pk)).status_code == 200
    assert office.get(address(Project, "changelist")).status_code == 200


def test_a_secret_is_shown_once_when_its_token_is_issued(office: Client, alice: Any) -> None:
    filled = {"user": alice.pk, "name": "laptop", "description": "", "scopes": ["read_api"], "expires_at": ""}
    added = office.post(address(AccessToken, "add"), filled, follow=True)
    secret = next(word for message in messages_of(added) for word in message.split() if word.startswith("tnpat-"))
    token = AccessToken.objects.get()
    assert tokens.resolve(secret).token == token
    assert (token.user, token.scopes, token.name) == (alice, ["read_api"], "laptop")
    for page in (address(AccessToken, "change", token.pk), address(AccessToken, "changelist")):
        shown = office.get(page).content.decode()
        assert secret not in shown
        assert token.digest not in shown


def test_a_token_that_cannot_be_is_refused_in_the_form(office: Client, alice: Any) -> None:
    filled = {"user": alice.pk, "name": "x", "scopes": ["api"], "expires_at": "2001-01-01"}
    assert "expires_at" in errors_of(office.post(address(AccessToken, "add"), filled))
    assert "scopes" in errors_of(office.post(address(AccessToken, "add"), {**filled, "scopes": []}))
    assert not AccessToken.objects.exists()


def test_tokens_are_revoked_here(office: Client, alice: Any) -> None:
    token_of(alice)
    token = AccessToken.objects.get()
    office.post(address(AccessToken, "changelist"), {"action": "revoke", "_selected_action": [token.pk]})
    token.refresh_from_db()
    assert token.revoked


def test_users_are_blocked_and_unblocked_but_not_oneself(office: Client, alice: Any, admin: Any) -> None:
    selected = [alice.pk, admin.pk]
    office.post(address(User, "changelist"), {"action": "block", "_selected_action": selected})
    assert not User.objects.get(pk=alice.pk).is_active
    assert User.objects.get(pk=admin.pk).is_active
    office.post(address(User, "changelist"), {"action": "unblock", "_selected_action": selected})
    assert User.objects.get(pk=alice.pk).is_active


def test_runs_experiments_and_models_are_deleted_and_restored(office: Client, one_of_each: None) -> None:
    def act(model: Any, action: str, row: Any) -> Any:
        where = address(model, "changelist")
        office.post(where, {"action": action, "_selected_action": [row.pk]})
        row.refresh_from_db()
        return row.deleted_at is None

    run, experiment = Run.objects.get(), Experiment.objects.get(name="same")
    assert act(Run, "delete_runs", run), "it backs a registered version"
    ModelVersion.objects.all().delete()
    assert not act(Run, "delete_runs", run)
    assert act(Run, "restore_runs", run)
    assert not act(Experiment, "delete_experiments", experiment)
    run.refresh_from_db()
    assert run.lifecycle_stage == "deleted"
    assert act(Experiment, "restore_experiments", experiment)
    assert not act(LoggedModel, "delete_models", LoggedModel.objects.get())


def test_members_are_added_changed_and_removed(office: Client, project: Any, charlie: Any) -> None:
    filled = {"user": charlie.pk, "project": project.pk, "namespace": "", "role": 20, "expires_at": ""}
    assert office.post(address(Member, "add"), filled).status_code == 302
    member = project.members.get(user=charlie)
    assert errors_of(office.post(address(Member, "add"), filled))
    assert errors_of(office.post(address(Member, "add"), {**filled, "project": ""}))
    assert office.post(address(Member, "change", member.pk), {"role": 30, "expires_at": ""}).status_code == 302
    member.refresh_from_db()
    assert (member.role, member.user) == (Role.DEVELOPER, charlie)
    assert office.post(address(Member, "delete", member.pk), {"post": "yes"}).status_code == 302
    assert not project.members.filter(user=charlie).exists()


def test_what_is_changed_here_is_told(office: Client, project: Any, group: Any, alice: Any, admin: Any) -> None:
    before = AuditEvent.objects.latest("id").pk
    filled = {"name": "Fraud", "description": "new", "visibility": 0, "archived": "on", **SWITCHES}
    assert changed(office, project, **filled).status_code == 302
    assert changed(office, group, name="New", description="", visibility=0).status_code == 302
    filled = {"name": "Alice", "email": "", "is_admin": "on"}
    assert office.post(address(User, "change", alice.pk), filled).status_code == 302
    member = project.members.get(user__username="bob")
    assert office.post(address(Member, "change", member.pk), {"role": 30, "expires_at": ""}).status_code == 302
    assert office.post(address(Member, "delete", member.pk), {"post": "yes"}).status_code == 302
    events = AuditEvent.objects.filter(pk__gt=before).order_by("pk")
    assert [event.action for event in events] == [
        "project_updated",
        "project_archived",
        "group_updated",
        "user_updated",
        "user_blocked",
        "member_updated",
        "member_removed",
    ]
    assert {event.author for event in events} == {admin}


def test_a_deleted_project_is_restored_here(office: Client, project: Any, alice: Any) -> None:
    from projects.services import projects

    projects.delete(project)
    office.post(address(Project, "changelist"), {"action": "restore_projects", "_selected_action": [project.pk]})
    project.refresh_from_db()
    assert project.deleted_at is None
    assert Route.objects.filter(path="acme/fraud").exists()


def test_the_choosers_of_forms_answer(office: Client, project: Any) -> None:
    for app, model, field in (
        ("projects", "member", "user"),
        ("projects", "member", "project"),
        ("projects", "project", "namespace"),
        ("accounts", "accesstoken", "user"),
    ):
        asked = {"app_label": app, "model_name": model, "field_name": field, "term": "a"}
        assert office.get(reverse("admin:autocomplete"), asked).json()["results"]


# Limits ---------------------------------------------------------------------------------------------------------------


def test_limits_of_a_project_are_changed_and_nothing_else(office: Client, one_of_each: None, project: Project) -> None:
    row = ProjectStorage.objects.get(project=project)
    changed(office, row, limit="1024", file_size_limit="10", used="0")
    row.refresh_from_db()
    assert (row.limit, row.file_size_limit, row.used > 0) == (1024, 10, True)
    shown = office.get(address(ProjectStorage, "changelist")).content.decode()
    assert "1 KiB (1024 bytes)" in shown
    changed(office, row, limit="", file_size_limit="")
    row.refresh_from_db()
    assert (row.limit, row.file_size_limit) == (None, None)


def test_a_limit_is_not_negative(office: Client, one_of_each: None, project: Project) -> None:
    row = ProjectStorage.objects.get(project=project)
    assert "limit" in errors_of(changed(office, row, limit="-1"))


def test_a_topmost_namespace_is_given_a_limit(office: Client, alice: User, group: Namespace) -> None:
    below = namespaces.create_group("below", by=alice, parent=group)
    where = address(NamespaceStorage, "add")
    assert "namespace" in errors_of(office.post(where, {"namespace": below.pk, "limit": "1"}))
    assert office.post(where, {"namespace": group.pk, "limit": "2048"}).status_code == 302
    assert NamespaceStorage.objects.get().limit == 2048
