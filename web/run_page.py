"""What the page of one run shows, prepared."""

import re
from dataclasses import dataclass, field
from itertools import groupby

from django.db.models import Prefetch, Q
from django.utils.safestring import SafeString

from ci.models import Job
from ci.services.jobs import PREFIX as CI_PREFIX
from ci.services.jobs import SECRETS
from lib import notes
from projects import policy
from projects.models import Project
from projects.roles import Ability, Feature
from registry.models import ModelVersion
from tracking import run_data, run_links
from tracking.models import DatasetInput, LoggedModel, Run, Tag
from tracking.run_data import RunData
from tracking.run_links import RunLinks
from web.run_table import PARENT

NOTE = "mlflow.note.content"
MOST_CHILDREN = 100
MOST_MODELS = 100
MOST_CHARTS = 60
MOST_VERSIONS = 50
HIDDEN = "(hidden)"
_COMMIT = "mlflow.source.git.commit"


@dataclass
class JobFacts:
    """The CI job that a run came from. `known` is false for one that only the run's tags tell of."""

    number: str
    known: bool = False
    name: str = ""
    status: str = ""
    address: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class Overview:
    """Everything on a run's first tab."""

    data: RunData
    tags: list[tuple[str, str]]
    note: SafeString
    source: dict[str, str]
    datasets: list[DatasetInput]
    models_in: list[LoggedModel]
    models_out: list[LoggedModel]
    parent: Run | None
    children: list[Run]
    more_children: bool
    children_filter: str
    job: JobFacts | None
    versions: list[ModelVersion]


def find(project: Project, reference: int | str) -> Run:
    """By its number in the project or its uuid. NotFound when the project has no such run."""
    where = {"iid": reference} if isinstance(reference, int) else {"uuid": reference}
    return project.runs.select_related("experiment", "creator", "job").find("No such run", **where)


def frame(project: Project, run: Run, tab: str) -> dict[str, object]:
    """What every tab of a run's page needs."""
    return {
        "project": project,
        "section": "experiments",
        "run": run,
        "tab": tab,
        "may_read_files": policy.allows(project, Ability.READ_PACKAGES, feature=Feature.EXPERIMENTS),
        "may_promote": policy.allows(project, Ability.WRITE_MODELS) and run.deleted_at is None,
    }


def overview(project: Project, run: Run) -> Overview:
    data = run_data.of([run])[run.pk]
    links = run_links.of([run])[run.pk]
    tags = dict(data.tags)
    children = _children(run)
    models = models_of(project, run, links)
    return Overview(
        data=data,
        tags=[(key, HIDDEN if _is_secret(key) else value) for key, value in data.tags if key != NOTE],
        note=notes.html(tags.get(NOTE, "")),
        source=_source(tags),
        datasets=links.datasets,
        models_in=[model for model in models if model.uuid in links.models_in],
        models_out=[model for model in models if model.uuid not in links.models_in],
        parent=_parent(project, tags),
        children=children[:MOST_CHILDREN],
        more_children=len(children) > MOST_CHILDREN,
        children_filter=f"tags.`{PARENT}` = '{run.uuid}'",
        job=_job(run.job, tags),
        versions=versions(project, run),
    )


def versions(project: Project, run: Run) -> list[ModelVersion]:
    """The model versions that the run backs, the newest first. It cannot be deleted while there is one."""
    if not policy.allows(project, Ability.READ_MODELS):
        return []
    rows = ModelVersion.objects.filter(run=run, model__project=project).with_details().order_by("-created_ms", "-pk")
    return list(rows[:MOST_VERSIONS])


def charts(run: Run, words: str) -> dict[str, object]:
    """The run's latest metrics and params, and which of the metrics get a chart: those with `words` in their keys,
    grouped by what stands before the last slash."""
    data = run_data.of([run])[run.pk]
    wanted = [point for point in data.metrics if words.lower() in point.key.lower()]
    shown = sorted(wanted[:MOST_CHARTS], key=lambda point: (_section(point.key), point.key))
    return {
        "data": data,
        "q": words,
        "total": len(data.metrics),
        "matching": len(wanted),
        "shown": len(shown),
        "sections": [(name, list(group)) for name, group in groupby(shown, key=lambda point: _section(point.key))],
    }


def _section(key: str) -> str:
    return key.rpartition("/")[0]


def models_of(project: Project, run: Run, links: RunLinks | None = None) -> list[LoggedModel]:
    """Those that the run logged, and with `links` those that it started from; with the versions made from each."""
    links = links or RunLinks()
    named = [*links.models_in, *(uuid for uuid, _ in links.models_out)]
    found = project.logged_models.active().filter(Q(source_run_uuid=run.uuid) | Q(uuid__in=named))
    found = found.prefetch_related(Prefetch("model_versions", ModelVersion.objects.select_related("model")))
    return list(found.order_by("-created_ms", "uuid")[:MOST_MODELS])


def _parent(project: Project, tags: dict[str, str]) -> Run | None:
    uuid = tags.get(PARENT, "")
    return project.runs.filter(uuid=uuid).first() if re.fullmatch(r"[0-9a-f]{32}", uuid) else None


def _children(run: Run) -> list[Run]:
    """Those of the same experiment, which is where MLflow's clients put them."""
    found = Tag.objects.filter(experiment=run.experiment_id, key=PARENT, head=run.uuid).values("run")
    return list(Run.objects.active().filter(pk__in=found).newest_first()[: MOST_CHILDREN + 1])


def _source(tags: dict[str, str]) -> dict[str, str]:
    """What the client says of where the run came from; only what it said."""
    keys = {
        "name": "mlflow.source.name",
        "type": "mlflow.source.type",
        "entry": "mlflow.project.entryPoint",
        "branch": "mlflow.source.git.branch",
        "repository": "mlflow.source.git.repoURL",
        "commit": _COMMIT,
    }
    return {name: tags[key] for name, key in keys.items() if tags.get(key)}


def _job(job: Job | None, tags: dict[str, str]) -> JobFacts | None:
    said = {key.removeprefix("gitlab."): value for key, value in tags.items() if key.startswith(CI_PREFIX)}
    if job is None and not said:
        return None
    facts = {**(job.facts if job else {}), **said}
    number = job.number if job else facts.get("CI_JOB_ID", "")
    shown = [(key, value) for key, value in sorted(facts.items()) if key != "CI_JOB_ID" and not _is_secret(key)]
    address = (job.web_url if job else "") or facts.get("CI_JOB_URL", "")
    name = (job.name if job else "") or facts.get("CI_JOB_NAME", "")
    known, status = (job.known, job.status) if job else (False, "")
    return JobFacts(number=number, known=known, name=name, status=status, address=address, facts=shown)


def _is_secret(key: str) -> bool:
    """Whoever sends all variables of a pipeline sends its credentials too."""
    name = key.removeprefix("gitlab.").upper()
    return name.startswith("CI_") and name.endswith(SECRETS)
