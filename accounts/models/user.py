"""A user: a person, or the bot that stands behind a project's or group's access token."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

# GitLab's rule for names that appear in URLs.
USERNAME = RegexValidator(
    r"^[a-zA-Z0-9_](?:[a-zA-Z0-9_.\-]*[a-zA-Z0-9_\-])?\Z",
    "may contain only letters, digits, '_', '-' and '.', and may not start with '-' or '.' or end in '.'",
)


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username__iexact=username)

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(username=username, **{"name": username, **fields})
        user.set_password(password)
        user.clean_fields(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(username, password, **{**fields, "is_admin": True})


class User(AbstractBaseUser):
    username = models.CharField(max_length=255, unique=True, validators=[USERNAME])
    name = models.CharField(max_length=255)
    email = models.EmailField(blank=True)
    email_claimed = models.BooleanField(
        default=False, editable=False, help_text="The user alone says that it is theirs; nobody has confirmed it."
    )
    is_admin = models.BooleanField("administrator", default=False, help_text="May do everything, everywhere.")
    is_bot = models.BooleanField("bot", default=False, help_text="Stands behind a project or group token.")
    is_active = models.BooleanField("active", default=True, help_text="Untick to block sign-in and all tokens.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    # allauth's second factors (`web.sign_in`), of which this floor knows no more than that there are some.
    authenticator_set: Any

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [models.UniqueConstraint(Lower("username"), name="user_username_unique")]

    def __str__(self) -> str:
        return self.username

    @property
    def is_staff(self) -> bool:
        return self.is_admin

    # Administration has one rank only, so Django's per-model permissions all follow from it.
    def has_perm(self, perm: str, obj: Any = None) -> bool:
        return self.is_active and self.is_admin

    def has_module_perms(self, app_label: str) -> bool:
        return self.is_active and self.is_admin

    @property
    def state(self) -> str:
        """GitLab's word for it."""
        return "active" if self.is_active else "blocked"

    @property
    def has_second_factor(self) -> bool:
        """Recovery codes alone are none. Lists fetch `authenticator_set` beforehand."""
        return any(authenticator.type != "recovery_codes" for authenticator in self.authenticator_set.all())

    def get_short_name(self) -> str:
        return self.name or self.username
