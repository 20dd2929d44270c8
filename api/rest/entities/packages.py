"""Packages, their files and pipelines, in GitLab's words."""

from collections.abc import Iterable, Mapping
from typing import Any, NotRequired, TypedDict

from django.conf import settings

from api.rest.entities.moments import Moment, moment
from packages.models import Package, PackageFile


class PipelineEntity(TypedDict):
    """As the job says that sent the file."""

    id: int
    iid: int | None
    project_id: int
    sha: str | None
    ref: str | None
    status: str | None
    source: str | None
    created_at: str | None
    updated_at: Moment | None
    web_url: str | None


class PackageLinks(TypedDict):
    """`delete_api_path` is there for whoever may delete it."""

    web_path: str
    delete_api_path: NotRequired[str]


class OtherVersion(TypedDict):
    id: int
    version: str
    created_at: Moment
    tags: list[str]
    pipelines: list[PipelineEntity]


class PackageEntity(TypedDict):
    """`pipeline` is the latest that sent a file."""

    id: int
    name: str
    version: str
    package_type: str
    status: str
    _links: PackageLinks
    created_at: Moment
    last_downloaded_at: Moment | None
    tags: list[str]
    pipeline: NotRequired[PipelineEntity]
    pipelines: list[PipelineEntity]


class PackageWithVersions(PackageEntity):
    versions: list[OtherVersion]


class PackageFileEntity(TypedDict):
    """`file_name` is its whole path in the package, with `/` between folders (GitLab writes `%2F`).

    MD5 and SHA-1 are null until the content has been inspected. `verdict` and `findings` are not GitLab's.
    """

    id: int
    package_id: int
    created_at: Moment
    file_name: str
    size: int
    file_md5: str | None
    file_sha1: str | None
    file_sha256: str
    verdict: str
    findings: list[dict[str, Any]]
    pipelines: list[PipelineEntity]


def package(package: Package, path: str, *, may_delete: bool) -> PackageEntity:
    """Of one that was found `with_latest_job`. `path` is its project's."""
    latest = pipeline(package.job_facts, package.project_id)
    shown: PackageEntity = {
        "id": package.pk,
        "name": package.name,
        "version": package.version,
        "package_type": package.kind,
        "status": package.status,
        "_links": _links(package, path, may_delete=may_delete),
        "created_at": moment(package.created_at),
        "last_downloaded_at": moment(package.last_downloaded_at),
        "tags": [],
        "pipelines": [latest] if latest else [],
    }
    if latest:
        shown["pipeline"] = latest
    return shown


def _links(package: Package, path: str, *, may_delete: bool) -> PackageLinks:
    links: PackageLinks = {"web_path": f"/{path}/-/packages/{package.pk}"}
    if may_delete:
        address = f"{settings.EXTERNAL_URL}/api/v4/projects/{package.project_id}/packages/{package.pk}"
        links["delete_api_path"] = address
    return links


def versions(others: Iterable[Package]) -> list[OtherVersion]:
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


def package_file(file: PackageFile) -> PackageFileEntity:
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


def pipeline(facts: Mapping[str, Any] | None, project: int) -> PipelineEntity | None:
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
