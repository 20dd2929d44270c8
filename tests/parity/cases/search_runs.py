"""The language of run filters and orders; pages; view types.

Most cases ask the same scene: one experiment with eight runs that have between them all that a filter may ask for.
"""

from typing import Any

from tests.parity.case import INVALID, Area, better, differs
from tests.parity.side import Side

area = Area("search_runs")
case = area.case

SEARCH = "POST runs/search"

# name: (start, end, status, user, metrics, params, tags)
RUNS: dict[str, Any] = {
    "alpha": (1000, 1500, "FINISHED", "ann", {"loss": 0.5, "acc": 1}, {"lr": "0.1", "opt": "adam"}, {"team": "risk"}),
    "beta": (2000, 2500, "FAILED", "bea", {"loss": 0.25, "acc": 2}, {"lr": "0.01", "opt": "SGD"}, {"team": "Risk"}),
    "Beta": (3000, None, "RUNNING", "ann", {"loss": "NaN"}, {"lr": "1e-3", "opt": ""}, {"team": "fraud"}),
    "gamma ray": (4000, 4100, "KILLED", "", {"loss": "Infinity", "acc": -1}, {"lr": "10"}, {"note": "50% it's *"}),
    "delta_x": (5000, None, "SCHEDULED", "c d", {"acc": 0}, {"opt": "a_b"}, {"team": "risk\nrisk"}),
    "größe": (5000, 9000, "FINISHED", "Ünal", {"loss": "-Infinity", "two words": 3}, {}, {}),
    "epsilon": (5000, 8000, "FINISHED", "ann", {"loss": 0.5, "a.b/c": 7}, {"a.b/c": "7", "opt": "a%b"}, {"a.b": "7"}),
    "zeta": (0, None, "RUNNING", "zoe", {}, {}, {"team": ""}),
}


def runs(s: Side) -> dict[str, str]:
    """Run ids by name, and that of the experiment as `experiment`."""
    experiment = s.experiment()
    made = {"experiment": experiment}
    for name, (start, end, status, user, metrics, params, tags) in RUNS.items():
        run = s.run(experiment, run_name=name, start_time=start, user_id=user)
        s.post("runs/update", {"run_id": run, "status": status, **({"end_time": end} if end else {})})
        s.log(
            run,
            metrics=[{"key": key, "value": value, "timestamp": 1} for key, value in metrics.items()],
            params=[{"key": key, "value": value} for key, value in params.items()],
            tags=[{"key": key, "value": value} for key, value in tags.items()],
        )
        made[name] = run
    dataset = {"name": "wine", "digest": "d1", "source_type": "local", "source": "x"}
    tag = {"key": "mlflow.data.context", "value": "train"}
    s.post("runs/log-inputs", {"run_id": made["alpha"], "datasets": [{"dataset": dataset, "tags": [tag]}]})
    other = {**dataset, "name": "Iris", "digest": "d2"}
    s.post("runs/log-inputs", {"run_id": made["beta"], "datasets": [{"dataset": dataset}, {"dataset": other}]})
    return made


def names(answer: Any) -> list[str]:
    return [run["info"]["run_name"] for run in answer.get("runs", [])]


def search(s: Side, **sent: Any) -> Any:
    """In the scene, by name unless another order is given: ties go by a random id."""
    made = s.scene(runs)
    return s.post("runs/search", {"experiment_ids": [made["experiment"]], "order_by": ["run_name"], **sent})


HALF = differs("half a comparison is a mistake, and the answer says where")
DIFFERENT = {
    "metrics. = 1": HALF,
    "metrics. loss = 0.5": HALF,
    "attributes.run_id IN ('{alpha}' 'x')": HALF,
    "attributes.run_id IN (abc)": better("a list without quotes is the caller's mistake, and named"),
    "attributes.run_id IN (('{alpha}'))": differs("a list in a list is a mistake, and the answer says where"),
    "attributes.start_time > 99999999999999999999": better("no time is that late, which is the caller's mistake"),
    "attributes.run_name ILIKE 'GRÖßE'": better(
        "case is ignored in every alphabet, not only in English",
        stock=(200, {"runs": None}),
        ours=(200, {"runs": [...]}),
    ),
}
TWICE = better("a field twice is the caller's mistake", stock=(500, "INTERNAL_ERROR"))
DIFFERENT_ORDER = {
    ("metrics.",): HALF,
    ("metrics.loss", "metrics.loss"): TWICE,
    ("metrics.loss", "metrics.loss DESC"): TWICE,
    ("run_name", "attributes.run_name"): TWICE,
    ("start_time", "Created"): TWICE,
    ("attributes.`Run name`",): differs("orders know the spellings that filters know", stock=INVALID, ours=(200, ...)),
    ("  metrics.loss   DESC  ",): differs("blanks mean nothing", stock=INVALID, ours=(200, ...)),
}


