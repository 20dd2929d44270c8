"""Files of runs and logged models: by address, by id, listed; what the official UI asks for."""

from typing import Any

from tests.parity.case import INVALID, MISSING, Area, better, differs
from tests.parity.side import Side

LIST = "GET artifacts/list"
FILES = "/api/2.0/mlflow-artifacts/artifacts"
PUT = f"PUT {FILES}/<artifact_path>"
GET = f"GET {FILES}/<artifact_path>"
DELETE = f"DELETE {FILES}/<artifact_path>"
LIST_ANY = f"GET {FILES}"
LIST_MODEL = "GET logged-models/<model_id>/artifacts/directories"
MODEL_FILE = "GET logged-models/<model_id>/artifacts/files"
GET_ARTIFACT = "GET /get-artifact"
UPLOAD = "POST /ajax-api/2.0/mlflow/upload-artifact"

NO_PATH = differs("what cannot be a path of a file is refused as such", stock=MISSING)

area = Area(
    "artifacts",
    {
        (GET, "a path with a NUL"): NO_PATH,
        (GET, "a path with a scheme"): NO_PATH,
        (LIST, "a path that is a dot"): differs("a path is written in one way only", stock=(200, ...)),
        (GET_ARTIFACT, "no path"): better("an answer is JSON, in MLflow's own words", stock=(400, ...)),
        (UPLOAD, "no content"): differs("an empty file is a file", stock=INVALID, ours=(200, {})),
        ("GET server-info", "what the server is"): differs(
            "what is not offered is not announced: presigned uploads, archives of traces, the gateway",
            stock=(200, {"store_type": "SqlStore", "features_enabled": ...}),
            ours=(200, {"store_type": "SqlStore", "features_enabled": None}),
        ),
    },
)
case, ask = area.case, area.ask


def root(s: Side, **files: str) -> tuple[str, str]:
    """A run with these files, and the address of its folder."""
    answer = s.post("runs/create", {"experiment_id": s.experiment(), "run_name": "r"})
    info = answer["run"]["info"]
    address = str(info["artifact_uri"]).removeprefix("mlflow-artifacts:/")
    for name, text in files.items():
        put(s, f"{address}/{name.replace('__', '/')}", text)
    return info["run_id"], address


def put(s: Side, address: str, text: str) -> None:
    s.call("PUT", f"{FILES}/{address}", text, **{"Content-Type": "application/octet-stream"})


@case(PUT)
def a_file_is_read_as_it_was_written(s: Side) -> None:
    _, address = root(s, a="hello")
    s.get(f"{FILES}/{address}/a")


@case(PUT)
def a_file_in_folders(s: Side) -> None:
    _, address = root(s, x__y__z="deep")
    s.get(f"{FILES}/{address}/x/y/z")


@case(PUT)
def an_empty_file(s: Side) -> None:
    _, address = root(s, empty="")
    s.get(f"{FILES}/{address}/empty")


@case(PUT)
def a_file_is_overwritten(s: Side) -> None:
    _, address = root(s, a="old")
    put(s, f"{address}/a", "new")
    s.get(f"{FILES}/{address}/a")


NAMES = {
    "blanks": "two%20words.txt", "Unicode": "gr%C3%B6%C3%9Fe.txt", "a plus sign": "a+b", "a hash": "a%23b",
    "quotes": "a'b%22c", "a dot first": ".hidden", "several dots": "a..b", "an equals sign": "a=b", "a tilde": "~a",
    "brackets": "a[0]", "a comma": "a,b", "an ampersand": "a&b",
}  # fmt: skip
for _what, _name in NAMES.items():

    def _named(s: Side, name: str = _name) -> None:
        run, address = root(s)
        put(s, f"{address}/{name}", "text")
        s.get(f"{FILES}/{address}/{name}")
        s.get("artifacts/list", {"run_id": run})

    area.add(PUT, f"a name with {_what}", _named)

TRICKS = {
    "two dots": "../a", "two dots inside": "x/../a", "quoted dots": "%2e%2e/a", "twice quoted dots": "%252e%252e/a",
    "a NUL": "a%00b", "a scheme": "file:///a",
}  # fmt: skip
for _what, _name in TRICKS.items():

    def _tricky(s: Side, name: str = _name) -> None:
        _, address = root(s)
        s.get(f"{FILES}/{address}/sub/{name}")

    area.add(GET, f"a path with {_what}", _tricky)


@case(GET)
def a_file_that_is_not_there(s: Side) -> None:
    _, address = root(s)
    s.get(f"{FILES}/{address}/nothing")


@case(DELETE)
def a_deleted_file_is_gone(s: Side) -> None:
    run, address = root(s, a="1", b="2")
    s.delete(f"{FILES}/{address}/a")
    s.get("artifacts/list", {"run_id": run})


@case(DELETE)
def a_deleted_folder_is_gone(s: Side) -> None:
    run, address = root(s, a="1", x__y="2", x__z="3")
    s.delete(f"{FILES}/{address}/x")
    s.get("artifacts/list", {"run_id": run})


@case(DELETE)
def a_file_that_is_not_there_is_deleted(s: Side) -> None:
    _, address = root(s)
    s.delete(f"{FILES}/{address}/nothing")


@case(LIST)
def files_and_folders_are_listed(s: Side) -> None:
    run, _ = root(s, b="22", a="1", x__y="333", x__deep__z="4444")
    s.get("artifacts/list", {"run_id": run})
    s.get("artifacts/list", {"run_id": run, "path": "x"})
    s.get("artifacts/list", {"run_id": run, "path": "x/deep"})


