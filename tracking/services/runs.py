"""Start, change, delete and restore runs; set and delete their tags."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from accounts.models import User
from ci.services import jobs
from lib.clock import now_ms
from lib.errors import InvalidInput, NotFound
from tracking import names
from tracking.models import CLAIMED, Experiment, Run, RunStatus, Tag
from tracking.run_data import RunData
from tracking.run_links import RunLinks
from tracking.services import nicknames
from tracking.sql import writes as sql
from tracking.whole_runs import WholeRun

# MLflow keeps a run's name twice, as an attribute and as this tag; writing either writes both.
NAME_TAG = "mlflow.runName"
USER_TAG = "mlflow.user"
# MLflow's own limit; its client sends what the machine calls its user.
LONGEST_USER_NAME = 256
JOB_TAG = "gitlab.CI_JOB_ID"


def start_whole(experiment: Experiment, *, tags: Mapping[str, str] | None = None, **said: Any) -> WholeRun:
    """`start`, and what the run has logged by then: its tags."""
    run, kept = _start(experiment, tags=tags, **said)
    return WholeRun(run, RunData(tags=sorted(kept.items())), RunLinks())


def start(experiment: Experiment, *, tags: Mapping[str, str] | None = None, **said: Any) -> Run:
    """A new run in state RUNNING; one without a `name` gets a nickname. `by` is the user, `at` is in milliseconds since
    1970, `user_name` what the client says its user is.

    InvalidInput when the experiment is deleted, when name and the tag `mlflow.runName` differ, or for a tag that
    cannot be kept.
    """
    return _start(experiment, tags=tags, **said)[0]


def _start(
    experiment: Experiment,
    *,
    by: User,
    name: str = "",
    at: int = 0,
    user_name: str = "",
    tags: Mapping[str, str] | None = None,
) -> tuple[Run, dict[str, str]]:
    if experiment.deleted_at is not None:
        raise InvalidInput(
            f"The experiment {experiment.iid} must be in the 'active' state. "
            f"Current state is {experiment.lifecycle_stage}."
        )
    wanted = checked_tags(tags or {})
    name = _name(name, wanted.get(NAME_TAG, ""))
    wanted[NAME_TAG] = name
    job = jobs.link(experiment.project, wanted) if _tells_of_ci(wanted) else None
    run = Run(
        project_id=experiment.project_id,
        experiment=experiment,
        name=name,
        creator=by,
        user_name=(user_name or wanted.get(USER_TAG, ""))[:LONGEST_USER_NAME],
        start_time=at,
        job=job,
    )
    sql.insert_run(run, wanted)
    return run, wanted


def _tells_of_ci(tags: Mapping[str, str]) -> bool:
    return any(key.startswith(jobs.PREFIX) for key in tags)


def _name(name: str, name_tag: str) -> str:
    if name and name_tag and name != name_tag:
        raise InvalidInput(
            "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values "
            f"(run_name='{name[:250]}', mlflow.runName='{name_tag[:250]}')."
        )
    return names.within(name or name_tag or nicknames.new(), names.KEY_LENGTH, what="run_name")


def update(run: Run, *, status: RunStatus | None = None, end_time: int | None = None, name: str = "") -> Run:
    """Changes what is given. InvalidInput when the run is deleted."""
    must_be_active(run)
    changed = {"status": status, "end_time": end_time, "name": name or None}
    changed = {field: value for field, value in changed.items() if value is not None}
    if name:
        names.within(name, names.KEY_LENGTH, what="run_name")
    if not name:
        sql.update_run(run, changed)
    else:
        with transaction.atomic():
            sql.update_run(run, changed)
            sql.upsert_tags(run, {NAME_TAG: name})
    for field, value in changed.items():
        setattr(run, field, value)
    return run


def delete(run: Run) -> None:
    """Hides it until it is restored. Doing it twice changes nothing. Conflict when a floor above needs it
    (`settings.BEFORE_RUNS_DELETED`)."""
    gone = Run.objects.filter(pk=run.pk)
    with transaction.atomic():
        if gone.filter(deleted_at=None).update(deleted_at=now_ms()):
            ask_before_deleting(gone)


def ask_before_deleting(gone: QuerySet[Run], experiment: Experiment | None = None) -> None:
    """After the rows are written and so locked: whoever comes to need one of them meanwhile waits, and then sees that
    it is deleted."""
    for path in settings.BEFORE_RUNS_DELETED:
        import_string(path)(gone, experiment)


def restore(run: Run) -> None:
    """NotFound when it is just being removed for good."""
    if not Run.objects.filter(pk=run.pk).exclude(deleted_at=CLAIMED).update(deleted_at=None):
        raise NotFound(f"Run with id={run.uuid} not found")


def set_tags(run: Run, tags: Mapping[str, str]) -> None:
    """Overwrites. `mlflow.runName` renames the run, `gitlab.CI_JOB_ID` links it to that job of its project."""
    must_be_active(run)
    wanted = checked_tags(tags)
    with transaction.atomic():
        write_tags(run, wanted)


def write_tags(run: Run, wanted: Mapping[str, str]) -> None:
    """The same for tags that have been checked, in the caller's transaction."""
    if wanted.get(NAME_TAG) == "":
        # A run always has a name: MLflow passes over an empty one.
        wanted = {key: value for key, value in wanted.items() if key != NAME_TAG}
    sql.upsert_tags(run, wanted)
    changed: dict[str, object] = {}
    if NAME_TAG in wanted:
        changed["name"] = names.within(wanted[NAME_TAG], names.KEY_LENGTH, what="run_name")
    if _tells_of_ci(wanted):
        changed["job"] = jobs.link(run.project, wanted, linked=run.job)
    if changed:
        Run.objects.filter(pk=run.pk).update(**changed)


def delete_tag(run: Run, key: str) -> None:
    """NotFound when the run has no such tag."""
    must_be_active(run)
    if not Tag.objects.filter(run=run, key=key).delete()[0]:
        raise NotFound(f"No tag with name: {key} in run with id {run.uuid}")


def must_be_active(run: Run) -> None:
    if run.deleted_at is not None:
        raise InvalidInput(f"The run {run.uuid} must be in the 'active' state. Current state is deleted.")


def checked_tags(tags: Mapping[str, str]) -> dict[str, str]:
    return {names.key(key, kind="key"): names.tag_value(value) for key, value in tags.items()}
