"""What MLflow offers: its server's endpoints and its client's methods, and to which of its areas they belong."""

import re
import warnings
from dataclasses import dataclass

from django.urls import Resolver404, resolve

with warnings.catch_warnings(action="ignore"):
    from mlflow import MlflowClient
    from mlflow.server.handlers import get_endpoints

API = re.compile(r"^/api/[23]\.0/?mlflow/")

# The stock server routes these beside its list; its own page and its client ask for them.
UNLISTED = [
    "GET metrics/get-history-bulk",
    "GET logged-models/<model_id>/artifacts/files",
    "POST /ajax-api/2.0/mlflow/upload-artifact",
    "GET /get-artifact",
    "GET /model-versions/get-artifact",
    "GET /health",
    "GET /version",
]

# What is not offered goes by areas of MLflow. The first that fits counts.
GROUPS = {
    "Model registry": r"registered.model|model.version|get_latest_versions",
    "Prompts": r"prompt",
    "Traces, spans and assessments": r"trace|span|assessments",
    "Evaluation datasets": r" datasets/|_dataset|dataset_",
    "Scorers": r"scorers",
    "Issues, labels and review queues": r"issues|label-schemas|review-queues",
    "AI gateway": r"gateway",
    "MCP servers": r"mcp",
    "Webhooks": r"webhook",
    "Workspaces": r"workspace",
    "GraphQL": r"graphql",
}

