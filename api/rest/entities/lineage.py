"""Where a version comes from, which aliases it has had, and how it differs from another, as JSON."""

import dataclasses
from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict

from api.rest.entities import registry as entities
from api.rest.entities.moments import Moment, moment, moment_of
from api.rest.entities.users import BasicUser, basic_user
from ci.models import Job
from lib.clock import from_ms
from registry import mlmodel
from registry.models import AliasMove
from registry.services.comparison import Comparison, Section
from registry.services.lineage import Commit, Lineage, Pipeline, Term
from tracking.models import DatasetInput


class LineageRun(entities.RunEntity):
    """`experiment` is its name; `user` whom MLflow's client named."""

    experiment: str
    author: BasicUser | None
    user: str | None
    started_at: Moment | None
    finished_at: Moment | None


class DatasetEntity(TypedDict):
    name: str
    digest: str
    context: str | None
    source_type: str
    source: str


class JobEntity(TypedDict):
    """`known`: the CI system itself has told of it, not only a run's tag."""

    id: str
    name: str | None
    status: str | None
    web_url: str | None
    known: bool


class MoversJob(TypedDict):
    """Of a job that nobody has told of there is the `id` alone."""

    id: str
    name: NotRequired[str | None]
    status: NotRequired[str | None]
    web_url: NotRequired[str | None]
    known: NotRequired[bool]


class LineagePipeline(TypedDict):
    id: str | None
    iid: str | None
    source: str | None
    web_url: str | None


class CommitEntity(TypedDict):
    id: str | None
    ref: str | None
    title: str | None
    author: str | None
    created_at: str | None
    repository: str | None


class Move(TypedDict):
    at: Moment
    by: BasicUser | None
    job: MoversJob | None


class MoveAway(Move):
    """`to` is null where the alias was taken away."""

    to: entities.Names | None


class TermEntity(TypedDict):
    """A time in which an alias pointed to the version."""

    alias: str
    current: bool
    moved_here: Move
    moved_away: MoveAway | None


class LineageEntity(TypedDict):
    """`truncated`: some of the lists had more than is told."""

    version: entities.ShortVersion
    author: BasicUser | None
    run: LineageRun | None
    parent_runs: list[entities.RunEntity]
    datasets: list[DatasetEntity]
    input_models: list[entities.LoggedModelEntity]
    logged_model: entities.LoggedModelEntity | None
    copied_from: entities.ShortVersion | None
    job: JobEntity | None
    pipeline: LineagePipeline | None
    commit: CommitEntity | None
    alias_history: list[TermEntity]
    truncated: bool


ChangeEntity = TypedDict("ChangeEntity", {"key": str, "from": Any, "to": Any})


class SectionEntity(TypedDict):
    """What differs, by key; `same` counts the rest."""

    added: list[ChangeEntity]
    removed: list[ChangeEntity]
    changed: list[ChangeEntity]
    same: int
    truncated: bool


class SignatureSections(TypedDict):
    inputs: SectionEntity
    outputs: SectionEntity
    params: SectionEntity


# `truncated`: something there was too much or too long of.
ComparisonEntity = TypedDict(
    "ComparisonEntity",
    {
        "from": entities.ShortVersion,
        "to": entities.ShortVersion,
        "params": SectionEntity,
        "metrics": SectionEntity,
        "tags": SectionEntity,
        "signature": SignatureSections | None,
        "files": SectionEntity,
        "truncated": bool,
    },
)


def lineage(found: Lineage) -> LineageEntity:
    creator = found.version.creator
    return {
        "version": entities.short_version(found.version),
        "author": basic_user(creator) if creator else None,
        "run": _run(found),
        "parent_runs": [entities.run(one) for one in found.parents],
        "datasets": [_dataset(one) for one in found.inputs],
        "input_models": [entities.logged_model(one) for one in found.input_models],
        "logged_model": entities.logged_model(found.logged_model) if found.logged_model else None,
        "copied_from": entities.short_version(found.copied_from) if found.copied_from else None,
        "job": _job(found.job) if found.job else None,
        "pipeline": _pipeline(found.pipeline) if found.pipeline else None,
        "commit": _commit(found.commit) if found.commit else None,
        "alias_history": [_term(one, found.jobs) for one in found.terms],
        "truncated": found.is_cut,
    }


