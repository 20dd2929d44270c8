import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import User
from accounts.services import users as accounts
from audit.models import AuditEvent
from lib.errors import AlreadyExists, Conflict, Forbidden, InvalidInput, NotFound
from projects.models import Invitation, Member
from projects.roles import Role
from projects.services import invitations, namespaces, projects, users

EMAIL = "new@example.org"
PASSWORD = "correct horse battery"


def secret_of(text: str) -> str:
    found = re.search(r"/-/invites/(\S+)", text)
    assert found
    return found.group(1)


@pytest.fixture
def mailed(project: Any, alice: User) -> str:
    """The secret in the mail of an invitation to the project as a Developer."""
    invitations.invite(EMAIL, project, Role.DEVELOPER, by=alice)
    return secret_of(mail.outbox[-1].body)


def told() -> list[str]:
    return list(
        AuditEvent.objects.filter(action__startswith="invitation").order_by("pk").values_list("action", flat=True)
    )


def test_who_has_the_link_becomes_a_member_once(mailed: str, project: Any, charlie: User, bob: User) -> None:
    member = invitations.accept(mailed, charlie)
    assert (member.project, member.role, member.user) == (project, Role.DEVELOPER, charlie)
    with pytest.raises(NotFound):
        invitations.accept(mailed, users.create("late"))
    assert not Invitation.objects.exists()
    assert told() == ["invitation_created", "invitation_accepted"]