# Methods of `MlflowClient`, and the endpoints behind them.
CALLS: dict[str, list[str]] = {
    "create_experiment": ["POST experiments/create"],
    "get_experiment": ["GET experiments/get"],
    "get_experiment_by_name": ["GET experiments/get-by-name"],
    "rename_experiment": ["POST experiments/update"],
    "delete_experiment": ["POST experiments/delete"],
    "restore_experiment": ["POST experiments/restore"],
    "set_experiment_tag": ["POST experiments/set-experiment-tag"],
    "delete_experiment_tag": ["POST experiments/delete-experiment-tag"],
    "search_experiments": ["POST experiments/search"],
    "create_run": ["POST runs/create"],
    "get_run": ["GET runs/get"],
    "get_parent_run": ["GET runs/get"],
    "update_run": ["POST runs/update"],
    "set_terminated": ["POST runs/update"],
    "delete_run": ["POST runs/delete"],
    "restore_run": ["POST runs/restore"],
    "log_metric": ["POST runs/log-metric"],
    "get_metric_history": ["GET metrics/get-history"],
    "log_param": ["POST runs/log-parameter"],
    "log_batch": ["POST runs/log-batch"],
    "set_tag": ["POST runs/set-tag"],
    "delete_tag": ["POST runs/delete-tag"],
    "search_runs": ["POST runs/search"],
    "log_inputs": ["POST runs/log-inputs"],
    "log_outputs": ["POST runs/outputs"],
    "create_logged_model": ["POST logged-models"],
    "get_logged_model": ["GET logged-models/<model_id>"],
    "finalize_logged_model": ["PATCH logged-models/<model_id>"],
    "delete_logged_model": ["DELETE logged-models/<model_id>"],
    "log_model_params": ["POST logged-models/<model_id>/params"],
    "set_logged_model_tags": ["PATCH logged-models/<model_id>/tags"],
    "delete_logged_model_tag": ["DELETE logged-models/<model_id>/tags/<tag_key>"],
    "search_logged_models": ["POST logged-models/search"],
    **{
        name: ["PUT /api/2.0/mlflow-artifacts/artifacts/<artifact_path>"]
        for name in (
            *("log_artifact", "log_artifacts", "log_text", "log_dict", "log_stream", "log_image", "log_figure"),
            *("log_model_artifact", "log_model_artifacts", "log_table"),
        )
    },
    "load_table": ["GET /api/2.0/mlflow-artifacts/artifacts/<artifact_path>"],
    "download_artifacts": ["GET /api/2.0/mlflow-artifacts/artifacts/<artifact_path>"],
    "list_artifacts": ["GET artifacts/list"],
    "create_registered_model": ["POST registered-models/create"],
    "get_registered_model": ["GET registered-models/get"],
    "rename_registered_model": ["POST registered-models/rename"],
    "update_registered_model": ["PATCH registered-models/update"],
    "delete_registered_model": ["DELETE registered-models/delete"],
    "search_registered_models": ["GET registered-models/search"],
    "get_latest_versions": ["POST registered-models/get-latest-versions"],
    "set_registered_model_tag": ["POST registered-models/set-tag"],
    "delete_registered_model_tag": ["DELETE registered-models/delete-tag"],
    "set_registered_model_alias": ["POST registered-models/alias"],
    "delete_registered_model_alias": ["DELETE registered-models/alias"],
    "get_model_version_by_alias": ["GET registered-models/alias"],
    "create_model_version": ["POST model-versions/create"],
    "copy_model_version": ["POST model-versions/create"],
    "get_model_version": ["GET model-versions/get"],
    "get_model_version_stages": [],
    "update_model_version": ["PATCH model-versions/update"],
    "delete_model_version": ["DELETE model-versions/delete"],
    "search_model_versions": ["GET model-versions/search"],
    "get_model_version_download_uri": ["GET model-versions/get-download-uri"],
    "transition_model_version_stage": ["POST model-versions/transition-stage"],
    "set_model_version_tag": ["POST model-versions/set-tag"],
    "delete_model_version_tag": ["DELETE model-versions/delete-tag"],
    "register_prompt": ["POST registered-models/create", "POST model-versions/create"],
    "load_prompt": ["GET registered-models/alias", "GET model-versions/get"],
    "search_prompts": ["GET registered-models/search"],
    "search_prompt_versions": ["GET model-versions/search"],
    "get_prompt": ["GET registered-models/get"],
    "get_prompt_version": ["GET model-versions/get"],
    "set_prompt_tag": ["POST registered-models/set-tag"],
    "set_prompt_alias": ["POST registered-models/alias"],
    "delete_prompt_alias": ["DELETE registered-models/alias"],
    "delete_prompt": ["DELETE registered-models/delete"],
    "delete_prompt_version": ["DELETE model-versions/delete"],
    "create_prompt": ["POST registered-models/create"],
    "create_prompt_version": ["POST model-versions/create"],
    "get_prompt_version_by_alias": ["GET registered-models/alias"],
    "delete_prompt_tag": ["DELETE registered-models/delete-tag"],
    "set_prompt_version_tag": ["POST model-versions/set-tag"],
    "delete_prompt_version_tag": ["DELETE model-versions/delete-tag"],
    "link_prompt_version_to_run": ["POST runs/set-tag"],
    "link_prompt_version_to_model": ["PATCH logged-models/<model_id>/tags"],
    "list_logged_prompts": ["GET runs/get", "GET model-versions/search"],
    "create_webhook": ["POST webhooks"],
    "get_webhook": ["GET webhooks/<webhook_id>"],
    "list_webhooks": ["GET webhooks"],
    "update_webhook": ["PATCH webhooks/<webhook_id>"],
    "delete_webhook": ["DELETE webhooks/<webhook_id>"],
    "test_webhook": ["POST webhooks/<webhook_id>/test"],
    "list_logged_model_artifacts": ["GET logged-models/<model_id>/artifacts/directories"],
}


@dataclass(frozen=True)
class Endpoint:
    """As cases name it: a method, and a path below `api/2.0/mlflow/` or from the root."""

    about: str
    is_offered: bool


def endpoints() -> list[Endpoint]:
    listed = [
        f"{method} {_path(path)}"
        for path, _, methods in get_endpoints()
        if not path.startswith("/ajax-api/")
        for method in sorted(methods)
    ]
    return [Endpoint(about, _is_offered(about)) for about in dict.fromkeys([*listed, *UNLISTED])]


def _path(path: str) -> str:
    return re.sub(r"<\w+:", "<", API.sub("", path))


def _is_offered(about: str) -> bool:
    method, path = about.split(" ")
    address = path if path.startswith("/") else f"/api/2.0/mlflow/{path}"
    try:
        view = resolve("/api/v4/projects/1/ml/mlflow" + re.sub(r"<(\w+)>", r"\1", address)).func
    except Resolver404:
        return False
    return method in getattr(view, "endpoints", {})


def methods() -> list[str]:
    return [name for name in dir(MlflowClient) if not name.startswith("_") and callable(getattr(MlflowClient, name))]


def group_of(name: str) -> str:
    """The area of MLflow that an endpoint or method belongs to; "" for none of those that are not offered."""
    return next((group for group, pattern in GROUPS.items() if re.search(pattern, name)), "")
