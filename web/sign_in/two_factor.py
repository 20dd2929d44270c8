"""The second factor: who has one, who needs one, and how its secrets are kept."""

import logging
from collections.abc import Callable
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from accounts.models import User
from audit.services import events
from lib import vault

logger = logging.getLogger(__name__)

# What of an authenticator's JSON is secret.
SECRETS = ("secret", "seed")
# What whoever must set up a second factor can reach until they have.
WITHOUT = {
    "sign-out",
    "account_logout",
    "account_reauthenticate",
    "account_change_password",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
    "mfa_view_recovery_codes",
    "mfa_reauthenticate",
    "mfa_reauthenticate_webauthn",
}


class MfaAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    error_messages = DefaultMFAAdapter.error_messages | {"incorrect_code": "That code is not right, or no longer."}

    def encrypt(self, text: str) -> str:
        return vault.sealed(text)

    def decrypt(self, encrypted_text: str) -> str:
        return vault.opened(encrypted_text)

    def get_totp_label(self, user: User) -> str:
        return user.username

    def _get_user_identifier(self, user: User) -> str:
        return user.username

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002
        return f"Security key {Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1}"


def is_missing(user: User) -> bool:
    """Whether `REQUIRE_TWO_FACTOR` wants one of this user, and there is none."""
    concerned = {"off": False, "admins": user.is_admin, "everyone": True}[settings.REQUIRE_TWO_FACTOR]
    return concerned and not user.has_second_factor


def reset(user: User, *, by: User | None = None) -> bool:
    """Takes all factors and recovery codes of somebody who has lost theirs. False when there were none."""
    with transaction.atomic():
        gone, _ = Authenticator.objects.filter(user=user).delete()
        if gone:
            events.record("two_factor_reset", target=user, by=by)
    return bool(gone)


def rotate(again: Callable[[str], str]) -> tuple[int, int]:
    """Seals the secrets anew, as `lib.vault.rotate` does those that have columns of their own."""
    done = unreadable = 0
    for pk in Authenticator.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            row = Authenticator.objects.select_for_update().filter(pk=pk).first()
            kept = {name: row.data[name] for name in SECRETS if name in row.data} if row else {}
            try:
                anew = {name: again(secret) for name, secret in kept.items()}
            except vault.Unreadable:
                logger.warning("no key opens the second factor %s", pk)
                unreadable += 1
                continue
            if anew:
                Authenticator.objects.filter(pk=pk).update(data=row.data | anew)
                done += len(anew)
    return done, unreadable


class RequireTwoFactor:
    """Middleware: who must have a second factor and has none gets no further than to where one is set up.

    It is about sessions: programs come with tokens, and their door never asks who the session is of.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if settings.REQUIRE_TWO_FACTOR == "off" or request.path.startswith("/api/"):
            return None
        if request.resolver_match is None or request.resolver_match.url_name in WITHOUT:
            return None
        if not isinstance(request.user, User) or not is_missing(request.user):
            return None
        if request.headers.get("HX-Request"):
            return HttpResponse(status=403, headers={"HX-Redirect": reverse("mfa_index")})
        return redirect("mfa_index")