def ask(text: str, difference: Any = None, *, about: str = "") -> None:
    """A filter. `{alpha}` stands for that run's id."""

    def script(s: Side) -> None:
        made = s.scene(runs)
        search(s, filter=text.replace("{alpha}", made["alpha"]).replace("{experiment}", made["experiment"]))

    area.add(SEARCH, f"filter: {about or text}", script, difference or DIFFERENT.get(text))


# Every operator with every kind of value, where it is offered and where it is not.
OPERATORS = ["=", "!=", "<", "<=", ">", ">=", "LIKE", "ILIKE", "IN", "NOT IN"]
for _op in OPERATORS:
    ask(f"metrics.loss {_op} 0.5")
    ask(f"metrics.acc {_op} -1")
    ask(f"metrics.loss {_op} '0.5'")
    ask(f"params.lr {_op} '0.1'")
    ask(f"params.lr {_op} 0.1")
    ask(f"tags.team {_op} 'risk'")
    ask(f"attributes.status {_op} 'FINISHED'")
    ask(f"attributes.run_name {_op} 'beta'")
    ask(f"attributes.start_time {_op} 5000")
    ask(f"attributes.end_time {_op} 2500")
    ask(f"attributes.user_id {_op} 'ann'")
    ask(f"attributes.run_id {_op} '{{alpha}}'")
    ask(f"datasets.name {_op} 'wine'")
for _field in (
    "params.lr",
    "tags.team",
    "attributes.run_id",
    "attributes.run_name",
    "attributes.status",
    "metrics.loss",
):
    ask(f"{_field} IN ('0.1', 'risk', '{{alpha}}', 'beta')")
    ask(f"{_field} NOT IN ('0.1', 'risk', '{{alpha}}', 'beta')")
for _field in ("datasets.name", "datasets.digest", "datasets.context"):
    ask(f"{_field} IN ('wine', 'd2', 'train')")
    ask(f"{_field} NOT IN ('wine', 'd2', 'train')")
    ask(f"{_field} LIKE '%i%'")
for _field in ("params.lr", "tags.team", "metrics.loss", "attributes.end_time", "datasets.name"):
    ask(f"{_field} IS NULL")
    ask(f"{_field} IS NOT NULL")

PATTERNS = [
    "%", "_eta", "b%", "B%", "%a", "%ta%", "b_ta", "gamma ray", "delta_x", "delta\\_x", "", "gr_ße", "GRÖSSE", "GRÖßE",
    "[ab]%", "*", "b?ta", "%e_a%",
]  # fmt: skip
for _pattern in PATTERNS:
    ask(f"attributes.run_name LIKE '{_pattern}'")
    ask(f"attributes.run_name ILIKE '{_pattern}'")
for _pattern in ("RI%", "%\\%%", "50%", "%it''s%", "%\n%"):
    ask(f"tags.team LIKE '{_pattern}' ", about=f"tags.team LIKE {_pattern!r}")
    ask(f"tags.note ILIKE '{_pattern}'", about=f"tags.note ILIKE {_pattern!r}")

