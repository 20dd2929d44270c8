"""The only door from a request to a project.

`authorize` answers in the order that reveals least: who cannot read the project learns that it does not exist;
who can read but not do this is told so; then the token's scopes must cover the ability as well.
"""

from typing import Any

from django.db.models import Q
from django.utils import timezone

from accounts.identity import Identity
from accounts.models import User
from accounts.services import tokens
from lib.errors import Forbidden, InvalidInput, NotFound
from projects import sql
from projects.models import Namespace, NamespaceKind, Project
from projects.models.namespace import NamespaceQuerySet
from projects.models.project import ProjectQuerySet
from projects.paths import reference
from projects.roles import Ability, Feature, GroupAbility, Role

LEAST_ROLE = {
    Ability.READ_PROJECT: Role.GUEST,
    Ability.READ_MEMBERS: Role.GUEST,
    Ability.READ_EXPERIMENTS: Role.GUEST,
    Ability.READ_MODELS: Role.GUEST,
    Ability.READ_PACKAGES: Role.REPORTER,
    Ability.WRITE_EXPERIMENTS: Role.DEVELOPER,
    Ability.WRITE_MODELS: Role.DEVELOPER,
    Ability.WRITE_PACKAGES: Role.DEVELOPER,
    Ability.DELETE_PACKAGES: Role.MAINTAINER,
    Ability.ADMIN_PROJECT: Role.MAINTAINER,
    Ability.CHANGE_VISIBILITY: Role.OWNER,
    Ability.ADMIN_MEMBERS: Role.OWNER,
    Ability.LEAVE_PROJECT: Role.GUEST,
    Ability.DELETE_PROJECT: Role.OWNER,
}

LEAST_ROLE_IN_GROUP = {
    GroupAbility.READ_GROUP: Role.GUEST,
    GroupAbility.CREATE_SUBGROUPS: Role.MAINTAINER,
    GroupAbility.ADMIN_GROUP: Role.OWNER,
    GroupAbility.LEAVE_GROUP: Role.GUEST,
}

# Which switch of the project an ability hangs on. Runs' and models' files are reached through what they belong to, so
# their doors name the feature themselves.
FEATURE_OF = {
    Ability.READ_EXPERIMENTS: Feature.EXPERIMENTS,
    Ability.WRITE_EXPERIMENTS: Feature.EXPERIMENTS,
    Ability.READ_MODELS: Feature.REGISTRY,
    Ability.WRITE_MODELS: Feature.REGISTRY,
    Ability.READ_PACKAGES: Feature.PACKAGES,
    Ability.WRITE_PACKAGES: Feature.PACKAGES,
    Ability.DELETE_PACKAGES: Feature.PACKAGES,
}
# An archived project is only looked at.
_WRITES = {Ability.WRITE_EXPERIMENTS, Ability.WRITE_MODELS, Ability.WRITE_PACKAGES, Ability.DELETE_PACKAGES}

_READS = {
    Ability.READ_PROJECT,
    Ability.READ_MEMBERS,
    Ability.READ_EXPERIMENTS,
    Ability.READ_MODELS,
    Ability.READ_PACKAGES,
}
_EXPERIMENTS = {Ability.READ_PROJECT, Ability.READ_EXPERIMENTS}
_MODELS = {Ability.READ_PROJECT, Ability.READ_MODELS}
_PACKAGES = {Ability.READ_PROJECT, Ability.READ_PACKAGES}

SCOPE_COVERS: dict[str, set[Ability | GroupAbility]] = {
    "api": {*Ability, *GroupAbility},
    "read_api": {*_READS, GroupAbility.READ_GROUP},
    "read_user": set(),
    "self_rotate": set(),
    "read_experiments": {*_EXPERIMENTS},
    "write_experiments": {*_EXPERIMENTS, Ability.WRITE_EXPERIMENTS},
    "read_models": {*_MODELS},
    "write_models": {*_MODELS, Ability.WRITE_MODELS},
    "read_packages": {*_PACKAGES},
    "write_packages": {*_PACKAGES, Ability.WRITE_PACKAGES, Ability.DELETE_PACKAGES},
}

