"""Model versions: create with a source, get, update, stages, tags, delete, search."""

from typing import Any

from tests.parity.case import INVALID, MISSING, Area, better, differs
from tests.parity.side import Side

CREATE = "POST model-versions/create"
GET = "GET model-versions/get"
UPDATE = "PATCH model-versions/update"
DELETE = "DELETE model-versions/delete"
URI = "GET model-versions/get-download-uri"
STAGE = "POST model-versions/transition-stage"
SET_TAG = "POST model-versions/set-tag"
DELETE_TAG = "DELETE model-versions/delete-tag"
SEARCH = "GET model-versions/search"
FILE = "GET /model-versions/get-artifact"

LOST = better("the stock server drops what it cannot read", stock=(200, ...))
FAILS = better("the stock server fails", stock=(500, ...))

area = Area(
    "model_versions",
    {
        (CREATE, "tags: a number for a value"): LOST,
        (CREATE, "a source: a file of a host"): FAILS,
        (UPDATE, "without a description"): differs(
            "an emptied description is empty, as one that was never given", stock=(200, ...), ours=(200, ...)
        ),
        (STAGE, "stage 'ARCHIVED', archive True"): FAILS,
        (STAGE, "stage 'none', archive True"): FAILS,
        (SEARCH, "order by twice"): FAILS,
    },
)
case, ask = area.case, area.ask


@case(CREATE)
def a_version_is_found_as_it_was_created(s: Side) -> None:
    name, run = s.registered(), s.run()
    tags = [{"key": "a", "value": "1"}, {"key": "b", "value": ""}]
    s.version(name, run, description="about it", tags=tags, run_link="http://there")
    s.get("model-versions/get", {"name": name, "version": "1"})
    s.get("registered-models/get", {"name": name})


@case(CREATE)
def versions_are_counted_and_a_run_may_have_several(s: Side) -> None:
    name, run = s.registered(), s.run()
    for _ in range(3):
        s.version(name, run)
    s.delete("model-versions/delete", {"name": name, "version": "3"})
    s.version(name, run)


OWN = differs(
    "a version without a source or a run has a run of its own, and its files there", stock=INVALID, ours=(200, ...)
)
BEHIND = differs("its files are artifacts of the project, which are those of a run", stock=(200, ...))
RUN = differs("a version is backed by a run that exists", stock=(200, ...), ours=MISSING)
NO_RUN = differs("a version is backed by a run that exists", stock=INVALID, ours=MISSING)

SOURCES: dict[str, Any] = {
    "of the run": "runs:/{run}/model", "the run itself": "runs:/{run}", "of another run": "runs:/{deleted_run}/model",
    "a local path": "/etc", "a relative path": "model", "a file": "file:///etc/passwd",
    "a file of a host": "file://h/etc",
    "dots": "runs:/{run}/../other", "encoded dots": "runs:/{run}/%2e%2e/other",
    "a run of a host": "runs://host/{run}/model",
    "artifacts of nobody": "mlflow-artifacts:/9/abc/artifacts",
    "artifacts of a host": "mlflow-artifacts://host/9/abc",
    "dots in artifacts": "mlflow-artifacts:/../../etc", "the root of artifacts": "mlflow-artifacts:/",
    "a number": 5, "a list": [],
    "an unknown model": "models:/nobody/1", "an unknown logged model": "models:/m-00000000000000000000000000000000",
    "a model of a host": "models://host/a/1", "a model without a name": "models:/",
    "a NUL": "runs:/{run}/%00",
}  # fmt: skip
for what, source in SOURCES.items():
    ask(CREATE, f"a source: {what}", {"name": "{registered}", "source": source, "run_id": "{run}"})
for what, source in {"S3": "s3://bucket/key", "Azure": "wasbs://a@b/c", "nobody": "nonsense:/a"}.items():
    ask(CREATE, f"a source: {what}", {"name": "{registered}", "source": source, "run_id": "{run}"}, BEHIND)