WORDS = [
    # Spellings of the kinds
    "metric.loss = 0.5", "parameters.lr = '0.1'", "parameter.lr = '0.1'", "param.lr = '0.1'", "tag.team = 'risk'",
    "attribute.status = 'FAILED'", "attr.status = 'FAILED'", "run.status = 'FAILED'", "status = 'FAILED'",
    "run_name = 'beta'", "dataset.name = 'wine'", "METRICS.loss = 0.5", "Tags.team = 'risk'",
    "attributes.Status = 'FAILED'", "loss = 0.5", "foo.bar = 'x'", "attributes.foo = 'x'", "metrics. = 1", ".loss = 1",
    # Spellings of attributes
    "attributes.`run name` = 'beta'", "`Run name` = 'beta'", "attributes.\"Run Name\" = 'beta'",
    "attributes.created > 4000", "attributes.Created > 4000", "created > 4000", "run_id = '{alpha}'",
    "attributes.artifact_uri LIKE '%{alpha}%'", "attributes.lifecycle_stage = 'active'",
    "attributes.experiment_id = '{experiment}'", "attributes.user_id = 'Ünal'", "attributes.user_id = ''",
    "attributes.duration > 5", "attributes.run_uuid = '{alpha}'",
    # Keys in quotes
    "metrics.`two words` = 3", "metrics.\"two words\" = 3", "metrics.'two words' = 3", "metrics.two words = 3",
    "metrics.`a.b/c` = 7", "metrics.a.b/c = 7", "params.\"a.b/c\" = '7'", "params.a.b/c = '7'", "tags.a.b = '7'",
    "tags.`a.b` = '7'", "tags.mlflow.runName = 'beta'", "tags.`mlflow.runName` = 'beta'",
    "tags.'mlflow.runName' = 'beta'", "`metrics`.loss = 0.5", "`metrics.loss` = 0.5", "metrics.`loss = 0.5",
    "metrics.größe = 1", "tags.missing = 'x'", "metrics.missing > 0",
    # Values
    "metrics.loss = .5", "metrics.loss = 5e-1", "metrics.loss = 0.50", "metrics.loss > -1", "metrics.loss > - 1",
    "metrics.loss > +1", "metrics.acc = 1.0", "metrics.acc = 01", "metrics.loss > 1e308", "metrics.loss > 1e400",
    "metrics.loss = NaN", "metrics.loss = nan", "metrics.loss > inf", "metrics.loss = Infinity", "metrics.loss = 1,5",
    "metrics.loss = 0x1", "metrics.loss = abc", "metrics.loss = null", "metrics.loss = true",
    "metrics.loss > 1.7976931348623157e308", "metrics.loss < -1.7976931348623157e308", "metrics.loss != 0",
    "params.lr = \"0.1\"", "params.lr = `0.1`", "params.lr = 0.1.2", "params.opt = ''", "params.opt = \"\"",
    "tags.team = ''", "tags.team = risk", "tags.note = \"50% it's *\"", "tags.note = '50% it''s *'",
    "tags.note = '50% it\\'s *'", "tags.team = 'risk\nrisk'", "tags.team = ' risk '", "params.opt = 'a_b'",
    "params.opt LIKE 'a_b'", "params.opt LIKE 'a%b'", "params.opt = 'a%b'", "params.opt = 'sgd'", "params.lr = 'x' AND",
    "attributes.start_time = '5000'", "attributes.start_time = 5000.0", "attributes.start_time > -1",
    "attributes.start_time = abc", "attributes.start_time > 99999999999999999999", "attributes.end_time > 0",
    "attributes.end_time != 0", "attributes.start_time = 0", "attributes.status = 'finished'",
    "attributes.status = FINISHED", "attributes.status LIKE 'F%'", "attributes.status ILIKE 'f%'",
    "attributes.status = 3", "attributes.status = 'NOPE'",
    # Joining
    "metrics.loss = 0.5 AND params.lr = '0.1'", "metrics.loss = 0.5 and params.lr = '0.1'",
    "metrics.loss > 0 And metrics.loss < 1", "metrics.loss = 0.5 AND metrics.loss = 0.25",
    "metrics.loss = 0.5 OR metrics.acc = 2", "NOT metrics.loss = 0.5", "(metrics.loss = 0.5)",
    "(metrics.loss = 0.5) AND params.lr = '0.1'", "metrics.loss = 0.5, params.lr = '0.1'",
    "metrics.loss = 0.5 params.lr = '0.1'", "metrics.loss = 0.5 AND AND params.lr = '0.1'", "AND metrics.loss = 0.5",
    "metrics.loss = 0.5;", "metrics.loss = 0.5; DROP TABLE runs", "metrics.loss = 0.5 -- comment",
    "metrics.loss = 0.5 /* comment */", "metrics.loss = 0.5 AND 1 = 1", "1 = 1", "1 = metrics.loss",
    "tags.team = 'risk' AND tags.team = 'risk'", "params.lr = 'a AND b'", "tags.team = 'x' OR 'a' = 'a'",
    "metrics.loss BETWEEN 0 AND 1",
    # Half of it
    "metrics.loss", "metrics.loss =", "= 0.5", "metrics.loss 0.5", "metrics.loss == 0.5", "metrics.loss <> 0.5",
    "metrics.loss ! 0.5", "metrics.loss = = 0.5", "metrics", "metrics.", "'", "\"", "`", "metrics.loss = '",
    "params.lr = '0.1", "params.lr LIKE", "tags.team IS", "tags.team IS NOT", "tags.team NOT NULL",
    "tags.team IS NULL AND metrics.loss = 0.5", "tags.team is not null", "tags.team is NULL",
    # Blanks
    "", " ", "\n", "metrics.loss=0.5", "metrics.loss  =  0.5", " metrics.loss = 0.5 ", "metrics.loss\n=\n0.5",
    "metrics.loss\t=\t0.5", "metrics .loss = 0.5", "metrics. loss = 0.5", "params.lr='0.1'AND metrics.loss=0.5",
    "metrics.loss>=0.5", "metrics.loss> =0.5",
    # Lists
    "attributes.run_id IN ('{alpha}')", "attributes.run_id IN ('{alpha}', 'x')", "attributes.run_id IN ('{alpha}',)",
    "attributes.run_id IN ()", "attributes.run_id IN (abc)", "attributes.run_id IN (1, 2)",
    "attributes.run_id in ('{alpha}')", "attributes.run_id IN ('{alpha}'", "attributes.run_id NOT IN ('{alpha}')",
    "attributes.run_id not in ('{alpha}')", "attributes.run_id IN (\"{alpha}\")",
    "attributes.run_id IN ('{alpha}', \"x\")", "attributes.run_id IN ('{alpha}' 'x')",
    "attributes.status IN ('FINISHED', 'FAILED')", "attributes.start_time IN (1000, 2000)",
    "datasets.name IN ('wine') AND metrics.acc = 1", "attributes.run_id IN (('{alpha}'))", "attributes.run_id IN ('')",
    "datasets.name = 'wine' AND datasets.digest = 'd2'", "datasets.foo = 'x'",
]  # fmt: skip
for _text in WORDS:
    ask(_text)

