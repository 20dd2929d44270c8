"""Second factors and other ways to sign in: to look at, to reset and to part with. Their secrets are on no page.

These take the place of allauth's own pages, which would show and change everything. Providers are named by settings
alone, and its other tables are nobody's business.
"""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import User
from audit.services import events
from lib.admin import ReadOnlyAdmin
from web.sign_in import two_factor

admin.site.unregister([EmailAddress, Authenticator, SocialAccount, SocialApp, SocialToken, UserSession])


@admin.register(Authenticator)
class SecondFactorAdmin(ReadOnlyAdmin):
    list_display = ("user", "type", "created_at", "last_used_at")
    list_select_related = ("user",)
    list_filter = ("type", "created_at", "last_used_at")
    search_fields = ("user__username", "user__name")
    ordering = ("-created_at",)
    fields = ("user", "type", "created_at", "last_used_at")
    actions = ("reset",)

    @admin.action(description="Reset the second factor of these users: the password is enough then")
    def reset(self, request: HttpRequest, selected: QuerySet[Authenticator]) -> None:
        users = User.objects.filter(pk__in=list(selected.values_list("user_id", flat=True)))
        self.message_user(request, f"{sum(two_factor.reset(user) for user in users)} reset.")


@admin.register(SocialAccount)
class SocialAccountAdmin(ReadOnlyAdmin):
    list_display = ("user", "provider", "uid", "date_joined", "last_login")
    list_select_related = ("user",)
    list_filter = ("provider", "date_joined", "last_login")
    search_fields = ("user__username", "user__name", "=uid")
    ordering = ("-date_joined",)
    fields = ("user", "provider", "uid", "date_joined", "last_login")
    actions = ("disconnect",)

    @admin.action(description="Disconnect: they no longer sign these users in")
    def disconnect(self, request: HttpRequest, selected: QuerySet[SocialAccount]) -> None:
        with transaction.atomic():
            for account in selected.select_related("user"):
                details = {"provider": account.provider, "uid": account.uid}
                account.delete()
                events.record("identity_unlinked", target=account.user, details=details)
        self.message_user(request, "Disconnected.")