ask(CREATE, "without a source", {"name": "{registered}", "run_id": "{run}"}, OWN)
ask(CREATE, "an empty source", {"name": "{registered}", "source": "", "run_id": "{run}"}, OWN)
ask(CREATE, "without a source or a run", {"name": "{registered}"}, OWN)
ask(CREATE, "a run's source without the run", {"name": "{registered}", "source": "runs:/{run}/model"})
ask(
    CREATE,
    "a run's source with another run",
    {"name": "{registered}", "source": "runs:/{deleted_run}/m", "run_id": "{run}"},
)
ask(CREATE, "an unknown model", {"name": "nobody", "source": "runs:/{run}/model", "run_id": "{run}"})
ask(CREATE, "without a name", {"source": "runs:/{run}/model", "run_id": "{run}"})
ask(CREATE, "a name with a slash", {"name": "a/b", "source": "runs:/{run}/model", "run_id": "{run}"})
ask(CREATE, "an unknown run", {"name": "{registered}", "source": "runs:/" + "0" * 32 + "/m", "run_id": "0" * 32}, RUN)
GONE = differs("a version is not backed by a run that is deleted", stock=(200, ...))
ask(
    CREATE,
    "a deleted run",
    {"name": "{registered}", "source": "runs:/{deleted_run}/m", "run_id": "{deleted_run}"},
    GONE,
)
PROMPT = [{"key": "mlflow.prompt.is_prompt", "value": "true"}]
ask(CREATE, "a local path in a prompt", {"name": "{registered}", "source": "/etc", "tags": PROMPT})

TAGS = {
    "no key": [{"value": "x"}], "no value": [{"key": "k"}], "a number for a value": [{"key": "k", "value": 5}],
    "one key twice": [{"key": "k", "value": "1"}, {"key": "k", "value": "2"}],
    "a key of 250 characters": [{"key": "k" * 250, "value": "1"}],
    "a key of 251 characters": [{"key": "k" * 251, "value": "1"}],
    "a key with odd characters": [{"key": "k#", "value": "1"}],
    "a key that is a path": [{"key": "../a", "value": "1"}],
    "a value of 100000 characters": [{"key": "k", "value": "v" * 100_000}],
    "a value of 100001 characters": [{"key": "k", "value": "v" * 100_001}], "an object": {"k": "v"},
}  # fmt: skip
for what, tags in TAGS.items():
    ask(CREATE, f"tags: {what}", {"name": "{registered}", "source": "runs:/{run}/m", "run_id": "{run}", "tags": tags})
    if isinstance(tags, list):
        ask(SET_TAG, f"tag: {what}", {"name": "{versioned}", "version": "1", **tags[-1]})
for field in ("description", "run_link", "run_id", "source"):
    sent = {"name": "{registered}", "source": "runs:/{run}/m", "run_id": "{run}", field: 5}
    ask(CREATE, f"{field} that is a number", sent)

for about, more in (
    (GET, {}), (UPDATE, {"description": "x"}), (DELETE, {}), (URI, {}), (STAGE, {"stage": "Staging"}),
    (SET_TAG, {"key": "k", "value": "v"}), (DELETE_TAG, {"key": "k"}),
):  # fmt: skip
    ask(about, "an unknown version", {"name": "{versioned}", "version": "7", **more})
    ask(about, "version 0", {"name": "{versioned}", "version": "0", **more})
    ask(about, "a negative version", {"name": "{versioned}", "version": "-1", **more})
    ask(about, "a word for a version", {"name": "{versioned}", "version": "one!", **more})
    ask(about, "an unknown model", {"name": "nobody {name}", "version": "1", **more})
    ask(about, "without a version", {"name": "{versioned}", **more})
    ask(about, "without a name", {"version": "1", **more})
    ask(about, "a name with a slash", {"name": "a/b", "version": "1", **more})

ask(UPDATE, "without a description", {"name": "{versioned}", "version": "1"})
ask(UPDATE, "a version that is a number", {"name": "{versioned}", "version": 1, "description": "x"})
ask(DELETE_TAG, "a tag that it has not", {"name": "{versioned}", "version": "1", "key": "k"})
ask(STAGE, "without a stage", {"name": "{versioned}", "version": "1"})
for stage in ("Staging", "production", "ARCHIVED", "none", "nonsense", "", "Deleted_Internal", 5):
    for archive in (True, False):
        sent = {"name": "{versioned}", "version": "1", "stage": stage, "archive_existing_versions": archive}
        ask(STAGE, f"stage {stage!r}, archive {archive}", sent)