ORDERS: list[list[str]] = [
    ["metrics.loss"], ["metrics.loss ASC"], ["metrics.loss DESC"], ["metrics.acc DESC"], ["metrics.missing"],
    ["metrics.`two words` DESC"], ["params.lr"], ["params.lr DESC"], ["params.opt ASC"], ["params.opt DESC"],
    ["tags.team"], ["tags.team DESC"], ["tags.`mlflow.runName`"], ["attributes.start_time", "run_name"],
    ["attributes.start_time DESC", "run_name DESC"], ["end_time"], ["end_time DESC"], ["status", "run_name"],
    ["status DESC", "run_name"], ["run_name"], ["run_name DESC"], ["user_id", "run_name"], ["user_id DESC", "run_name"],
    ["attribute.run_name"], ["attr.run_name"], ["Run Name"], ["attributes.`Run name`"], ["Created", "run_name"],
    ["metrics.acc desc"], ["metrics.acc Desc"], ["metrics.acc asc", "metrics.loss desc"],
    ["params.opt", "metrics.loss DESC", "run_name"], ["metrics.loss DESCENDING"], ["metrics.loss DESC ASC"],
    ["metrics.loss,metrics.acc"], ["metrics.loss DESC, metrics.acc"], [""], [" "], ["foo"], ["foo.bar"], ["metrics"],
    ["metrics."], ["attributes.foo"], ["datasets.name"], ["metrics.loss; DROP TABLE runs"], ["1"],
    ["metrics.loss", "metrics.loss"], ["metrics.loss", "metrics.loss DESC"], ["run_name", "attributes.run_name"],
    ["start_time", "Created"], ["`run_name`"], ["attributes.lifecycle_stage"], ["attributes.experiment_id"],
    ["tags.größe"], ["METRICS.loss"], ["  metrics.loss   DESC  "], ["'run_name'"], ["\"run_name\" DESC"],
    ["metrics.\"a.b/c\""], ["metrics.a.b/c"], ["metrics.loss NULLS LAST"], ["-metrics.loss"],
]  # fmt: skip


def _order(clauses: list[str]) -> None:
    def script(s: Side) -> None:
        # What the clauses leave open goes by start and then by random ids, so those that start at once are left out.
        search(s, filter="attributes.start_time != 5000", order_by=clauses)

    area.add(SEARCH, f"order: {clauses}", script, DIFFERENT_ORDER.get(tuple(clauses)))


for _clauses in ORDERS:
    _order(_clauses)


