"""Namespaces: owners of a URL prefix. A user's own, or a group, which may hold subgroups."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone

from accounts.models import User
from lib.querysets import FindQuerySet
from projects.paths import reference
from projects.roles import Role, Visibility

if TYPE_CHECKING:
    from projects.models.member import Member


class NamespaceKind(models.TextChoices):
    USER = "user", "User"
    GROUP = "group", "Group"


class NamespaceQuerySet(FindQuerySet["Namespace"]):
    def groups(self) -> "NamespaceQuerySet":
        return self.filter(kind=NamespaceKind.GROUP)

    def live(self) -> "NamespaceQuerySet":
        return self.filter(deleted_at=None)

    def visible_to(self, user: User | None) -> "NamespaceQuerySet":
        """Groups that the user has to do with, here, above or below, and those that everybody may see."""
        if user is None:
            return self.live().filter(kind=NamespaceKind.GROUP, visibility=Visibility.PUBLIC)
        if user.is_admin:
            return self.live()
        from projects.models.member import Member

        own = Member.objects.current().filter(user=user)
        above = NamespaceLink.objects.filter(descendant=OuterRef(OuterRef("pk"))).values("ancestor")
        below = NamespaceLink.objects.filter(ancestor=OuterRef(OuterRef("pk"))).values("descendant")
        mine = Exists(own.filter(Q(namespace__in=above) | Q(namespace__in=below) | Q(project__namespace__in=below)))
        return self.live().filter(mine | Q(kind=NamespaceKind.GROUP, visibility__gte=Visibility.INTERNAL))

    def with_membership_of(self, user: User, *, least: int = Role.GUEST) -> "NamespaceQuerySet":
        return self.filter(Exists(_memberships(user).filter(role__gte=least)))

    def in_reach_of(self, user: User, *, least: int) -> "NamespaceQuerySet":
        """Those in which the user has a role of at least `least`, administrators everywhere."""
        return self.live() if user.is_admin else self.live().with_membership_of(user, least=least)

    def below(self, group: "Namespace") -> "NamespaceQuerySet":
        """All subgroups at any depth."""
        return self.filter(links_up__ancestor=group).exclude(pk=group.pk)

    def addressed(self, namespace: int | str) -> "NamespaceQuerySet":
        """By id, or by full path (case does not count): the present one, or a former one that nobody has
        taken since."""
        wanted = reference(namespace)
        if isinstance(wanted, int):
            return self.filter(pk=wanted)
        return self.select_related("route").filter(pk=_living_at(wanted))

    def with_role_of(self, user: User | None) -> "NamespaceQuerySet":
        """Annotates `role`: the highest of the user's memberships here and in all groups above."""
        if user is None or user.is_admin:
            role: Any = Value(int(Role.NONE if user is None else Role.ADMIN), IntegerField())
            return self.annotate(role=role)  # type: ignore[no-redef]
        highest = _memberships(user).order_by("-role").values("role")[:1]
        role = Coalesce(Subquery(highest, output_field=IntegerField()), int(Role.NONE))
        return self.annotate(role=role)  # type: ignore[no-redef]


def _living_at(path: str) -> Coalesce:
    """Its id, found by two look-ups in indexes within the query that asks for it."""
    from projects.models.redirect import Redirect
    from projects.models.route import Route

    def leading_from(paths: type[models.Model]) -> Subquery:
        at = paths._default_manager.alias(address=Lower("path")).filter(address=path)
        return Subquery(at.values("namespace")[:1])

    return Coalesce(leading_from(Route), leading_from(Redirect))


def _memberships(user: User) -> models.QuerySet["Member"]:
    from projects.models.member import Member

    above = NamespaceLink.objects.filter(descendant=OuterRef(OuterRef("pk"))).values("ancestor")
    return Member.objects.current().filter(user=user, namespace__in=above)


class Namespace(models.Model):
    kind = models.CharField(max_length=8, choices=NamespaceKind, default=NamespaceKind.GROUP)
    path = models.CharField(max_length=255, help_text="Its own segment of the URL.")
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    visibility = models.PositiveSmallIntegerField(choices=Visibility, default=Visibility.PRIVATE)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="namespace",
        help_text="The user whose own namespace this is; empty for a group.",
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = NamespaceQuerySet.as_manager()

    role: int  # set by `with_role_of`

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="user", owner__isnull=False, parent=None) | Q(kind="group", owner=None),
                name="namespace_is_a_users_or_a_group",
            )
        ]

    def __str__(self) -> str:
        return self.full_path

    @property
    def full_path(self) -> str:
        """`group/…/subgroup`; for a deleted group, whose path is free for others again, just its own segment."""
        return self.route.path if hasattr(self, "route") else self.path

    @property
    def is_group(self) -> bool:
        return self.kind == NamespaceKind.GROUP


class NamespaceLink(models.Model):
    """Every (ancestor, descendant) pair, each namespace with itself included.

    It lets one query find the members of all groups above a project, at any depth, on every database.
    """

    ancestor = models.ForeignKey(Namespace, models.CASCADE, related_name="links_down")
    descendant = models.ForeignKey(Namespace, models.CASCADE, related_name="links_up")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["descendant", "ancestor"], name="namespacelink_unique")]

    def __str__(self) -> str:
        return f"{self.ancestor_id} > {self.descendant_id}"
