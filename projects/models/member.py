"""A member: a user with a role in a group or a project, perhaps until a date."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import TokenKind, User
from lib.querysets import FindQuerySet
from projects.models.namespace import Namespace, NamespaceKind, NamespaceLink
from projects.models.project import Project
from projects.roles import MEMBER_ROLES, Role, Visibility


class MemberQuerySet(FindQuerySet["Member"]):
    def current(self, today: date | None = None) -> "MemberQuerySet":
        """Not yet expired: a membership ends with the start (UTC) of its expiry date."""
        today = today or timezone.now().date()
        return self.filter(Q(expires_at=None) | Q(expires_at__gt=today))

    def of_place(self, project: Project | None = None, group: Namespace | None = None) -> "MemberQuerySet":
        """Of a project or group and all groups above it: who has a role there, directly or inherited."""
        below = project.namespace_id if project else group.pk if group else None
        above = NamespaceLink.objects.filter(descendant=below).values("ancestor")
        here = Q(namespace__in=above)
        return self.filter(here | Q(project=project) if project else here)

    def in_open(self, least: Visibility) -> "MemberQuerySet":
        """Of what is seen without a role: groups and projects that are public (or, with `least` internal, that too),
        and namespaces of one's own that hold such a project."""
        project = Project.objects.live().filter(visibility__gte=least)
        group = Namespace.objects.groups().live().filter(visibility__gte=least)
        owners = Namespace.objects.filter(kind=NamespaceKind.USER, projects__in=project)
        return self.current().filter(Q(project__in=project) | Q(namespace__in=group) | Q(namespace__in=owners))

    def people(self) -> "MemberQuerySet":
        """Without the bots behind deploy tokens, which are no members to speak of."""
        return self.exclude(user__access_tokens__kind=TokenKind.DEPLOY)

    def in_place(self, place: Project | Namespace) -> "MemberQuerySet":
        """Of the project or group itself."""
        return self.filter(project=place) if isinstance(place, Project) else self.filter(namespace=place)

    def above(self, place: Project | Namespace) -> "MemberQuerySet":
        """Of the groups above; of each user the membership that counts there."""
        below = place.namespace_id if isinstance(place, Project) else place.pk
        links = NamespaceLink.objects.filter(descendant=below)
        groups = (links if isinstance(place, Project) else links.exclude(ancestor=below)).values("ancestor")
        higher = Q(role__gt=OuterRef("role")) | Q(role=OuterRef("role"), pk__gt=OuterRef("pk"))
        others = Member.objects.current().filter(higher, user=OuterRef("user"), namespace__in=groups)
        return self.filter(~Exists(others), namespace__in=groups)

    def beside(self, user: User) -> "MemberQuerySet":
        """Of the places that `user` is a member of, and of all groups above those."""
        own = Member.objects.current().filter(user=user)
        projects = own.exclude(project=None).values("project")
        below = Q(descendant__in=own.exclude(namespace=None).values("namespace"))
        below |= Q(descendant__in=Project.objects.filter(pk__in=projects).values("namespace"))
        above = NamespaceLink.objects.filter(below).values("ancestor")
        return self.filter(Q(project__in=projects) | Q(namespace__in=above))


class Member(models.Model):
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    namespace = models.ForeignKey(Namespace, models.CASCADE, null=True, blank=True, related_name="members")
    project = models.ForeignKey(Project, models.CASCADE, null=True, blank=True, related_name="members")
    role = models.PositiveSmallIntegerField(choices=[(role.value, role.label) for role in MEMBER_ROLES])
    expires_at = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(namespace=None, project__isnull=False) | Q(namespace__isnull=False, project=None),
                name="member_of_a_namespace_or_a_project",
            ),
            models.CheckConstraint(
                condition=Q(role__in=[role.value for role in MEMBER_ROLES]), name="member_role_known"
            ),
            models.UniqueConstraint(fields=["user", "namespace"], name="member_once_a_namespace"),
            models.UniqueConstraint(fields=["user", "project"], name="member_once_a_project"),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({Role(self.role).label})"