@case(STAGE)
def others_are_archived(s: Side) -> None:
    name = s.registered()
    for _ in range(3):
        s.version(name)
    s.post("model-versions/transition-stage", {"name": name, "version": "1", "stage": "Production"})
    sent = {"name": name, "version": "2", "stage": "production", "archive_existing_versions": True}
    s.post("model-versions/transition-stage", sent)
    for version in ("1", "2", "3"):
        s.get("model-versions/get", {"name": name, "version": version})
    s.get("registered-models/get", {"name": name})


@case(DELETE)
def a_deleted_version_is_gone(s: Side) -> None:
    name = s.registered()
    s.version(name)
    s.delete("model-versions/delete", {"name": name, "version": "1"})
    for path in ("get", "get-download-uri"):
        s.get(f"model-versions/{path}", {"name": name, "version": "1"})
    s.delete("model-versions/delete", {"name": name, "version": "1"})
    s.get("registered-models/get", {"name": name})
    s.get("model-versions/search", {"filter": f"name = '{name}'"})


@case(
    DELETE,
    differs("a version that an alias points to is not deleted by chance", stock=(200, {}), ours=(400, "INVALID_STATE")),
)
def a_version_that_an_alias_points_to(s: Side) -> None:
    name = s.registered()
    s.version(name)
    s.post("registered-models/alias", {"name": name, "alias": "a", "version": "1"})
    s.delete("model-versions/delete", {"name": name, "version": "1"})


@case(SET_TAG)
def a_tag_is_overwritten_and_deleted(s: Side) -> None:
    name = s.registered()
    s.version(name)
    for value in ("1", "2"):
        s.post("model-versions/set-tag", {"name": name, "version": "1", "key": "k", "value": value})
    s.get("model-versions/get", {"name": name, "version": "1"})
    s.delete("model-versions/delete-tag", {"name": name, "version": "1", "key": "k"})
    s.get("model-versions/get", {"name": name, "version": "1"})


WHERE = differs(
    "the address of its files is where they are, not what the source said", stock=(200, ...), ours=(200, ...)
)


@case(URI, WHERE)
def the_address_of_a_runs_folder(s: Side) -> None:
    name, run = s.registered(), s.run()
    s.version(name, run)
    s.get("model-versions/get-download-uri", {"name": name, "version": "1"})


@case(CREATE)
def of_a_logged_model(s: Side) -> None:
    name, run = s.registered(), s.run()
    model = s.model(source_run_id=run)
    sent = {"name": name, "source": f"models:/{model}", "model_id": model, "run_id": run}
    s.post("model-versions/create", sent)
    s.get("model-versions/get", {"name": name, "version": "1"})
    s.get("model-versions/get-download-uri", {"name": name, "version": "1"})


@case(CREATE)
def of_a_logged_model_that_is_not_the_one_named(s: Side) -> None:
    name, model, other = s.registered(), s.model(), s.model()
    s.post("model-versions/create", {"name": name, "source": f"models:/{model}", "model_id": other})


@case(CREATE, NO_RUN)
def of_another_version(s: Side) -> None:
    name, other = s.registered(), s.registered()
    s.version(name)
    s.post("model-versions/create", {"name": other, "source": f"models:/{name}/1"})
    s.post("model-versions/create", {"name": other, "source": f"models:/{name}/7"})
    s.post("model-versions/create", {"name": other, "source": f"models:/{name}/1", "run_id": "0" * 32})


@case(CREATE)
def of_another_version_by_its_alias(s: Side) -> None:
    name, other = s.registered(), s.registered()
    s.version(name)
    s.post("registered-models/alias", {"name": name, "alias": "a", "version": "1"})
    s.post("model-versions/create", {"name": other, "source": f"models:/{name}@a"})
    s.post("model-versions/create", {"name": other, "source": f"models:/{name}@b"})


