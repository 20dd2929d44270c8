"""What is said to each endpoint: as little as it takes, about the things that `world` has made."""

from collections.abc import Callable
from typing import Any

import msgspec

from tests.access.lines import Line
from tests.access.world import PASSWORD, Caller, World, upload_for
from tests.endpoints import plausible

TAG = [{"key": "a", "value": "b"}]
NEW_TOKEN = {"name": "new", "scopes": ["read_api"]}
NEW_DEPLOY_TOKEN = {"name": "new", "scopes": ["read_packages"]}
NEW_USER = {"username": "newest", "name": "New", "email": "n@example.com", "password": f"{PASSWORD}!"}
MODEL_JSON = '{"artifact_path": "m", "run_id": "x", "flavors": {}, "utc_time_created": "x"}'


def told_of(world: World, caller: Caller) -> dict[str, Any]:
    """The values of fields that mean the same everywhere."""
    ids = world.ids
    return {
        "experiment_id": str(ids["experiment"].iid),
        "experiment_ids": [str(ids["experiment"].iid)],
        "experiment_name": "churn",
        "run_id": ids["run"].uuid,
        "run_ids": [ids["run"].uuid],
        "metric_key": "loss",
        "path": "folder/data.csv",
        "artifact_file_path": "folder/data.csv",
        "key": "team",
        "name": "backed",
        "version": "1",
        "model": "backed",
        "alias": "champion",
        "from_": "1",
        "text": "**x**",
        "target_project_id": ids["stranded"],
        "target_group_id": ids["elsewhere"].pk,
        "namespace": ids["elsewhere"].pk,
        "url": "https://8.8.8.8/",
        "events": [{"entity": "MODEL_VERSION", "action": "CREATED"}],
    }


def _completed(world: World, caller: Caller) -> dict[str, Any]:
    known, _, etag = upload_for(world, caller)
    return {"path": "large.bin", "upload_id": known, "parts": [{"part_number": 1, "etag": etag}]}


def _aborted(world: World, caller: Caller) -> dict[str, Any]:
    return {"path": "large.bin", "upload_id": upload_for(world, caller)[0]}


