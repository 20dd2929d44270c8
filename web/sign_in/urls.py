"""The addresses of signing in. Most names are those by which allauth looks for them."""

from django.urls import path

from web import converters  # noqa: F401 - registers <number:…>
from web.gate import own_view
from web.views import security, sessions, single_sign_on

SECURITY = "-/user_settings/security"

urlpatterns = [
    path("users/sign_in", sessions.SignIn.as_view(), name="account_login"),
    path("users/sign_in/second_factor", sessions.SecondFactor.as_view(), name="mfa_authenticate"),
    path("users/sign_out", sessions.sign_out, name="account_logout"),
    path("users/sign_up", sessions.sign_up, name="account_signup"),
    path("users/blocked", sessions.blocked, name="account_inactive"),
    path("users/auth/gitlab", single_sign_on.to_gitlab, name="gitlab_login"),
    path("users/auth/gitlab/callback", single_sign_on.from_gitlab, name="gitlab_callback"),
    path("users/auth/openid/<str:provider_id>", single_sign_on.to_openid, name="openid_connect_login"),
    path("users/auth/openid/<str:provider_id>/callback", single_sign_on.from_openid, name="openid_connect_callback"),
    path("-/user_settings/password", own_view(security.ChangePassword.as_view()), name="account_change_password"),
    path(SECURITY, own_view(security.Overview.as_view()), name="mfa_index"),
    path(f"{SECURITY}/confirm", own_view(security.ConfirmPassword.as_view()), name="account_reauthenticate"),
    path(f"{SECURITY}/confirm/code", own_view(security.ConfirmCode.as_view()), name="mfa_reauthenticate"),
    path(f"{SECURITY}/confirm/key", own_view(security.ConfirmKey.as_view()), name="mfa_reauthenticate_webauthn"),
    path(f"{SECURITY}/app", own_view(security.ActivateApp.as_view()), name="mfa_activate_totp"),
    path(f"{SECURITY}/app/remove", own_view(security.RemoveApp.as_view()), name="mfa_deactivate_totp"),
    path(f"{SECURITY}/keys", own_view(security.AddKey.as_view()), name="mfa_add_webauthn"),
    path(f"{SECURITY}/keys/<number:pk>/rename", own_view(security.RenameKey.as_view()), name="mfa_edit_webauthn"),
    path(f"{SECURITY}/keys/<number:pk>/remove", own_view(security.RemoveKey.as_view()), name="mfa_remove_webauthn"),
    path(f"{SECURITY}/recovery_codes", own_view(security.RecoveryCodes.as_view()), name="mfa_view_recovery_codes"),
    path(
        f"{SECURITY}/recovery_codes/new",
        own_view(security.NewRecoveryCodes.as_view()),
        name="mfa_generate_recovery_codes",
    ),
    path(f"{SECURITY}/providers", own_view(security.Providers.as_view()), name="socialaccount_connections"),
    path(f"{SECURITY}/sessions/end", own_view(security.OtherSessions.as_view()), name="usersessions_list"),
]
