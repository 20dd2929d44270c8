"""An access token: only its digest is kept, so the secret can be shown once and never again."""

from datetime import date, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from lib.querysets import FindQuerySet


class TokenKind(models.TextChoices):
    PERSONAL = "personal", "Personal access token"
    PROJECT = "project", "Project access token"
    GROUP = "group", "Group access token"
    DEPLOY = "deploy", "Deploy token"


SOON = timedelta(days=7)


class AccessTokenQuerySet(FindQuerySet["AccessToken"]):
    def expiring(self) -> "AccessTokenQuerySet":
        """Working, and not for much longer."""
        return self.active().filter(expires_at__lte=timezone.now().date() + SOON)

    def active(self, today: date | None = None) -> "AccessTokenQuerySet":
        today = today or timezone.now().date()
        return self.filter(Q(expires_at__gt=today) | Q(expires_at=None), revoked_at=None)


class AccessToken(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="access_tokens")
    kind = models.CharField(max_length=16, choices=TokenKind, default=TokenKind.PERSONAL)
    name = models.CharField(max_length=255)
    description = models.CharField(max_length=1000, blank=True)
    scopes = models.JSONField(default=list)
    digest = models.CharField(max_length=64, editable=False, help_text="SHA-256 of the secret, in hex.")
    hint = models.CharField(max_length=4, editable=False, help_text="The secret's last four characters.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateField(null=True, blank=True, help_text="The first day (UTC) on which it no longer works.")
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_ip = models.GenericIPAddressField(null=True, blank=True, editable=False)
    expiry_told_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When its user was told that it expires soon."
    )
    # Rotation makes a chain; reuse of a revoked link revokes the whole chain.
    rotated_from = models.OneToOneField(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="rotated_to"
    )

    objects = AccessTokenQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["digest"], name="accesstoken_digest_unique")]

    def __str__(self) -> str:
        return f"{self.name} (…{self.hint})"

    @property
    def revoked(self) -> bool:
        return self.revoked_at is not None

    @property
    def expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= timezone.now().date()

    @property
    def expires_soon(self) -> bool:
        """Within a week: time to rotate it."""
        return self.active and self.expires_at is not None and self.expires_at <= timezone.now().date() + SOON

    @property
    def active(self) -> bool:
        return not self.revoked and not self.expired
