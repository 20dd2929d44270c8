"""Cases that are told with MLflow's own client."""

import contextlib
import os
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from tests.parity.case import Area, Difference
from tests.parity.side import Side

with warnings.catch_warnings(action="ignore"):
    import mlflow
    from mlflow import MlflowClient
    from mlflow.exceptions import MlflowException

Script = Callable[[Side, MlflowClient], object]


class ClientArea(Area):
    def method(self, name: str, difference: Difference | None = None) -> Callable[[Script], Script]:
        """A script about a method of the client, which it has as well."""

        def add(script: Script) -> Script:
            def with_client(s: Side) -> None:
                script(s, client(s))

            self.add(f"MlflowClient.{name}", script.__name__.replace("_", " "), with_client, difference)
            return script

        return add


def client(s: Side) -> MlflowClient:
    # It reads the token whenever it asks; the stock server takes no notice of one.
    os.environ |= {"MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0", "MLFLOW_ENABLE_ASYNC_LOGGING": "false"}
    if s.token:
        os.environ["MLFLOW_TRACKING_TOKEN"] = s.token
    return MlflowClient(s.root, s.root)


_one_at_a_time = threading.Lock()


@contextlib.contextmanager
def everywhere(s: Side) -> Iterator[None]:
    """For what asks the server of the whole process, not that of the client: one side after the other."""
    with _one_at_a_time:
        mlflow.set_tracking_uri(s.root)
        try:
            yield
        finally:
            mlflow.set_tracking_uri(None)


def told(s: Side, what: str, ask: Callable[[], Any]) -> Any:
    """Writes down what the client makes of the answer, or the error that it raises."""
    try:
        found = ask()
    except MlflowException as refused:
        s.say(what, {"error_code": refused.error_code, "message": str(refused)})
        return None
    s.say(what, plain(found))
    return found


def plain(found: Any) -> Any:
    """As JSON could say it."""
    if isinstance(found, str | int | float | bool | None):
        return found
    if isinstance(found, dict):
        return {str(key): plain(value) for key, value in found.items()}
    if hasattr(found, "token") and isinstance(found, Iterable):
        return {"items": [plain(one) for one in found], "more": bool(found.token)}
    if isinstance(found, list | tuple | set):
        return [plain(one) for one in found]
    if hasattr(found, "__iter__"):
        return {name: plain(value) for name, value in found}
    return {name: plain(value) for name, value in vars(found).items()} if hasattr(found, "__dict__") else str(found)


def made(s: Side) -> tuple[str, str]:
    """An experiment and a run of it."""
    experiment = s.experiment()
    return experiment, s.run(experiment)
