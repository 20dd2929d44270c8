"""Packages, their files and pipelines, in GitLab's words."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings

from api.rest.entities.moments import moment
from packages.models import Package, PackageFile


def package(package: Package, path: str, *, may_delete: bool) -> dict[str, Any]:
    """Of one that was found `with_latest_job`. `path` is its project's."""
    latest = pipeline(package.job_facts, package.project_id)
    address = f"{settings.EXTERNAL_URL}/api/v4/projects/{package.project_id}/packages/{package.pk}"
    deletion = {"delete_api_path": address} if may_delete else {}
    return {
        "id": package.pk,
        "name": package.name,
        "version": package.version,
        "package_type": package.kind,
        "status": package.status,
        "_links": {"web_path": f"/{path}/-/packages/{package.pk}", **deletion},
        "created_at": moment(package.created_at),
        "last_downloaded_at": moment(package.last_downloaded_at),
        "tags": [],
        **({"pipeline": latest} if latest else {}),
        "pipelines": [latest] if latest else [],
    }


def versions(others: Iterable[Package]) -> list[dict[str, Any]]:
    """The other versions of a package, each found `with_latest_job`."""
    return [
        {
            "id": other.pk,
            "version": other.version,
            "created_at": moment(other.created_at),
            "tags": [],
            "pipelines": [found] if (found := pipeline(other.job_facts, other.project_id)) else [],
        }
        for other in others
    ]


def package_file(file: PackageFile) -> dict[str, Any]:
    """`file_name` is its whole path in the package, with `/` between folders (GitLab writes `%2F`).

    MD5 and SHA-1 are null until the content has been inspected. `verdict` and `findings` are not GitLab's.
    """
    sent = pipeline(file.job.facts, file.job.project_id) if file.job else None
    return {
        "id": file.pk,
        "package_id": file.package_id,
        "created_at": moment(file.created_at),
        "file_name": file.path,
        "size": file.blob.size,
        "file_md5": file.blob.md5 or None,
        "file_sha1": file.blob.sha1 or None,
        "file_sha256": file.blob.sha256,
        "verdict": file.blob.verdict,
        "findings": file.blob.findings,
        "pipelines": [sent] if sent else [],
    }


def pipeline(facts: Mapping[str, Any] | None, project: int) -> dict[str, Any] | None:
    """What a job's facts tell of its pipeline; None when they do not say its id."""
    said = {name: str(value) for name, value in (facts or {}).items()}
    number = _number(said.get("CI_PIPELINE_ID"))
    if number is None:
        return None
    url = said.get("CI_PIPELINE_URL", "")
    return {
        "id": number,
        "iid": _number(said.get("CI_PIPELINE_IID")),
        "project_id": project,
        "sha": said.get("CI_COMMIT_SHA"),
        "ref": said.get("CI_COMMIT_REF_NAME"),
        "status": None,
        "source": said.get("CI_PIPELINE_SOURCE"),
        "created_at": said.get("CI_PIPELINE_CREATED_AT"),
        "updated_at": None,
        "web_url": url if url.startswith(("https://", "http://")) else None,
    }


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 18 else None