# Where the fields that must be there are not enough, or mean something else. By the last parts of the address.
ALSO: dict[str, Callable[[World, Caller], dict[str, Any]]] = {
    "POST experiments/create": lambda w, c: {"name": "new"},
    "POST experiments/delete": lambda w, c: {"experiment_id": str(w.ids["spare"].iid)},
    "POST experiments/search": lambda w, c: {"max_results": 9},
    "GET experiments/search": lambda w, c: {"max_results": 9},
    "POST experiments/restore": lambda w, c: {"experiment_id": str(w.ids["gone"].iid)},
    "POST runs/delete": lambda w, c: {"run_id": w.ids["spare_run"].uuid},
    "POST runs/restore": lambda w, c: {"run_id": w.ids["gone_run"].uuid},
    "POST runs/log-parameter": lambda w, c: {"key": "new", "value": "1"},
    "POST runs/log-model": lambda w, c: {
        "model_json": '{"artifact_path": "m", "run_id": "x", "flavors": {}, "utc_time_created": "x"}'
    },
    "POST runs/log-inputs": lambda w, c: {"models": [{"model_id": w.ids["logged"].uuid}]},
    "POST runs/outputs": lambda w, c: {"models": [{"model_id": w.ids["logged"].uuid, "step": 1}]},
    "POST mlflow/upload-artifact": lambda w, c: {"path": "new.bin"},
    "GET mlflow/logged-models:batchGet": lambda w, c: {"model_ids": w.ids["logged"].uuid},
    "PATCH logged-models/<model_id>": lambda w, c: {"status": "LOGGED_MODEL_READY"},
    "POST <model_id>/params": lambda w, c: {"params": TAG},
    "PATCH <model_id>/tags": lambda w, c: {"tags": TAG},
    "GET mlflow-artifacts/artifacts": lambda w, c: {"path": w.ids["place"]},
    "POST mpu/create/<address>": lambda w, c: {"path": "x.bin"},
    "POST mpu/complete/<address>": _completed,
    "POST mpu/abort/<address>": _aborted,
    "POST mlflow/webhooks": lambda w, c: {"name": "new"},
    "PATCH webhooks/<webhook_id>": lambda w, c: {"name": "new"},
    "POST registered-models/create": lambda w, c: {"name": "new"},
    "POST registered-models/rename": lambda w, c: {"new_name": "new"},
    "DELETE registered-models/delete": lambda w, c: {"name": "spare"},
    "POST registered-models/alias": lambda w, c: {"name": "backed", "alias": "latest-one"},
    "DELETE registered-models/alias": lambda w, c: {"alias": "candidate"},
    "GET registered-models/alias": lambda w, c: {"alias": "candidate"},
    "DELETE model-versions/delete": lambda w, c: {"name": "spare"},
    "POST model-versions/transition-stage": lambda w, c: {"stage": "Staging"},
    "POST v4/groups": lambda w, c: {"name": "New", "path": "newest"},
    "PUT v4/groups/<group>": lambda w, c: {"description": "new"},
    "POST <group>/members": lambda w, c: {"user_id": w.ids["newcomer"].pk, "access_level": 10},
    "PUT members/<user>": lambda w, c: {"access_level": 10},
    "POST <project>/members": lambda w, c: {"user_id": w.ids["newcomer"].pk, "access_level": 10},
    "POST <group>/invitations": lambda w, c: {"email": "other@example.org", "access_level": 10},
    "POST <project>/invitations": lambda w, c: {"email": "other@example.org", "access_level": 10},
    "PUT invitations/<email>": lambda w, c: {"access_level": 10},
    "POST <group>/access_tokens": lambda w, c: {**NEW_TOKEN, "access_level": 10},
    "POST <project>/access_tokens": lambda w, c: {**NEW_TOKEN, "access_level": 10},
    "POST <group>/deploy_tokens": lambda w, c: NEW_DEPLOY_TOKEN,
    "POST <project>/deploy_tokens": lambda w, c: NEW_DEPLOY_TOKEN,
    "POST <group>/transfer": lambda w, c: {"group_id": w.ids["above"].pk},
    "POST user/personal_access_tokens": lambda w, c: NEW_TOKEN,
    "POST <user>/personal_access_tokens": lambda w, c: NEW_TOKEN,
    "POST ml/models": lambda w, c: {"name": "new"},
    "PUT ml/models/<name>": lambda w, c: {"name": "renamed"},
    "DELETE versions/<version>": lambda w, c: {"force": "true"},
    "PUT <version>/stage": lambda w, c: {"stage": "Staging"},
    "POST ml/protected_aliases": lambda w, c: {"name": "stable"},
    "PUT ml/settings": lambda w, c: {"publish_at_once": True},
    "POST v4/projects": lambda w, c: {"name": "New"},
    "PUT v4/projects/<project>": lambda w, c: {"description": "new"},
    "POST <project>/hooks": lambda w, c: {"events": ["model_version.created"]},
    "PUT hooks/<hook_id>": lambda w, c: {"name": "new"},
    "PATCH <project>/job_token_scope": lambda w, c: {"enabled": False},
    "POST v4/users": lambda w, c: {
        "username": "newest",
        "name": "N",
        "email": "n@example.com",
        "password": f"{PASSWORD}!",
    },
    "PUT users/<user>": lambda w, c: {"name": "New"},
}
# Asked of all that declare them, as what they ask for without is more than any caller would.
EVEN_IF_OPTIONAL = {"run_id", "run_ids", "experiment_ids"}


def body_for(world: World, line: Line, caller: Caller) -> dict[str, Any]:
    known = told_of(world, caller)
    wanted = {
        one.name
        for one in msgspec.structs.fields(line.endpoint.Params)
        if one.required or (one.name in EVEN_IF_OPTIONAL and "/ml/mlflow/" in line.address)
    }
    said = {name: value for name, value in plausible(line.endpoint.Params, known).items() if name in wanted}
    said |= next((more(world, caller) for place, more in ALSO.items() if _is(line, place)), {})
    return {name.rstrip("_"): value for name, value in said.items()}


def _is(line: Line, place: str) -> bool:
    method, _, end = place.partition(" ")
    return line.method == method and line.address.endswith(f"/{end}")
