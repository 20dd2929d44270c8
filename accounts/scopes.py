"""What a token may permit. The policy table (`projects.policy`) says which abilities each one covers."""

from collections.abc import Collection

SCOPES = {
    "api": "Everything the user may do.",
    "read_api": "Read everything the user may read.",
    "read_user": "Read the user's own profile.",
    "self_rotate": "Rotate this token itself.",
    "read_experiments": "Read experiments and runs.",
    "write_experiments": "Create and change experiments and runs.",
    "read_models": "Read the model registry.",
    "write_models": "Create and change models and versions.",
    "read_packages": "List and download files.",
    "write_packages": "Upload and delete files.",
}

_CONTAINED = {
    "api": set(SCOPES),
    "read_api": {"read_user", "read_experiments", "read_models", "read_packages"},
    "write_experiments": {"read_experiments"},
    "write_models": {"read_models"},
    "write_packages": {"read_packages"},
}


def beyond(wanted: Collection[str], held: Collection[str]) -> list[str]:
    """Those of the `wanted` scopes that the `held` ones do not contain."""
    contained = set(held).union(*(_CONTAINED.get(scope, set()) for scope in held))
    return sorted(set(wanted) - contained)
