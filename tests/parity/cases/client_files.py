"""The same steps with MLflow's own client: files of runs and logged models."""

import io
import tempfile
import warnings
from pathlib import Path

from matplotlib.figure import Figure
from PIL import Image

from tests.parity.side import Side
from tests.parity.with_client import ClientArea, everywhere, made, told

with warnings.catch_warnings(action="ignore"):
    from mlflow import MlflowClient

area = ClientArea("client_files")
case = area.method


def tree(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): path.read_text() for path in sorted(folder.rglob("*")) if path.is_file()}


@case("log_text")
def a_text(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    told(s, "log_text", lambda: c.log_text(run, "größe", "notes/a b.txt"))
    told(s, "list_artifacts", lambda: c.list_artifacts(run, "notes"))


@case("log_dict")
def a_dict(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    told(s, "log_dict", lambda: c.log_dict(run, {"a": [1, None]}, "a.json"))
    told(s, "list_artifacts", lambda: c.list_artifacts(run))


@case("log_artifact")
def a_file(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "a.txt").write_text("hello")
        told(s, "log_artifact", lambda: c.log_artifact(run, f"{name}/a.txt", "folder"))
    told(s, "list_artifacts", lambda: c.list_artifacts(run, "folder"))


@case("log_artifacts")
def a_folder(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    with tempfile.TemporaryDirectory() as name:
        for path in ("a", "x/b", "x/y/c"):
            (Path(name) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(name) / path).write_text(path)
        told(s, "log_artifacts", lambda: c.log_artifacts(run, name))
    told(s, "list_artifacts", lambda: c.list_artifacts(run))
    told(s, "list_artifacts", lambda: c.list_artifacts(run, "x"))


@case("list_artifacts")
def a_run_without_files(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    told(s, "list_artifacts", lambda: c.list_artifacts(run))
    told(s, "list_artifacts", lambda: c.list_artifacts(run, "nothing"))


@case("download_artifacts")
def downloaded_files(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    for path in ("a", "x/b", "x/y/c"):
        c.log_text(run, path, path)
    with tempfile.TemporaryDirectory() as name:
        c.download_artifacts(run, "", name)
        s.say("all", tree(Path(name)))
    with tempfile.TemporaryDirectory() as name:
        c.download_artifacts(run, "x/b", name)
        s.say("one", tree(Path(name)))


@case("log_model_artifacts")
def the_files_of_a_model(s: Side, c: MlflowClient) -> None:
    model = s.model()
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "MLmodel").write_text("flavors: {}")
        told(s, "log_model_artifacts", lambda: c.log_model_artifacts(model, name))
    told(s, "list", lambda: c.list_logged_model_artifacts(model))


@case("log_model_artifact")
def a_file_of_a_model(s: Side, c: MlflowClient) -> None:
    model = s.model()
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "a.txt").write_text("hello")
        told(s, "log_model_artifact", lambda: c.log_model_artifact(model, f"{name}/a.txt"))
    told(s, "list", lambda: c.list_logged_model_artifacts(model))


@case("list_logged_model_artifacts")
def a_model_without_files(s: Side, c: MlflowClient) -> None:
    model = s.model()
    told(s, "list", lambda: c.list_logged_model_artifacts(model))


@case("log_stream")
def a_stream(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    told(s, "log_stream", lambda: c.log_stream(run, io.BytesIO(b"hello"), "a.bin"))
    told(s, "list_artifacts", lambda: c.list_artifacts(run))


@case("log_image")
def an_image(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    told(s, "log_image", lambda: c.log_image(run, Image.new("RGB", (4, 4)), "a.png"))
    told(s, "list_artifacts", lambda: c.list_artifacts(run))


@case("log_figure")
def a_figure(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    told(s, "log_figure", lambda: c.log_figure(run, Figure(), "a.png"))
    told(s, "list_artifacts", lambda: c.list_artifacts(run))


@case("log_table")
def a_table(s: Side, c: MlflowClient) -> None:
    _, run = made(s)
    for _ in range(2):
        told(s, "log_table", lambda: c.log_table(run, {"a": [1, 2], "b": ["x", "y"]}, "a.json"))
    told(s, "get_run", lambda: c.get_run(run))


@case("load_table")
def a_loaded_table(s: Side, c: MlflowClient) -> None:
    experiment, run = made(s)
    c.log_table(run, {"a": [1, 2], "b": ["x", "y"]}, "a.json")
    with everywhere(s):
        told(s, "load_table", lambda: c.load_table(experiment, "a.json", [run]).to_dict("list"))
