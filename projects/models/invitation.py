"""An invitation: whoever has its link becomes a member. Only the secret's digest is kept, and only until it is used."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from lib.querysets import FindQuerySet
from projects.models.namespace import Namespace
from projects.models.project import Project
from projects.roles import MEMBER_ROLES, Role

if TYPE_CHECKING:
    from datetime import datetime


class InvitationQuerySet(FindQuerySet["Invitation"]):
    def valid(self, now: "datetime | None" = None) -> "InvitationQuerySet":
        """Whose link can still be used, in a place that is there, for a membership that would not be over."""
        now = now or timezone.now()
        lasting = Q(expires_at=None) | Q(expires_at__gt=now.date())
        here = Q(project__deleted_at=None, project__isnull=False) | Q(
            namespace__deleted_at=None, namespace__isnull=False
        )
        return self.filter(lasting, here, valid_until__gt=now)

    def to(self, email: str) -> "InvitationQuerySet":
        """Case does not count."""
        return self.alias(address=Lower("email")).filter(address=email.lower())


class Invitation(models.Model):
    email = models.EmailField()
    project = models.ForeignKey(Project, models.CASCADE, null=True, blank=True, related_name="invitations")
    namespace = models.ForeignKey(Namespace, models.CASCADE, null=True, blank=True, related_name="invitations")
    role = models.PositiveSmallIntegerField(choices=[(role.value, role.label) for role in MEMBER_ROLES])
    expires_at = models.DateField(null=True, blank=True, help_text="When the membership ends that comes of it.")
    digest = models.CharField(max_length=64, editable=False, help_text="SHA-256 of the link's secret, in hex.")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    valid_until = models.DateTimeField(help_text="From then on the link is refused.")
    mailed_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When the link was mailed; empty when the inviter was shown it.",
    )

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(namespace=None, project__isnull=False) | Q(namespace__isnull=False, project=None),
                name="invitation_to_a_namespace_or_a_project",
            ),
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in MEMBER_ROLES]), name="invitation_role_known"
            ),
            models.UniqueConstraint(fields=["digest"], name="invitation_digest_unique"),
            models.UniqueConstraint("namespace", Lower("email"), name="invitation_once_a_namespace"),
            models.UniqueConstraint("project", Lower("email"), name="invitation_once_a_project"),
        ]

    def __str__(self) -> str:
        return f"{self.email} ({Role(self.role).label})"

    @property
    def place(self) -> Any:
        """The project or group that it invites to."""
        return self.project or self.namespace

    @property
    def valid(self) -> bool:
        return self.valid_until > timezone.now()