# GitLab lets each group choose; this is the stricter of its usual choices.
LEAST_ROLE_TO_CREATE = Role.MAINTAINER

NO_SUCH_PROJECT = "404 Project Not Found"
NO_SUCH_GROUP = "404 Group Not Found"
FEATURE_IS_OFF = "404 Not Found"


def authorize(
    identity: Identity | None, ability: Ability, project: int | str, *, feature: Feature | None = None
) -> Project:
    """The project with this id or full path, with the caller's `role` on it.

    `identity` None is an anonymous visitor of a page. NotFound when they may not know of it, or the `feature` that the
    ability hangs on is off for them; Forbidden when their role or the token's scopes do not cover `ability`.
    """
    user = identity.user if identity else None
    found = Project.objects.live().addressed(project).with_member_role_of(user).first()
    return judge(identity, ability, found, feature=feature)


def admit(secret: str, project: str, *, ip: str | None = None) -> tuple[Identity, Project | None]:
    """Who holds a token's secret, and the project with this id or full path, for `judge` to say whether they may.

    One query. Unauthenticated as in `accounts.services.tokens.resolve`.
    """
    digest = tokens.digest_of(secret)
    token, found = sql.admission(digest, reference(project), timezone.now().date())
    return tokens.identity_of(token, ip=ip), found


def judge(
    identity: Identity | None, ability: Ability, found: Project | None, *, feature: Feature | None = None
) -> Project:
    """The rule of `authorize`, for a project that was found with the caller's `member_role`."""
    user = identity.user if identity else None
    if found is None or _role(found, user) < Role.GUEST:
        raise NotFound(NO_SUCH_PROJECT, code="RESOURCE_DOES_NOT_EXIST")
    feature = feature or FEATURE_OF.get(ability)
    if feature is not None and not found.offers(feature, found.member_role):
        raise NotFound(FEATURE_IS_OFF, code="RESOURCE_DOES_NOT_EXIST")
    _need_scope(identity, ability)
    if found.archived and ability in _WRITES:
        raise Forbidden("the project is archived: nothing can be written until it is unarchived")
    need(found, ability)
    return found


def authorize_deleted(identity: Identity, project: int | str) -> Project:
    """A deleted project, for whoever could delete it. By id, as its path may be another's by now."""
    deleted = Project.objects.exclude(deleted_at=None).filter(namespace__deleted_at=None)
    found = deleted.addressed(project).with_member_role_of(identity.user).first()
    if found is None or _role(found, identity.user) < LEAST_ROLE[Ability.DELETE_PROJECT]:
        raise NotFound(NO_SUCH_PROJECT)
    _need_scope(identity, Ability.DELETE_PROJECT)
    return found


def restorable(user: User) -> ProjectQuerySet:
    """The deleted projects that `authorize_deleted` gives to the user."""
    deleted = Project.objects.exclude(deleted_at=None).filter(namespace__deleted_at=None)
    found = deleted.with_member_role_of(user).select_related("namespace__route")
    return found.filter(member_role__gte=LEAST_ROLE[Ability.DELETE_PROJECT])  # type: ignore[misc]


def authorize_group(identity: Identity | None, ability: GroupAbility, group: int | str) -> Namespace:
    """The group with this id or full path, with the caller's `role` on it: as a member, or Guest for a passer-by.

    `identity` None is somebody who shows no token; they know of public groups.
    """
    user = identity.user if identity else None
    found = Namespace.objects.groups().visible_to(user).addressed(group).with_role_of(user).first()
    if found is None:
        raise NotFound(NO_SUCH_GROUP)
    found.role = max(found.role, Role.GUEST)
    _need_scope(identity, ability)
    need(found, ability)
    return found


def need(place: Project | Namespace, ability: Ability | GroupAbility) -> None:
    """Forbidden when the caller, whose role in the place has been found, may not do this too."""
    if place.role < _least(ability):
        where = "project" if isinstance(ability, Ability) else "group"
        raise Forbidden(f"{ability} in this {where} needs at least the role {_least(ability).label}")


def need_own_role(place: Project | Namespace, role: int) -> None:
    """Forbidden when a role that is to be given or taken is higher than the caller's own."""
    if role > place.role:
        raise Forbidden("you cannot give a role that is higher than your own")


