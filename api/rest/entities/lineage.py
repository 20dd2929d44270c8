"""Where a version comes from, which aliases it has had, and how it differs from another, as JSON."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from api.rest.entities import registry as entities
from api.rest.entities.moments import moment
from api.rest.entities.users import basic_user
from ci.models import Job
from lib.clock import from_ms
from registry.models import AliasMove
from registry.services.comparison import Comparison, Section
from registry.services.lineage import Commit, Lineage, Pipeline, Term
from tracking.models import DatasetInput


def lineage(found: Lineage) -> dict[str, Any]:
    """`truncated`: some of the lists had more than is told."""
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


def _run(found: Lineage) -> dict[str, Any] | None:
    if found.run is None:
        return None
    return entities.run(found.run) | {
        "experiment": found.run.experiment.name,
        "author": basic_user(found.run.creator) if found.run.creator else None,
        "user": found.run.user_name or None,
        "started_at": moment(from_ms(found.run.start_time or None)),
        "finished_at": moment(from_ms(found.run.end_time)),
    }


def _dataset(subject: DatasetInput) -> dict[str, Any]:
    dataset = subject.dataset
    return {
        "name": dataset.name,
        "digest": dataset.digest,
        "context": subject.context or None,
        "source_type": dataset.source_type,
        "source": dataset.source,
    }


def _job(subject: Job) -> dict[str, Any]:
    """`known`: the CI system itself has told of it, not only a run's tag."""
    return {
        "id": subject.number,
        "name": subject.name or subject.facts.get("CI_JOB_NAME") or None,
        "status": subject.status or None,
        "web_url": subject.web_url or None,
        "known": subject.known,
    }


def _pipeline(subject: Pipeline) -> dict[str, Any]:
    told = {"id": subject.number, "iid": subject.iid, "source": subject.source, "web_url": subject.url}
    return {key: value or None for key, value in told.items()}


def _commit(subject: Commit) -> dict[str, Any]:
    told = {
        "id": subject.sha,
        "ref": subject.ref,
        "title": subject.title,
        "author": subject.author,
        "created_at": subject.at,
        "repository": subject.repository,
    }
    return {key: value or None for key, value in told.items()}


def _term(subject: Term, jobs: Mapping[str, Job]) -> dict[str, Any]:
    return {
        "alias": subject.came.name,
        "current": subject.left is None,
        "moved_here": _move(subject.came, jobs),
        "moved_away": _move(subject.left, jobs) | _to(subject.left) if subject.left else None,
    }


def _move(subject: AliasMove, jobs: Mapping[str, Job]) -> dict[str, Any]:
    job = jobs.get(subject.job)
    return {
        "at": moment(from_ms(subject.at_ms)),
        "by": basic_user(subject.by) if subject.by else None,
        "job": _job(job) if job else {"id": subject.job} if subject.job else None,
    }


def _to(subject: AliasMove) -> dict[str, Any]:
    """None: the alias was taken away."""
    return {"to": {"number": subject.number, "semver": subject.semver} if subject.number else None}


def comparison(found: Comparison) -> dict[str, Any]:
    """Only what differs; `same` counts the rest. `truncated`: something there was too much or too long of."""
    signature = found.signature
    sections = [found.params, found.metrics, found.tags, found.files, *(signature or {}).values()]
    return {
        "from": entities.short_version(found.old),
        "to": entities.short_version(found.new),
        "params": _section(found.params),
        "metrics": _section(found.metrics),
        "tags": _section(found.tags),
        "signature": {part: _section(one) for part, one in signature.items()} if signature is not None else None,
        "files": _section(found.files),
        "truncated": any(section.is_cut for section in sections),
    }


def _section(section: Section) -> dict[str, Any]:
    told: dict[str, Any] = {"added": [], "removed": [], "changed": []}
    for change in section.changes:
        kind = "added" if change.old is None else "removed" if change.new is None else "changed"
        told[kind].append({"key": change.key, "from": _said(change.old), "to": _said(change.new)})
    return {**told, "same": section.same, "truncated": section.is_cut}


def _said(value: Any) -> Any:
    return dataclasses.asdict(value) if dataclasses.is_dataclass(value) and not isinstance(value, type) else value
