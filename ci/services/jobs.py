"""Which CI job a run came from, by what its tags say."""

from collections.abc import Mapping

from django.db import transaction

from ci.models import Job
from projects.models import Project

PREFIX = "gitlab.CI_"
NUMBER_TAG = "gitlab.CI_JOB_ID"
# A pipeline's predefined variables fit; what is beyond stays a tag of the run alone.
MOST_FACTS, LONGEST_FACT = 100, 1000
# Who sends every CI_* variable sends these too; they must not be shown on a page.
SECRETS = ("TOKEN", "PASSWORD", "SECRET", "JWT", "JWT_V1", "JWT_V2", "PRIVATE_KEY")


def link(project: Project, tags: Mapping[str, str], linked: Job | None = None) -> Job | None:
    """The job that `tags`, just set on a run, name with `gitlab.CI_JOB_ID`; without that tag, the one `linked` before.

    The job is always one of `project`. A number nobody has told of is kept as a job that is not `known`. The other
    `gitlab.CI_*` tags are added to the job's facts. None when the number is empty or longer than 255 characters.
    """
    if NUMBER_TAG in tags:
        linked = _numbered(project, tags[NUMBER_TAG].strip())
    if linked is not None and (facts := _facts(tags)):
        _add_facts(linked, facts)
    return linked


def _numbered(project: Project, number: str) -> Job | None:
    if not number or len(number) > 255 or not _storable(number):
        return None
    return Job.objects.get_or_create(project=project, number=number)[0]


def _facts(tags: Mapping[str, str]) -> dict[str, str]:
    return {
        tag.removeprefix("gitlab."): value[:LONGEST_FACT]
        for tag, value in tags.items()
        if tag.startswith(PREFIX) and tag != NUMBER_TAG and not tag.upper().endswith(SECRETS) and _storable(tag + value)
    }


def _add_facts(job: Job, facts: Mapping[str, str]) -> None:
    """The newest word counts. Most calls repeat what is known and write nothing."""
    if facts.items() <= job.facts.items():
        return
    with transaction.atomic():
        # Parallel runs of one job add at the same time, and none may undo another's.
        current = Job.objects.select_for_update().get(pk=job.pk)
        merged = {**current.facts, **facts}
        job.facts = dict(list(merged.items())[:MOST_FACTS])
        job.save(update_fields=["facts"])


def _storable(text: str) -> bool:
    return "\x00" not in text and text.encode(errors="ignore").decode() == text
