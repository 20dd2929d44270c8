"""One of the two servers, as a case sees it: requests go out, and the answers are written down for comparison."""

import json
import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tests.parity.normal import Normal

API = "/api/2.0/mlflow/"
# The stock server is shared by all processes of a session, each of which builds its scenes there.
_PROCESS = secrets.token_hex(4)
logging.getLogger("httpx").setLevel(logging.WARNING)


class Refused(Exception):
    """What a case starts from was not made: it ends here, and what was written so far is compared."""


class Side:
    """`root` is a tracking URI. `unique` is the same on both sides, and another for each case."""

    def __init__(self, root: str, token: str = "") -> None:
        self.root, self.token = root, token
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        # Without the machine's proxies, and patient: both servers share the machine with other tests.
        self.http = httpx.Client(headers=headers, timeout=60, trust_env=False)
        self.scenes: dict[Callable[[Side], Any], Any] = {}
        self.lasting = Normal()
        self.begin("")

    def begin(self, unique: str) -> None:
        """Turns a new page for a case."""
        self.unique = unique
        self.written: list[dict[str, Any]] = []
        self.normal = self.lasting.copy()
        self.names = 0

    # What a case writes down.

    def call(self, method: str, path: str, sent: Any = None, **headers: str) -> Any:
        """The answer's JSON, or its text. `sent` is the query of a GET, else the body; a text goes as it is."""
        url = self.root + (path if path.startswith("/") else f"{API}{path}")
        if method == "GET":
            response = self.http.get(url, params=sent, headers=headers)
        else:
            body = sent if isinstance(sent, str) else json.dumps({} if sent is None else sent)
            response = self.http.request(
                method, url, content=body.encode(), headers={"Content-Type": "application/json", **headers}
            )
        body = _body(response)
        call = self.normal.told(f"{method} {path}")
        self.written.append({"call": call, "status": response.status_code, "body": self.normal.told(body)})
        return body

    def say(self, what: str, value: Any) -> Any:
        """Writes down something that the case found out itself."""
        self.written.append({"call": what, "status": 200, "body": self.normal.told(value)})
        return value

    @contextmanager
    def unwritten(self) -> Iterator[None]:
        kept = list(self.written)
        yield
        self.written = kept

    def get(self, path: str, sent: Any = None) -> Any:
        return self.call("GET", path, sent)

    def post(self, path: str, sent: Any = None) -> Any:
        return self.call("POST", path, sent)

    def patch(self, path: str, sent: Any = None) -> Any:
        return self.call("PATCH", path, sent)

    def delete(self, path: str, sent: Any = None) -> Any:
        return self.call("DELETE", path, sent)

    def pages(self, method: str, path: str, sent: dict[str, Any]) -> list[Any]:
        """All pages, by their tokens; at most twenty."""
        found: list[Any] = []
        token = ""
        while len(found) < 20:
            page = self.call(method, path, {**sent, "page_token": token} if token else sent)
            found.append(page)
            token = page.get("next_page_token", "")
            if not token:
                break
        return found

    # What a case starts from.

    def scene(self, build: Callable[["Side"], Any]) -> Any:
        """What `build` made on this server, once for all cases that only read it."""
        if build not in self.scenes:
            own = self.normal, self.unique, self.names
            self.normal, self.unique, self.names = self.lasting, f"{build.__name__} {_PROCESS}", 0
            with self.unwritten():
                self.scenes[build] = build(self)
            self.normal, self.unique, self.names = own
        self.normal.learn(self.lasting)
        return self.scenes[build]

    def name(self) -> str:
        self.names += 1
        return f"n{self.names} {self.unique}"

    def experiment(self, name: str = "", **more: Any) -> str:
        return _id(self.post("experiments/create", {"name": name or self.name(), **more}), "experiment_id")

    def deleted_experiment(self) -> str:
        experiment = self.experiment()
        self.post("experiments/delete", {"experiment_id": experiment})
        return experiment

    def run(self, experiment: str = "", **more: Any) -> str:
        sent = {"experiment_id": experiment or self.experiment(), "run_name": "run", "start_time": 1000, **more}
        return _id(self.post("runs/create", sent), "run", "info", "run_id")

    def deleted_run(self) -> str:
        run = self.run()
        self.post("runs/delete", {"run_id": run})
        return run

    def model(self, experiment: str = "", **more: Any) -> str:
        sent = {"experiment_id": experiment or self.experiment(), "name": "model", **more}
        return _id(self.post("logged-models", sent), "model", "info", "model_id")

    def registered(self, **more: Any) -> str:
        """A registered model, by its name."""
        name = self.name()
        self.post("registered-models/create", {"name": name, **more})
        return name

    def version(self, name: str, run: str = "", **more: Any) -> str:
        """The number of a new version, made of a run's folder."""
        run = run or self.run()
        sent = {"name": name, "source": f"runs:/{run}/model", "run_id": run, **more}
        return _id(self.post("model-versions/create", sent), "model_version", "version")

    def log(self, run: str, **what: Any) -> Any:
        """`metrics`, `params` and `tags`, in the words of log-batch."""
        return self.post("runs/log-batch", {"run_id": run, **what})

    def close(self) -> None:
        self.http.close()


def _id(answer: Any, *path: str) -> str:
    for name in path:
        if name not in answer:
            raise Refused
        answer = answer[name]
    return str(answer)


def _body(response: httpx.Response) -> Any:
    """Nothing at all says as much as an empty object."""
    try:
        return json.loads(response.text or "{}")
    except ValueError:
        return response.text