@case(SEARCH)
def without_an_order_the_last_started_come_first(s: Side) -> None:
    made = s.scene(runs)
    answer = s.post("runs/search", {"experiment_ids": [made["experiment"]], "filter": "attributes.start_time < 5000"})
    s.say("names", names(answer))


@case(SEARCH)
def runs_that_started_at_once_go_by_id(s: Side) -> None:
    made = s.scene(runs)
    with s.unwritten():
        found = s.post(
            "runs/search", {"experiment_ids": [made["experiment"]], "filter": "attributes.start_time = 5000"}
        )
    ids = [run["info"]["run_id"] for run in found["runs"]]
    s.say("three, sorted?", len(ids) == 3 and ids == sorted(ids))


@case(SEARCH)
def runs_with_one_metric_go_by_start_and_then_id(s: Side) -> None:
    experiment = s.experiment()
    for start in (1, 3, 2, 2):
        s.log(s.run(experiment, start_time=start), metrics=[{"key": "m", "value": 7, "timestamp": 1}])
    with s.unwritten():
        found = s.post("runs/search", {"experiment_ids": [experiment], "order_by": ["metrics.m ASC"]})["runs"]
    s.say("starts", [run["info"]["start_time"] for run in found])
    s.say("sorted?", found[1]["info"]["run_id"] < found[2]["info"]["run_id"])


for _size in (1, 2, 3, 7, 8, 9):
    for _by in (
        ["run_name"],
        ["metrics.loss DESC", "run_name"],
        ["params.opt", "run_name"],
        ["end_time DESC", "run_name"],
    ):

        def _pages(s: Side, size: int = _size, by: list[str] = _by) -> None:
            made = s.scene(runs)
            s.pages(
                "POST", "runs/search", {"experiment_ids": [made["experiment"]], "max_results": size, "order_by": by}
            )

        area.add(SEARCH, f"pages of {_size} by {_by}", _pages)

SENT: dict[str, dict[str, Any]] = {
    "max_results 0": {"max_results": 0}, "max_results -1": {"max_results": -1},
    "max_results 50000": {"max_results": 50000}, "max_results 50001": {"max_results": 50001},
    "max_results as a text": {"max_results": "2"}, "max_results a word": {"max_results": "x"},
    "max_results null": {"max_results": None}, "an empty token": {"page_token": ""},
    "a nonsense token": {"page_token": "nonsense"}, "a token of base64": {"page_token": "aGVsbG8="},
    "view type by number": {"run_view_type": 3}, "view type DELETED_ONLY": {"run_view_type": "DELETED_ONLY"},
    "view type ALL": {"run_view_type": "ALL"}, "no experiments": {"experiment_ids": []},
    "null experiments": {"experiment_ids": None}, "an unknown experiment": {"experiment_ids": ["987654321"]},
    "a null filter": {"filter": None}, "a filter that is a number": {"filter": 5},
    "an order that is a number": {"order_by": 5}, "a null order": {"order_by": None, "filter": "run_name = 'beta'"},
    "an empty order": {"order_by": [], "filter": "run_name = 'beta'"},
    "an order with a number in it": {"order_by": [5]}, "an unknown field": {"colour": "red"},
    "an order as one text": {"order_by": "run_name DESC"}, "an experiment as one text": {"experiment_ids": "0"},
    "an unknown view type": {"run_view_type": "SOME"}, "an unknown number of a view type": {"run_view_type": 7},
    "a number for an experiment": {"experiment_ids": [5]}, "a word for an experiment": {"experiment_ids": ["abc"]},
    "an experiment twice": {"filter": "run_name = 'beta'", "experiment_ids": ["0", "0"]},
}  # fmt: skip
IGNORED = better("the stock server answers as if none had been given", stock=(200, ...))
ONE = differs("GitLab's clients send one text", stock=INVALID, ours=(200, ...))
DIFFERENT_SENT = {
    "max_results null": better("null is as good as absent", ours=(200, ...)),
    "an order as one text": ONE,
    "an experiment as one text": ONE,
    "a number for an experiment": better(
        "the stock server drops what it cannot read, the filter included", stock=(200, ...)
    ),
    "an unknown view type": IGNORED,
    "an unknown number of a view type": IGNORED,
}
for _what, _sent in SENT.items():

    def _ask(s: Side, sent: dict[str, Any] = _sent) -> None:
        search(s, **sent)

    area.add(SEARCH, _what, _ask, DIFFERENT_SENT.get(_what))
