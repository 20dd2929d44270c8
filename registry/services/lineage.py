"""Where a version comes from, and which aliases it has had: read at once, by a number of queries that does not grow.

    found = lineage.of(version)        # a version as `registry.lookup` gives it

`found` is a `Lineage`. All rows in it are of the version's own project and have loaded what is named here:

    version       it, with `creator`
    run           what it is backed by, with `experiment`, `creator` and `job`; None for a prompt's version
    parents       the run's parent, its parent, and so on (`Run` with `experiment`); at most MOST_PARENTS
    inputs        what the run read (`DatasetInput` with `dataset`); at most MOST_INPUTS
    input_models  logged models that the run started from (with `experiment`); at most MOST_INPUTS
    logged_model  whose files the version has, if it is one (with `experiment`)
    copied_from   the version it was copied from, while that exists (with `model`)
    job, pipeline, commit    `Job | None`, `Pipeline | None`, `Commit | None`, by what CI and the run's tags say
    terms         the times in which an alias pointed to it, the newest first; at most MOST_TERMS
    jobs          the jobs that moved these aliases, by number; a number that is missing here nobody has told of
    is_cut        whether some of the lists had more
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db.models import OuterRef, Subquery

from ci.models import Job
from registry.models import AliasMove, ModelVersion
from tracking.models import DatasetInput, LoggedModel, ModelInput, Run, Tag

MOST_PARENTS, MOST_INPUTS, MOST_TERMS = 16, 100, 100
PARENT = "mlflow.parentRunId"
_CI = "gitlab."
_GIT = "mlflow.source.git."
_PIPELINE_FACTS = ("CI_PIPELINE_ID", "CI_PIPELINE_IID", "CI_PIPELINE_URL", "CI_PIPELINE_SOURCE")
_COMMIT_FACTS = (
    "CI_COMMIT_SHA",
    "CI_COMMIT_REF_NAME",
    "CI_COMMIT_TITLE",
    "CI_COMMIT_AUTHOR",
    "CI_COMMIT_TIMESTAMP",
    "CI_PROJECT_URL",
)
_GIT_TAGS = (f"{_GIT}commit", f"{_GIT}branch", f"{_GIT}repoURL")


@dataclass(frozen=True, slots=True)
class Pipeline:
    """As its job says. `url` is "" unless it is one of the web."""

    number: str
    iid: str
    url: str
    source: str


@dataclass(frozen=True, slots=True)
class Commit:
    """As CI says, or else as MLflow's client found it. `repository` is "" unless it is an address of the web; `author`
    is `Name <address>`, `at` ISO 8601."""

    sha: str
    ref: str
    title: str
    author: str
    at: str
    repository: str


@dataclass(frozen=True, slots=True)
class Term:
    """From the move `came` on the alias pointed to the version, till the move `left`; None: it still does. Both have
    `by` loaded."""

    came: AliasMove
    left: AliasMove | None


@dataclass(frozen=True, slots=True)
class Lineage:
    version: ModelVersion
    run: Run | None
    parents: list[Run]
    inputs: list[DatasetInput]
    input_models: list[LoggedModel]
    logged_model: LoggedModel | None
    copied_from: ModelVersion | None
    job: Job | None
    pipeline: Pipeline | None
    commit: Commit | None
    terms: list[Term]
    jobs: Mapping[str, Job]
    is_cut: bool


def of(version: ModelVersion) -> Lineage:
    """At most 10 queries, and one for each parent run."""
    version = ModelVersion.objects.select_related(
        "model", "creator", "run__experiment", "run__creator", "run__job", "logged_model__experiment"
    ).get(pk=version.pk)
    run = version.run
    said = _tags(run) if run else {}
    parents = _parents(run, said.get(PARENT, "")) if run else []
    inputs = _inputs(run) if run else []
    models = _input_models(run) if run else []
    terms = terms_of(version)
    facts = {
        **{key.removeprefix(_CI): value for key, value in said.items()},
        **(run.job.facts if run and run.job else {}),
    }
    return Lineage(
        version=version,
        run=run,
        parents=parents[:MOST_PARENTS],
        inputs=inputs[:MOST_INPUTS],
        input_models=models[:MOST_INPUTS],
        logged_model=version.logged_model,
        copied_from=_copied_from(version),
        job=run.job if run else None,
        pipeline=_pipeline(facts),
        commit=_commit(facts),
        terms=terms[:MOST_TERMS],
        jobs=_jobs(version, terms[:MOST_TERMS]),
        is_cut=len(parents) > MOST_PARENTS or max(len(inputs), len(models)) > MOST_INPUTS or len(terms) > MOST_TERMS,
    )


def _tags(run: Run) -> dict[str, str]:
    """Those of the run that say where it comes from."""
    wanted = [PARENT, *_GIT_TAGS, *(f"{_CI}{fact}" for fact in (*_PIPELINE_FACTS, *_COMMIT_FACTS))]
    return {tag.key: tag.value for tag in Tag.objects.filter(run=run, key__in=wanted)}


def _parents(run: Run, parent: str) -> list[Run]:
    """Up to the first that does not exist, or that was seen before: tags are what clients say."""
    own = Tag.objects.filter(run=OuterRef("pk"), key=PARENT).values("head")[:1]
    rows = Run.objects.filter(project=run.project_id).select_related("experiment").annotate(parent=Subquery(own))
    found: list[Run] = []
    seen = {run.uuid}
    while parent and parent not in seen and len(found) <= MOST_PARENTS:
        seen.add(parent)
        above = rows.filter(uuid=parent).first()
        if above is None:
            break
        found.append(above)
        parent = above.parent or ""  # type: ignore[attr-defined]
    return found


def _inputs(run: Run) -> list[DatasetInput]:
    return list(run.dataset_inputs.select_related("dataset").order_by("pk")[: MOST_INPUTS + 1])


def _input_models(run: Run) -> list[LoggedModel]:
    rows = ModelInput.objects.filter(run=run).select_related("model__experiment").order_by("pk")
    return [one.model for one in rows[: MOST_INPUTS + 1]]


def _copied_from(version: ModelVersion) -> ModelVersion | None:
    """A copy's source is `models:/<name>/<number>`, as `registry.sources` wrote it."""
    scheme, _, rest = version.source.partition(":/")
    name, _, number = rest.rpartition("/")
    if scheme != "models" or not name or not (number.isascii() and number.isdigit()) or len(number) > 18:
        return None
    rows = ModelVersion.objects.filter(model__project=version.model.project_id, model__name=name, number=int(number))
    return rows.exclude(pk=version.pk).select_related("model").first()