def several_versions(s: Side) -> dict[str, str]:
    first, second, prompt = (f"{s.name()}" for _ in range(3))
    for name in (first, second):
        s.post("registered-models/create", {"name": name})
    run = s.run()
    for name in (first, second, first):
        s.version(name, run, tags=[{"key": "of", "value": name[:2]}, {"key": "all", "value": "yes"}])
    s.version(second, tags=[{"key": "of", "value": "other"}])
    s.post("registered-models/create", {"name": prompt, "tags": PROMPT})
    tags = [*PROMPT, {"key": "all", "value": "yes"}]
    s.post("model-versions/create", {"name": prompt, "source": "dummy-source", "tags": tags})
    return {"first": first, "second": second, "prompt": prompt, "run": run}


def _of_run(s: Side) -> str:
    return "run_id = '{run}'".format(**s.scene(several_versions))


FILTERS = {
    "name": "name = '{first}'", "names": "name IN ('{first}', '{second}')", "LIKE": "name LIKE '{first}%'",
    "ILIKE": "name ILIKE '{first}'", "NOT IN": "name NOT IN ('{first}') AND run_id = '{run}'",
    "run": "run_id = '{run}'",
    "runs": "run_id IN ('{run}', 'x')", "number": "name = '{first}' AND version_number = 2",
    "numbers": "name = '{first}' AND version_number > 1",
    "a quoted number": "name = '{first}' AND version_number = '2'",
    "number unequal": "name = '{first}' AND version_number != 1",
    "number <=": "name = '{first}' AND version_number <= 1",
    "source": "source_path = 'runs:/{run}/model'", "source LIKE": "source_path LIKE 'runs:/{run}%'",
    "a tag": "run_id = '{run}' AND tags.`all` = 'yes'",
    "two tags": "tags.`all` = 'yes' AND tags.of = 'other' AND name = '{second}'",
    "a tag unequal": "name = '{second}' AND tags.of != 'other'", "prompt": "name = '{prompt}'",
    "an unknown name": "name = 'nobody'",
    "prompts": "name = '{prompt}' AND tags.`mlflow.prompt.is_prompt` = 'true'", "unknown": "nonsense = 'a'",
    "no prompts": "name = '{first}' AND tags.`mlflow.prompt.is_prompt` = 'false'", "no language": "name =",
    "stage": "current_stage = 'None'",
    "a text for a number": "version_number = 'x'", "source IN": "source_path IN ('a')",
    "name with a number": "name = 5",
}  # fmt: skip
for what, text in FILTERS.items():

    def searched(s: Side, text: str = text) -> None:
        s.get(
            "model-versions/search",
            {"filter": text.format(**s.scene(several_versions)), "order_by": ["name", "version_number"]},
        )

    area.add(SEARCH, f"filter by {what}", searched)

ORDERS = {
    "default": [], "number": ["version_number ASC"], "number DESC": ["version_number DESC"], "name": ["name DESC"],
    "creation": ["creation_timestamp ASC"], "change": ["last_updated_timestamp DESC"], "twice": ["name", "name DESC"],
    "two": ["name DESC", "version_number ASC"], "unknown": ["nonsense"], "run": ["run_id"],
    "sideways": ["name sideways"],
}  # fmt: skip
for what, order in ORDERS.items():

    def ordered(s: Side, order: list[str] = order) -> None:
        s.get(
            "model-versions/search",
            {"filter": _of_run(s), "order_by": order},
        )

    area.add(SEARCH, f"order by {what}", ordered)

for number in ("1", "0", "-1", "200000", "200001", "x", "1.5"):
    ask(SEARCH, f"max_results {number}", {"filter": "name = 'nobody'", "max_results": number})


@case(SEARCH)
def page_after_page(s: Side) -> None:
    s.pages(
        "GET",
        "model-versions/search",
        {"filter": _of_run(s), "max_results": 2},
    )


@case(FILE)
def of_a_version_that_has_none(s: Side) -> None:
    name = s.registered()
    s.version(name)
    s.get("/model-versions/get-artifact", {"name": name, "version": "1", "path": "../a"})