def test_the_mail_says_who_invites_to_what_and_the_database_has_no_secret(mailed: str, alice: User) -> None:
    message = mail.outbox[0]
    assert message.to == [EMAIL]
    assert "Alice Liddell invites you to the project “Fraud” as Developer" in message.body
    kept = Invitation.objects.get()
    assert kept.mailed_at is not None
    assert mailed not in str(Invitation.objects.values().get())
    assert kept.digest not in message.body
    assert mailed not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize("forged", ["", "x", "x.y", "{}x", "x{}", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.{}"])
def test_a_forged_link_costs_no_query(mailed: str, forged: str, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0), pytest.raises(NotFound):
        invitations.find(forged.format(mailed.partition(".")[2] if forged.startswith("aaa") else mailed))


def test_an_old_link_is_refused_and_can_be_renewed(mailed: str, charlie: User) -> None:
    Invitation.objects.update(valid_until=timezone.now())
    with pytest.raises(NotFound):
        invitations.accept(mailed, charlie)
    invitations.renew(Invitation.objects.get())
    with pytest.raises(NotFound):
        invitations.find(mailed)
    assert invitations.accept(secret_of(mail.outbox[-1].body), charlie).role == Role.DEVELOPER


def test_one_that_has_run_out_gives_way_to_a_new_one(mailed: str, project: Any, alice: User) -> None:
    with pytest.raises(Conflict, match="Invite email has already been taken"):
        invitations.invite(EMAIL.upper(), project, Role.GUEST, by=alice)
    Invitation.objects.update(valid_until=timezone.now())
    invitations.invite(EMAIL, project, Role.GUEST, by=alice)
    assert Invitation.objects.get().role == Role.GUEST


def test_a_revoked_or_declined_one_is_gone(mailed: str, project: Any, alice: User, charlie: User) -> None:
    invitations.revoke(Invitation.objects.get())
    with pytest.raises(NotFound):
        invitations.accept(mailed, charlie)
    invitations.invite(EMAIL, project, Role.GUEST, by=alice)
    invitations.decline(secret_of(mail.outbox[-1].body))
    assert not Invitation.objects.exists()
    assert told()[1:] == ["invitation_revoked", "invitation_created", "invitation_declined"]


def test_nobody_gets_into_what_is_deleted(mailed: str, project: Any, charlie: User) -> None:
    projects.delete(project)
    with pytest.raises(NotFound):
        invitations.accept(mailed, charlie)
    project.refresh_from_db()
    projects.restore(project)
    assert invitations.find(mailed)


def test_a_membership_that_would_be_over_is_none(project: Any, alice: User, charlie: User) -> None:
    invitations.invite(EMAIL, project, Role.GUEST, by=alice, expires_at=date.today() + timedelta(days=1))
    Invitation.objects.update(expires_at=date.today() - timedelta(days=1))
    with pytest.raises(NotFound):
        invitations.accept(secret_of(mail.outbox[-1].body), charlie)


def test_who_is_a_member_stays_what_they_were(mailed: str, bob: User, project: Any) -> None:
    assert invitations.accept(mailed, bob).role == Role.REPORTER
    assert not Invitation.objects.exists()


def test_who_has_the_address_is_a_member_at_once(group: Any, alice: User, charlie: User) -> None:
    User.objects.filter(pk=charlie.pk).update(email="Charlie@Example.org")
    made = invitations.invite("charlie@example.ORG", group, Role.GUEST, by=alice)
    assert made.member == Member.objects.get(user=charlie, namespace=group)
    assert not Invitation.objects.exists()
    assert mail.outbox == []


@pytest.mark.parametrize("state", ["blocked", "two of them", "a bot", "claimed"])
def test_an_address_that_tells_nobody_for_sure_is_invited(group: Any, alice: User, charlie: User, state: str) -> None:
    User.objects.filter(pk=charlie.pk).update(email=EMAIL, is_active=state != "blocked", is_bot=state == "a bot")
    User.objects.filter(pk=charlie.pk).update(email_claimed=state == "claimed")
    if state == "two of them":
        users.create("twin", email=EMAIL)
    assert invitations.invite(EMAIL, group, Role.GUEST, by=alice).invitation
    assert not group.members.filter(user=charlie).exists()


def test_a_new_account_has_the_address_that_the_link_was_mailed_to(mailed: str, project: Any) -> None:
    user = invitations.join(mailed, username="newcomer", password=PASSWORD, name="New Comer")
    assert (user.email, user.name, user.namespace.full_path) == (EMAIL, "New Comer", "newcomer")
    assert user.check_password(PASSWORD)
    assert project.members.get(user=user).role == Role.DEVELOPER
    created = AuditEvent.objects.get(action="member_created", target="newcomer")
    assert created.author == user


def test_a_link_that_the_inviter_was_shown_proves_no_address(project: Any, alice: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    made = invitations.invite(EMAIL, project, Role.GUEST, by=alice)
    user = invitations.join(secret_of(made.link), username="newcomer", password=PASSWORD)
    assert user.email == ""
    assert invitations.invite(EMAIL, project.namespace, Role.OWNER, by=alice).member is None


def test_a_mail_that_cannot_be_sent_leaves_the_link_to_the_inviter(project: Any, alice: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    made = invitations.invite(EMAIL, project, Role.GUEST, by=alice)
    assert made.link
    assert Invitation.objects.get().mailed_at is None


@pytest.mark.parametrize(
    ("filled", "refusal", "field"),
    [
        ({"username": "alice"}, AlreadyExists, "username"),
        ({"username": "acme"}, AlreadyExists, "username"),
        ({"username": "api"}, InvalidInput, "username"),
        ({"username": "a b"}, InvalidInput, "username"),
        ({"username": ""}, InvalidInput, "username"),
        ({"password": "123"}, InvalidInput, "password"),
    ],
)
def test_an_account_that_cannot_be_uses_nothing_up(mailed: str, filled: Any, refusal: Any, field: str) -> None:
    before = User.objects.count()
    with pytest.raises(refusal) as refused:
        invitations.join(mailed, **{"username": "newcomer", "password": PASSWORD, **filled})
    assert refused.value.field == field
    assert User.objects.count() == before
    assert invitations.find(mailed)


def test_a_blocked_user_does_not_come_back_by_an_invitation(mailed: str, charlie: User) -> None:
    User.objects.filter(pk=charlie.pk).update(email=EMAIL, is_active=False)
    with pytest.raises(Conflict):
        invitations.join(mailed, username="newcomer", password=PASSWORD)
    assert not User.objects.filter(username="newcomer").exists()


def test_who_claims_the_address_while_signing_up_stands_in_nobodys_way(mailed: str, project: Any) -> None:
    users.create("mallory", email=EMAIL, email_claimed=True)
    assert invitations.join(mailed, username="newcomer", password=PASSWORD).email == EMAIL


def test_an_address_that_an_administrator_sets_is_confirmed(group: Any, alice: User) -> None:
    user = users.create("mallory", email="claimed@example.org", email_claimed=True)
    accounts.update(user, email=EMAIL)
    assert invitations.invite(EMAIL, group, Role.GUEST, by=alice).member


def test_an_administrator_may_keep_accounts_to_themselves(mailed: str, settings: Any) -> None:
    settings.INVITATIONS_CREATE_ACCOUNTS = False
    with pytest.raises(Forbidden):
        invitations.join(mailed, username="newcomer", password=PASSWORD)
    assert not User.objects.filter(username="newcomer").exists()


@pytest.mark.parametrize("email", ["", "x", "a@b", "a b@example.org", "a@example.org\nBcc: x@example.org", "x" * 300])
def test_an_address_that_is_none_is_refused(project: Any, alice: User, email: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        invitations.invite(email, project, Role.GUEST, by=alice)
    assert refused.value.field == "email"
    assert mail.outbox == []


def test_a_name_with_line_breaks_adds_no_header(alice: User) -> None:
    group = namespaces.create_group("odd", by=alice, name="Odd\nBcc: x@example.org")
    invitations.invite(EMAIL, group, Role.GUEST, by=alice)
    assert mail.outbox[0].subject == "Invitation to Odd Bcc: x@example.org"
    assert mail.outbox[0].recipients() == [EMAIL]