def _pipeline(facts: Mapping[str, str]) -> Pipeline | None:
    number, iid, url, source = (facts.get(fact, "") for fact in _PIPELINE_FACTS)
    return Pipeline(number, iid, _address(url), source) if number else None


def _commit(facts: Mapping[str, str]) -> Commit | None:
    sha, ref, title, author, at, repository = (facts.get(fact, "") for fact in _COMMIT_FACTS)
    by_client, branch, url = (facts.get(tag, "") for tag in _GIT_TAGS)
    if not (sha or by_client):
        return None
    return Commit(sha or by_client, ref or branch, title, author, at, _address(repository) or _address(url))


def _address(text: str) -> str:
    """Anybody may write these tags: what becomes a link must lead to the web, and must not tell a password."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.netloc:
        return ""
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def terms_of(version: ModelVersion) -> list[Term]:
    """The times in which aliases pointed to the version, the newest first; at most one more than MOST_TERMS."""
    later = AliasMove.objects.filter(model=OuterRef("model"), name=OuterRef("name"), at_ms__gte=OuterRef("at_ms"))
    following = later.filter(pk__gt=OuterRef("pk")).order_by("at_ms", "pk").values("pk")[:1]
    rows = AliasMove.objects.filter(version=version).select_related("by").annotate(left=Subquery(following))
    came = list(rows.order_by("-at_ms", "-pk")[: MOST_TERMS + 1])
    left = AliasMove.objects.select_related("by").in_bulk([one.left for one in came if one.left is not None])
    return [Term(one, left.get(one.left)) for one in came]


def _jobs(version: ModelVersion, terms: Iterable[Term]) -> dict[str, Job]:
    moves = [move for term in terms for move in (term.came, term.left) if move is not None]
    numbers = {move.job for move in moves if move.job}
    if not numbers:
        return {}
    return {job.number: job for job in Job.objects.filter(project=version.model.project_id, number__in=numbers)}
