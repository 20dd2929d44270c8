from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangosUserAdmin
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import User
from accounts.services import users as accounts
from lib.admin import CreatingAdmin, CreationForm
from projects.services import users

if TYPE_CHECKING:
    PasswordPages = DjangosUserAdmin[User]
else:
    PasswordPages = DjangosUserAdmin


class NewUserForm(CreationForm):
    password = forms.CharField(
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        required=False,
        help_text="Empty: they cannot sign in, only call with tokens.",
    )

    class Meta:
        model = User
        fields = ("username", "name", "email", "is_admin")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = False

    def clean_password(self) -> str | None:
        password = self.cleaned_data["password"] or None
        if password:
            try:
                validate_password(password, User(username=self.cleaned_data.get("username", "")))
            except ValidationError as refused:
                raise forms.ValidationError(refused.messages) from None
        return password

    def create(self) -> User:
        return users.create(**self.cleaned_data)


@admin.register(User)
class UserAdmin(CreatingAdmin, PasswordPages):
    """With Django's own pages for setting a password, and none of its groups and permissions."""

    add_form = NewUserForm
    add_fields = ("username", "name", "email", "is_admin", "password")
    add_form_template = None
    list_display = ("username", "name", "email", "is_admin", "is_active", "is_bot", "created_at", "last_login")
    list_filter = ("is_active", "is_admin", "is_bot")
    search_fields = ("username", "name", "email")
    ordering = ("username",)
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("username", "name", "email", "password")}),
        ("Rank and state", {"fields": ("is_admin", "is_active", "is_bot")}),
        ("Times", {"fields": ("created_at", "last_login")}),
    )
    # A username is part of URLs; renaming has to move the namespace with it.
    readonly_fields = ("username", "is_bot", "created_at", "last_login")
    actions = ("block", "unblock")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Changes go through the services, which tell of them; a new user has come from one."""
        if change:
            stored = User.objects.filter(pk=obj.pk)
            told = [name for name in form.changed_data if name != "is_active"]
            accounts.update(stored.get(), **{name: getattr(obj, name) for name in told})
            (accounts.unblock if obj.is_active else accounts.block)(stored)

    @admin.action(description="Block the selected users: no sign-in, no tokens")
    def block(self, request: HttpRequest, selected: QuerySet[User]) -> None:
        others = selected.exclude(username=request.user.get_username())
        if others.count() < selected.count():
            self.message_user(request, "You cannot block yourself.", messages.WARNING)
        self.message_user(request, f"{accounts.block(others)} blocked.")

    @admin.action(description="Unblock the selected users")
    def unblock(self, request: HttpRequest, selected: QuerySet[User]) -> None:
        self.message_user(request, f"{accounts.unblock(selected)} unblocked.")
