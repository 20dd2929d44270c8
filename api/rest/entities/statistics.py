"""How much a project keeps, in GitLab's words. All is in bytes; what has no place here is 0."""

from collections.abc import Sequence
from typing import TypedDict

from packages.services.storage import Usage


class Statistics(TypedDict):
    """All is in bytes. The limits are not GitLab's; null is none."""

    commit_count: int
    storage_size: int
    repository_size: int
    wiki_size: int
    lfs_objects_size: int
    job_artifacts_size: int
    pipeline_artifacts_size: int
    snippets_size: int
    uploads_size: int
    container_registry_size: int
    packages_size: int
    storage_limit: int | None
    file_size_limit: int
    namespace_storage_size: int | None
    namespace_storage_limit: int | None


def statistics(usages: Sequence[Usage], file_size_limit: int) -> Statistics:
    """`usages` are the project's own, and its topmost namespace's if that has a limit."""
    own, *above = usages
    namespace = above[0] if above else None
    return {
        "commit_count": 0,
        "storage_size": own.used,
        "repository_size": 0,
        "wiki_size": 0,
        "lfs_objects_size": 0,
        "job_artifacts_size": 0,
        "pipeline_artifacts_size": 0,
        "snippets_size": 0,
        "uploads_size": 0,
        "container_registry_size": 0,
        "packages_size": own.used,
        "storage_limit": own.limit or None,
        "file_size_limit": file_size_limit,
        "namespace_storage_size": namespace.used if namespace else None,
        "namespace_storage_limit": namespace.limit if namespace else None,
    }
