"""Second factors and providers in Django's administration: listed without their secrets, reset and parted with."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib import admin as site
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import AuditEvent
from lib import vault


@pytest.fixture
def office(admin: User) -> Client:
    """A browser in which the administrator is signed in."""
    client = Client()
    client.force_login(admin)
    return client


@pytest.fixture
def one_of_each(alice: User) -> None:
    Authenticator.objects.create(user=alice, type="totp", data={"secret": vault.sealed("JBSWY3DP")})
    SocialAccount.objects.create(user=alice, provider="oidc", uid="alice@idp", extra_data={"phone": "secret-phone"})


def address(model: Any, page: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_of_allauths_tables_these_alone_are_there() -> None:
    theirs = {model for model in site.site._registry if model.__module__.startswith("allauth")}
    assert theirs == {Authenticator, SocialAccount}


def test_what_signs_people_in_is_listed_without_its_secrets(office: Client, one_of_each: None) -> None:
    for model in (Authenticator, SocialAccount):
        row = model.objects.get()
        for where in (address(model, "changelist"), address(model, "change", row.pk)):
            shown = office.get(where).content.decode()
            assert "alice" in shown
            assert "secret-phone" not in shown
            assert Authenticator.objects.get().data["secret"] not in shown


def test_an_administrator_resets_a_lost_second_factor(office: Client, one_of_each: None, alice: Any) -> None:
    chosen = {"action": "reset", "_selected_action": [Authenticator.objects.get().pk]}
    office.post(address(Authenticator, "changelist"), chosen)
    assert not Authenticator.objects.exists()
    event = AuditEvent.objects.get(action="two_factor_reset")
    assert (event.author.username, event.target) == ("root", "alice")


def test_an_administrator_disconnects_a_provider(office: Client, one_of_each: None) -> None:
    chosen = {"action": "disconnect", "_selected_action": [SocialAccount.objects.get().pk]}
    office.post(address(SocialAccount, "changelist"), chosen)
    assert not SocialAccount.objects.exists()
    assert AuditEvent.objects.get(action="identity_unlinked").details == {"provider": "oidc", "uid": "alice@idp"}
