"""The only door from a request to a project.

`authorize` answers in the order that reveals least: who cannot read the project learns that it does not exist;
who can read but not do this is told so; then the token's scopes must cover the ability as well.
"""

from accounts.identity import Identity
from lib.errors import Forbidden, InvalidInput, NotFound
from projects.models import Namespace, Project
from projects.roles import Ability, Role

LEAST_ROLE = {
    Ability.READ_PROJECT: Role.GUEST,
    Ability.READ_EXPERIMENTS: Role.GUEST,
    Ability.READ_MODELS: Role.GUEST,
    Ability.READ_PACKAGES: Role.REPORTER,
    Ability.WRITE_EXPERIMENTS: Role.DEVELOPER,
    Ability.WRITE_MODELS: Role.DEVELOPER,
    Ability.WRITE_PACKAGES: Role.DEVELOPER,
    Ability.DELETE_PACKAGES: Role.MAINTAINER,
    Ability.ADMIN_PROJECT: Role.MAINTAINER,
    Ability.DELETE_PROJECT: Role.OWNER,
}

_READS = {Ability.READ_PROJECT, Ability.READ_EXPERIMENTS, Ability.READ_MODELS, Ability.READ_PACKAGES}
_EXPERIMENTS = {Ability.READ_PROJECT, Ability.READ_EXPERIMENTS}
_MODELS = {Ability.READ_PROJECT, Ability.READ_MODELS}
_PACKAGES = {Ability.READ_PROJECT, Ability.READ_PACKAGES}

SCOPE_COVERS: dict[str, set[Ability]] = {
    "api": set(Ability),
    "read_api": _READS,
    "read_user": set(),
    "self_rotate": set(),
    "read_experiments": _EXPERIMENTS,
    "write_experiments": _EXPERIMENTS | {Ability.WRITE_EXPERIMENTS},
    "read_models": _MODELS,
    "write_models": _MODELS | {Ability.WRITE_MODELS},
    "read_packages": _PACKAGES,
    "write_packages": _PACKAGES | {Ability.WRITE_PACKAGES, Ability.DELETE_PACKAGES},
}

# GitLab lets each group choose; this is the stricter of its usual choices.
LEAST_ROLE_TO_CREATE = Role.MAINTAINER

NO_SUCH_PROJECT = "404 Project Not Found"


def authorize(identity: Identity | None, ability: Ability, project: int | str) -> Project:
    """The project with this id or full path, with the caller's `role` on it.

    `identity` None is an anonymous visitor of a page. NotFound when they may not know of it; Forbidden when their
    role or the token's scopes do not cover `ability`.
    """
    user = identity.user if identity else None
    found = Project.objects.live().addressed(project).with_role_of(user).first()
    if found is None or found.role < Role.GUEST:
        raise NotFound(NO_SUCH_PROJECT, code="RESOURCE_DOES_NOT_EXIST")
    if not covers(identity, ability):
        raise Forbidden(
            f"The token's scopes do not cover {ability}; it needs one of: {', '.join(scopes_for(ability))}",
            code="insufficient_scope",
            field=" ".join(scopes_for(ability)),
        )
    if not allows(found, ability):
        least = LEAST_ROLE[ability].label
        raise Forbidden(f"{ability} in this project needs at least the role {least}")
    return found


def authorize_creation(identity: Identity, namespace: int | str | None) -> Namespace:
    """The namespace with this id or full path, in which the caller may create projects; their own for None.

    InvalidInput when there is none that they may know of; Forbidden when their role there is too low.
    """
    user = identity.user
    if namespace is None:
        return _own_namespace(identity)
    found = Namespace.objects.addressed(namespace).with_role_of(user).first()
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


def allows(project: Project, ability: Ability) -> bool:
    """Whether the role found by `authorize` permits `ability`. For showing or hiding a button."""
    return project.role >= LEAST_ROLE[ability]


def covers(identity: Identity | None, ability: Ability) -> bool:
    scopes = identity.scopes if identity else None
    return scopes is None or any(ability in SCOPE_COVERS.get(scope, ()) for scope in scopes)


def scopes_for(ability: Ability) -> list[str]:
    return [scope for scope, covered in SCOPE_COVERS.items() if ability in covered]