def _run(found: Lineage) -> LineageRun | None:
    if found.run is None:
        return None
    return {
        **entities.run(found.run),
        "experiment": found.run.experiment.name,
        "author": basic_user(found.run.creator) if found.run.creator else None,
        "user": found.run.user_name or None,
        "started_at": moment(from_ms(found.run.start_time or None)),
        "finished_at": moment(from_ms(found.run.end_time)),
    }


def _dataset(subject: DatasetInput) -> DatasetEntity:
    dataset = subject.dataset
    return {
        "name": dataset.name,
        "digest": dataset.digest,
        "context": subject.context or None,
        "source_type": dataset.source_type,
        "source": dataset.source,
    }


def _job(subject: Job) -> JobEntity:
    return {
        "id": subject.number,
        "name": subject.name or subject.facts.get("CI_JOB_NAME") or None,
        "status": subject.status or None,
        "web_url": subject.web_url or None,
        "known": subject.known,
    }


def _pipeline(subject: Pipeline) -> LineagePipeline:
    return {
        "id": subject.number or None,
        "iid": subject.iid or None,
        "source": subject.source or None,
        "web_url": subject.url or None,
    }


def _commit(subject: Commit) -> CommitEntity:
    return {
        "id": subject.sha or None,
        "ref": subject.ref or None,
        "title": subject.title or None,
        "author": subject.author or None,
        "created_at": subject.at or None,
        "repository": subject.repository or None,
    }


def _term(subject: Term, jobs: Mapping[str, Job]) -> TermEntity:
    return {
        "alias": subject.came.name,
        "current": subject.left is None,
        "moved_here": _move(subject.came, jobs),
        "moved_away": {**_move(subject.left, jobs), "to": _to(subject.left)} if subject.left else None,
    }


def _move(subject: AliasMove, jobs: Mapping[str, Job]) -> Move:
    return {
        "at": moment_of(subject.at_ms),
        "by": basic_user(subject.by) if subject.by else None,
        "job": _mover(subject.job, jobs) if subject.job else None,
    }


def _mover(number: str, jobs: Mapping[str, Job]) -> MoversJob:
    job = jobs.get(number)
    return {**_job(job)} if job else {"id": number}


def _to(subject: AliasMove) -> entities.Names | None:
    return {"number": subject.number, "semver": subject.semver} if subject.number else None


def comparison(found: Comparison) -> ComparisonEntity:
    """Only what differs; `same` counts the rest. `truncated`: something there was too much or too long of."""
    signature = found.signature
    sections = [found.params, found.metrics, found.tags, found.files, *(signature or {}).values()]
    return {
        "from": entities.short_version(found.old),
        "to": entities.short_version(found.new),
        "params": _section(found.params),
        "metrics": _section(found.metrics),
        "tags": _section(found.tags),
        "signature": _signature(signature) if signature is not None else None,
        "files": _section(found.files),
        "truncated": any(section.is_cut for section in sections),
    }


def _signature(parts: Mapping[str, Section]) -> SignatureSections:
    inputs, outputs, params = (_section(parts[part]) for part in mlmodel.PARTS)
    return {"inputs": inputs, "outputs": outputs, "params": params}


def _section(section: Section) -> SectionEntity:
    told: SectionEntity = {"added": [], "removed": [], "changed": [], "same": section.same, "truncated": section.is_cut}
    for change in section.changes:
        shown: ChangeEntity = {"key": change.key, "from": _said(change.old), "to": _said(change.new)}
        if change.old is None:
            told["added"].append(shown)
        elif change.new is None:
            told["removed"].append(shown)
        else:
            told["changed"].append(shown)
    return told


def _said(value: Any) -> Any:
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else value
