"""The runs of an experiment as a table: which columns, in which order, and the links that change them.

The whole view is in the query string: `q` is a filter in MLflow's language, `order` one clause of its order_by,
`col` (repeated) a column such as `metrics.loss`, `view` active or deleted, `page_token` the place in the list.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import prefetch_related_objects
from django.http import HttpRequest

from lib.errors import InvalidInput
from projects.models import Project
from tracking import run_data
from tracking.models import Experiment, Run
from tracking.run_data import RunData
from tracking.search import runs as run_search
from web import query

PAGE_SIZE = 50
MOST_COLUMNS = 50
OFFERED_OF_A_KIND = 100
PARENT = "mlflow.parentRunId"
# How many of each kind are shown as long as nobody has chosen.
SHOWN = {"metrics": 4, "params": 3, "tags": 0}
FIXED = {"name": "attributes.run_name", "created": "attributes.start_time"}


@dataclass(frozen=True)
class Column:
    """A column of one metric, param or tag."""

    kind: str
    key: str

    @property
    def name(self) -> str:
        return f"{self.kind}.{self.key}"

    @property
    def field(self) -> str:
        """Its name in the filter language."""
        return f"{self.kind}.`{self.key}`"


@dataclass(frozen=True)
class Header:
    """A column's head: `direction` is asc or desc where the table is ordered by it; `link` orders by it."""

    label: str
    link: str
    direction: str = ""
    kind: str = ""

    @property
    def aria_sort(self) -> str:
        return {"asc": "ascending", "desc": "descending"}.get(self.direction, "none")


@dataclass(frozen=True)
class Row:
    run: Run
    parent: str
    cells: list[float | str | None]


@dataclass
class Table:
    """What the template shows. `error` is what is wrong with the question, in words; `error_field` with what of it."""

    asked: str
    view: str
    order: str
    links: dict[str, str]
    columns: list[Column] = field(default_factory=list)
    offered: dict[str, list[tuple[Column, bool]]] = field(default_factory=dict)
    fixed: dict[str, Header] = field(default_factory=dict)
    headers: list[Header] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    first_page: bool = True
    error: str = ""
    error_field: str = ""


def read(request: HttpRequest, project: Project, experiment: Experiment) -> Table:
    """The table that the request's query string asks for."""
    table = Table(
        asked=query.text(request, "q"),
        view=query.choice(request, "view", ("active", "deleted"), default=experiment.lifecycle_stage),
        order=query.text(request, "order", longest=300),
        links={},
        first_page=not query.text(request, "page_token"),
    )
    try:
        runs, following = _find(project, experiment, table, page_token=query.text(request, "page_token"))
    except InvalidInput as refusal:
        table.error, table.error_field = refusal.message, refusal.field
        runs, following = [], ""
    data = run_data.of(runs)
    table.columns = _chosen(request) or _usual(data.values())
    table.offered = _offered(data.values(), table.columns)
    table.rows = [_row(run, data[run.pk], table.columns) for run in runs]
    table.fixed = {name: _header(request, table, name, clause) for name, clause in FIXED.items()}
    table.headers = [_header(request, table, c.key, c.field, c.kind) for c in table.columns]
    table.links = _links(request, table, following)
    return table


def _find(project: Project, experiment: Experiment, table: Table, *, page_token: str) -> tuple[list[Run], str]:
    page = run_search.page(
        project,
        [str(experiment.iid)],
        filter_string=table.asked,
        order_by=[table.order] if table.order else [],
        view_type="ACTIVE_ONLY" if table.view == "active" else "DELETED_ONLY",
        max_results=PAGE_SIZE,
        page_token=page_token,
    )
    prefetch_related_objects(page.runs, "creator", "job")
    return page.runs, page.next_page_token


def _chosen(request: HttpRequest) -> list[Column]:
    named = (name.partition(".") for name in query.texts(request, "col", most=MOST_COLUMNS))
    return [Column(kind, key) for kind, _, key in named if kind in SHOWN and key and "`" not in key]


def _usual(data: Iterable[RunData]) -> list[Column]:
    """The keys that most of the runs have, without the machine's own measurements."""
    found = _counted(data)
    return [
        Column(kind, key)
        for kind, number in SHOWN.items()
        for key in sorted([key for key, _ in found[kind].most_common() if not key.startswith("system/")][:number])
    ]


def _counted(data: Iterable[RunData]) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = {kind: Counter() for kind in SHOWN}
    for one in data:
        found["metrics"].update(point.key for point in one.metrics)
        found["params"].update(key for key, _ in one.params)
        found["tags"].update(key for key, _ in one.tags if not key.startswith("mlflow."))
    return found


def _offered(data: Iterable[RunData], columns: list[Column]) -> dict[str, list[tuple[Column, bool]]]:
    """By kind, what this page's runs have, and whether it is shown."""
    offered = {}
    for kind, counted in _counted(data).items():
        keys = {column.key for column in columns if column.kind == kind}
        keys |= {key for key, _ in counted.most_common(OFFERED_OF_A_KIND)}
        if keys:
            offered[kind] = [(Column(kind, key), Column(kind, key) in columns) for key in sorted(keys)]
    return offered


def _row(run: Run, data: RunData, columns: list[Column]) -> Row:
    tags = dict(data.tags)
    values: dict[str, Mapping[str, float | str]] = {
        "metrics": {point.key: point.value for point in data.metrics},
        "params": dict(data.params),
        "tags": tags,
    }
    return Row(run, tags.get(PARENT, ""), [values[column.kind].get(column.key) for column in columns])


def _header(request: HttpRequest, table: Table, label: str, clause: str, kind: str = "") -> Header:
    direction = {f"{clause} ASC": "asc", f"{clause} DESC": "desc"}.get(table.order, "")
    # The first click shows what one looks for: the highest, the newest; words in their order.
    downwards = direction == "asc" or (not direction and clause != FIXED["name"] and kind != "params")
    order = f"{clause} {'DESC' if downwards else 'ASC'}"
    return Header(label, query.link(request, order=order, page_token=None), direction, kind)


def _links(request: HttpRequest, table: Table, following: str) -> dict[str, str]:
    columns = [column.name for column in table.columns]
    links = {
        "active": query.link(request, view="active", page_token=None),
        "deleted": query.link(request, view="deleted", page_token=None),
        "first": query.link(request, page_token=None),
        "unfiltered": query.link(request, q=None, page_token=None),
    }
    if following:
        # The columns go along, as the next page's runs might suggest others.
        links["older"] = query.link(request, page_token=following, col=columns)
    return links