def groups_with(ability: GroupAbility, user: User) -> NamespaceQuerySet:
    """The groups in which the user has the ability."""
    found = Namespace.objects.groups().live().with_role_of(user)
    return found.filter(role__gte=LEAST_ROLE_IN_GROUP[ability])  # type: ignore[misc]


def need_for_changes(project: Project, **changes: Any) -> None:
    """Forbidden when one of the changes needs more than `ADMIN_PROJECT`: who may see it only an owner decides."""
    if changes.get("visibility", project.visibility) != project.visibility:
        need(project, Ability.CHANGE_VISIBILITY)


def creatable_namespaces(user: User) -> NamespaceQuerySet:
    """In which `authorize_creation` lets the user create projects; of people's own only theirs."""
    places = Namespace.objects.live().filter(Q(kind=NamespaceKind.GROUP) | Q(owner=user)).with_role_of(user)
    return places.filter(role__gte=LEAST_ROLE_TO_CREATE)  # type: ignore[misc]


def manages_members(place: Project | Namespace) -> bool:
    """Whether the caller, whose role in the place has been found, decides who belongs to it."""
    return place.role >= _least(Ability.ADMIN_MEMBERS if isinstance(place, Project) else GroupAbility.ADMIN_GROUP)


def _least(ability: Ability | GroupAbility) -> Role:
    return LEAST_ROLE[ability] if isinstance(ability, Ability) else LEAST_ROLE_IN_GROUP[ability]


def has_moved(found: Project | Namespace, address: int | str) -> bool:
    """Whether it was found by a full path that it used to have."""
    reference = str(address)
    return not (reference.isascii() and reference.isdigit()) and reference.lower() != found.full_path.lower()


def _role(project: Project, user: User | None) -> int:
    project.role = max(project.member_role, project.granted_to(user))
    return project.role


def _need_scope(identity: Identity | None, ability: Ability | GroupAbility) -> None:
    if not covers(identity, ability):
        raise Forbidden(
            f"The token's scopes do not cover {ability}; it needs one of: {', '.join(scopes_for(ability))}",
            code="insufficient_scope",
            field=" ".join(scopes_for(ability)),
        )


def authorize_creation(identity: Identity, namespace: int | str | None) -> Namespace:
    """The namespace with this id or full path, in which the caller may create projects; their own for None.

    InvalidInput when there is none that they may know of; Forbidden when their role there is too low.
    """
    user = identity.user
    if namespace is None:
        return _own_namespace(identity)
    found = Namespace.objects.live().addressed(namespace).with_role_of(user).first()
    if found is None or found.role < Role.GUEST:
        raise InvalidInput("is not valid", field="namespace")
    if found.role < LEAST_ROLE_TO_CREATE:
        least = LEAST_ROLE_TO_CREATE.label
        raise Forbidden(f"creating projects in this namespace needs at least the role {least}")
    return found


def _own_namespace(identity: Identity) -> Namespace:
    own = Namespace.objects.filter(owner=identity.user).first()
    if own is None:
        raise InvalidInput("can't be blank: a bot has no namespace of its own", field="namespace")
    return own


def allows(project: Project, ability: Ability, *, feature: Feature | None = None) -> bool:
    """Whether `authorize` would let the same user do this too. For showing or hiding a link or button."""
    feature = feature or FEATURE_OF.get(ability)
    if feature is not None and not project.offers(feature, project.member_role):
        return False
    return project.role >= LEAST_ROLE[ability] and not (project.archived and ability in _WRITES)


def allows_in_group(group: Namespace, ability: GroupAbility) -> bool:
    """Whether `authorize_group` would let the same user do this too."""
    return group.role >= LEAST_ROLE_IN_GROUP[ability]


def covers(identity: Identity | None, ability: Ability | GroupAbility) -> bool:
    scopes = identity.scopes if identity else None
    return scopes is None or any(ability in SCOPE_COVERS.get(scope, ()) for scope in scopes)


def scopes_for(ability: Ability | GroupAbility) -> list[str]:
    return [scope for scope, covered in SCOPE_COVERS.items() if ability in covered]
