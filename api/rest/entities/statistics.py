"""How much a project keeps, in GitLab's words. All is in bytes; what has no place here is 0."""

from collections.abc import Sequence

from packages.services.storage import Usage

_NONE_HERE = (
    "repository_size",
    "wiki_size",
    "lfs_objects_size",
    "job_artifacts_size",
    "pipeline_artifacts_size",
    "snippets_size",
    "uploads_size",
    "container_registry_size",
)


def statistics(usages: Sequence[Usage], file_size_limit: int) -> dict[str, int | None]:
    """`usages` are the project's own, and its topmost namespace's if that has a limit. The limits are not GitLab's;
    null is none."""
    own, *above = usages
    namespace = above[0] if above else None
    return {
        "commit_count": 0,
        "storage_size": own.used,
        **dict.fromkeys(_NONE_HERE, 0),
        "packages_size": own.used,
        "storage_limit": own.limit or None,
        "file_size_limit": file_size_limit,
        "namespace_storage_size": namespace.used if namespace else None,
        "namespace_storage_limit": namespace.limit if namespace else None,
    }
