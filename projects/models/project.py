"""A project: the tenant boundary. Everything above belongs to exactly one."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest, Lower
from django.utils import timezone

from accounts.models import User
from lib.querysets import FindQuerySet
from projects.models.namespace import Namespace, NamespaceLink
from projects.paths import reference
from projects.roles import Access, Feature, Role, Visibility

if TYPE_CHECKING:
    from projects.models.member import Member


class ProjectQuerySet(FindQuerySet["Project"]):
    def live(self) -> "ProjectQuerySet":
        return self.filter(deleted_at=None)

    def in_groups_below(self, group: Namespace) -> "ProjectQuerySet":
        """Of the group and of all its subgroups."""
        return self.filter(namespace__links_up__ancestor=group)

    def addressed(self, project: int | str) -> "ProjectQuerySet":
        """By id, or by full path (`group/subgroup/name`, case does not count): the present one, or a former one that
        nobody has taken since."""
        wanted = reference(project)
        if isinstance(wanted, int):
            return self.filter(pk=wanted)
        return self.select_related("route").filter(pk=_living_at(wanted))

    def with_role_of(self, user: User | None) -> "ProjectQuerySet":
        """Annotates `role`: the highest of the user's memberships here and in all groups above, and of what the
        project's visibility grants to everybody."""
        if user is not None and user.is_admin:
            return self.annotate(role=Value(int(Role.ADMIN), IntegerField()))  # type: ignore[no-redef]
        role = _granted_to_all(user) if user is None else _role_of(user)
        return self.annotate(role=role)  # type: ignore[no-redef]

    def with_member_role_of(self, user: User | None) -> "ProjectQuerySet":
        """Annotates `member_role`: the highest of the user's memberships here and in all groups above."""
        if user is None or user.is_admin:
            role: Any = Value(int(Role.NONE if user is None else Role.ADMIN), IntegerField())
        else:
            role = Coalesce(_highest(user), int(Role.NONE))
        return self.annotate(member_role=role)  # type: ignore[no-redef]

    def visible_to(self, user: User | None) -> "ProjectQuerySet":
        return self.live().with_role_of(user).filter(role__gte=Role.GUEST)  # type: ignore[misc]

    def with_membership_of(self, user: User, *, least: int = Role.GUEST) -> "ProjectQuerySet":
        """Those in which the user has a role of at least `least` as a member, here or in a group above."""
        return self.filter(Exists(_memberships(user).filter(role__gte=least)))

    def with_member_roles_of(self, user: User | None) -> "ProjectQuerySet":
        """Annotates `own_role` (as a member here) and `group_role` (of a group above); None without one."""
        if user is None:
            return self.annotate(own_role=_no_role(), group_role=_no_role())  # type: ignore[no-redef]
        ranked = _memberships(user).order_by("-role").values("role")
        return self.annotate(  # type: ignore[no-redef]
            own_role=Subquery(ranked.filter(namespace=None)[:1], output_field=IntegerField()),
            group_role=Subquery(ranked.filter(project=None)[:1], output_field=IntegerField()),
        )


def _living_at(path: str) -> Coalesce:
    """Its id, found by two look-ups in indexes within the query that asks for it."""
    from projects.models.redirect import Redirect
    from projects.models.route import Route

    def leading_from(paths: type[models.Model]) -> Subquery:
        at = paths._default_manager.alias(address=Lower("path")).filter(address=path)
        return Subquery(at.values("project")[:1])

    return Coalesce(leading_from(Route), leading_from(Redirect))


def _no_role() -> Value:
    return Value(None, IntegerField(null=True))


def _memberships(user: User) -> models.QuerySet["Member"]:
    from projects.models.member import Member

    above = NamespaceLink.objects.filter(descendant=OuterRef(OuterRef("namespace"))).values("ancestor")
    here = Q(project=OuterRef("pk")) | Q(namespace__in=above)
    return Member.objects.current().filter(here, user=user)


def _role_of(user: User) -> Greatest:
    return Greatest(Coalesce(_highest(user), int(Role.NONE)), _granted_to_all(user))


def _highest(user: User) -> Subquery:
    return Subquery(_memberships(user).order_by("-role").values("role")[:1], output_field=IntegerField())


def _granted_to_all(user: User | None) -> Case:
    """Whoever can see a public or internal project may read it whole, files included (as in GitLab)."""
    seen = [Visibility.PUBLIC] if user is None else [Visibility.PUBLIC, Visibility.INTERNAL]
    return Case(
        When(visibility__in=seen, then=Value(int(Role.REPORTER))),
        default=Value(int(Role.NONE)),
        output_field=IntegerField(),
    )


class Project(models.Model):
    namespace = models.ForeignKey(Namespace, models.PROTECT, related_name="projects")
    path = models.CharField(max_length=255, help_text="Its own segment of the URL.")
    name = models.CharField(max_length=255)
    description = models.TextField(blank=True)
    visibility = models.PositiveSmallIntegerField(choices=Visibility, default=Visibility.PRIVATE)
    creator = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_activity_at = models.DateTimeField(default=timezone.now, editable=False)
    archived = models.BooleanField(default=False)
    experiments_access = models.PositiveSmallIntegerField(choices=Access, default=Access.ENABLED)
    registry_access = models.PositiveSmallIntegerField(choices=Access, default=Access.ENABLED)
    packages_access = models.PositiveSmallIntegerField(choices=Access, default=Access.ENABLED)
    job_token_scope_enabled = models.BooleanField(
        default=True, help_text="CI jobs of other projects are let in only when a rule allows it."
    )
    deleted_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ProjectQuerySet.as_manager()

    role: int  # set by `with_role_of` and by the policy
    member_role: int  # set by `with_member_role_of`
    own_role: int | None  # both by `with_member_roles_of`
    group_role: int | None

    class Meta:
        constraints = [
            models.UniqueConstraint(
                "namespace",
                Lower("name"),
                condition=Q(deleted_at=None),
                name="project_name_unique_in_namespace",
            )
        ]

    def __str__(self) -> str:
        return self.full_path

    @property
    def full_path(self) -> str:
        """`namespace/…/name`; for a deleted project, whose path is free for others again, just its own segment."""
        return self.route.path if hasattr(self, "route") else self.path

    def granted_to(self, user: User | None) -> int:
        """The role that its visibility gives to whoever is no member."""
        least = Visibility.PUBLIC if user is None else Visibility.INTERNAL
        return Role.REPORTER if self.visibility >= least else Role.NONE

    def offers(self, feature: Feature, member_role: int) -> bool:
        """Whether the feature is there at all for somebody with this role as a member."""
        access = getattr(self, feature)
        return access == Access.ENABLED or (access == Access.PRIVATE and member_role >= Role.GUEST)