@case(LIST)
def a_folder_with_a_slash_at_its_end(s: Side) -> None:
    run, _ = root(s, x__y="1")
    s.get("artifacts/list", {"run_id": run, "path": "x/"})


@case(LIST)
def a_file_is_no_folder(s: Side) -> None:
    run, _ = root(s, a="1")
    s.get("artifacts/list", {"run_id": run, "path": "a"})


for _what, _path in {
    "a folder that is not there": "nothing",
    "two dots": "..",
    "two dots inside": "a/../b",
    "a leading slash": "/a",
    "a dot": ".",
    "a scheme": "file:///x",
    "nothing": "",
}.items():
    ask(LIST, f"a path that is {_what}", {"run_id": "{run}", "path": _path})
ask(LIST, "a run without files", {"run_id": "{run}"})
ask(LIST, "a run as run_uuid", {"run_uuid": "{run}"})
ask(LIST, "no run", {})
ask(LIST, "an unknown run", {"run_id": "0" * 32})
ask(LIST, "a deleted run", {"run_id": "{deleted_run}"})


@case(LIST_ANY)
def an_address_lists_names(s: Side) -> None:
    _, address = root(s, a="1", x__y="22")
    s.get(FILES, {"path": address})
    s.get(FILES, {"path": f"{address}/x"})


@case(LIST_ANY)
def an_address_without_files(s: Side) -> None:
    _, address = root(s)
    s.get(FILES, {"path": address})


ask(LIST_ANY, "two dots", {"path": "../x"})


def model_root(s: Side, **files: str) -> tuple[str, str]:
    answer = s.post("logged-models", {"experiment_id": s.experiment(), "name": "m"})
    info = answer["model"]["info"]
    address = str(info["artifact_uri"]).removeprefix("mlflow-artifacts:/")
    for name, text in files.items():
        put(s, f"{address}/{name.replace('__', '/')}", text)
    return info["model_id"], address


@case(LIST_MODEL)
def the_files_of_a_model(s: Side) -> None:
    model, _ = model_root(s, MLmodel="flavors: {}", code__a="1")
    s.get(f"logged-models/{model}/artifacts/directories")
    s.get(f"logged-models/{model}/artifacts/directories", {"artifact_directory_path": "code"})


ask(LIST_MODEL, "a model without files", {})
ask(LIST_MODEL, "two dots", {"artifact_directory_path": "../x"})
ask(LIST_MODEL, "an unknown model", {}, path="logged-models/m-" + "0" * 32 + "/artifacts/directories")


@case(MODEL_FILE)
def a_file_of_a_model(s: Side) -> None:
    model, _ = model_root(s, MLmodel="flavors: {}")
    s.get(f"/ajax-api/2.0/mlflow/logged-models/{model}/artifacts/files", {"artifact_file_path": "MLmodel"})


@case(GET_ARTIFACT)
def a_file_of_a_run(s: Side) -> None:
    run, _ = root(s, x__a="hello")
    s.get("/get-artifact", {"run_id": run, "path": "x/a"})
    s.get("/get-artifact", {"run_uuid": run, "path": "x/a"})


GET_SENT: dict[str, Any] = {
    "no path": {"run_id": "{run}"}, "two dots": {"run_id": "{run}", "path": "../a"},
    "an unknown run": {"run_id": "0" * 32, "path": "a"},
    "a file that is not there": {"run_id": "{run}", "path": "nothing"},
}  # fmt: skip
for _what, _sent in GET_SENT.items():
    ask(GET_ARTIFACT, _what, _sent)


def upload(s: Side, run: str, path: str, text: str) -> None:
    query = "&".join(f"{name}={value}" for name, value in (("run_uuid", run), ("path", path)) if value)
    s.call(
        "POST", f"/ajax-api/2.0/mlflow/upload-artifact?{query}", text, **{"Content-Type": "application/octet-stream"}
    )


@case(UPLOAD)
def a_file_is_uploaded_by_run(s: Side) -> None:
    run, _ = root(s)
    upload(s, run, "x/a.txt", "hello")
    s.get("artifacts/list", {"run_id": run, "path": "x"})
    s.get("/get-artifact", {"run_id": run, "path": "x/a.txt"})


for _what, (_run, _path, _text) in {
    "no run": ("", "a", "x"), "no path": ("run", "", "x"), "no content": ("run", "a", ""),
    "two dots": ("run", "../a", "x"), "an unknown run": ("0" * 32, "a", "x"),
}.items():  # fmt: skip

    def _upload(s: Side, run: str = _run, path: str = _path, text: str = _text) -> None:
        upload(s, s.run() if run == "run" else run, path, text)

    area.add(UPLOAD, _what, _upload)

for _about in ("POST artifacts/presigned-upload-url", "POST artifacts/presigned-download-url"):
    ask(_about, "a file of a run", {"run_id": "{run}", "path": "a"})
    ask(_about, "no run", {"path": "a"})
    ask(_about, "no path", {"run_id": "{run}"})


@case("GET server-info")
def what_the_server_is(s: Side) -> None:
    s.get("/api/3.0/mlflow/server-info")


@case("GET /version")
def which_api_the_server_speaks(s: Side) -> None:
    s.get("/version")


@case("GET /health")
def whether_the_server_is_well(s: Side) -> None:
    s.get("/health")
