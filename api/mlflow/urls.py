"""THE LIST: every MLflow endpoint that is offered, one line each, in the order of MLflow's REST docs.

Addresses are below `/api/v4/projects/<id or path>/ml/mlflow/`.
"""

from collections.abc import Callable, Iterator

from django.http import HttpResponseBase
from django.urls import URLPattern, URLResolver, include, re_path, register_converter
from django.urls.converters import StringConverter

from api.mlflow import artifacts as artifact
from api.mlflow import (
    browsing,
    experiments,
    inputs,
    logged_models,
    metrics,
    model_versions,
    multipart,
    registered_models,
    runs,
    server,
    webhooks,
)
from api.mlflow.endpoint import not_offered, route


class Anything(StringConverter):
    """Where Django's `path` stops at a line break, this goes on, so that it is ours to refuse."""

    regex = r"[\s\S]+"


register_converter(Anything, "anything")

tracking: list[URLPattern | URLResolver] = [
    route("experiments/create", experiments.CreateExperiment),
    route("experiments/search", experiments.SearchExperiments, experiments.SearchExperimentsByQuery),
    route("experiments/get", experiments.GetExperiment),
    route("experiments/get-by-name", experiments.GetExperimentByName),
    route("experiments/delete", experiments.DeleteExperiment),
    route("experiments/restore", experiments.RestoreExperiment),
    route("experiments/update", experiments.UpdateExperiment),
    route("experiments/set-experiment-tag", experiments.SetExperimentTag),
    route("experiments/delete-experiment-tag", experiments.DeleteExperimentTag),
    route("experiments/search-datasets", inputs.SearchDatasets),
    route("runs/create", runs.CreateRun),
    route("runs/delete", runs.DeleteRun),
    route("runs/restore", runs.RestoreRun),
    route("runs/get", runs.GetRun),
    route("runs/log-metric", runs.LogMetric),
    route("runs/log-batch", runs.LogBatch),
    route("runs/log-parameter", runs.LogParam),
    route("runs/set-tag", runs.SetTag),
    route("runs/delete-tag", runs.DeleteTag),
    route("runs/update", runs.UpdateRun),
    route("runs/search", runs.SearchRuns),
    route("runs/log-model", inputs.LogModel),
    route("runs/log-inputs", inputs.LogInputs),
    route("runs/outputs", inputs.LogOutputs),
    route("artifacts/list", artifact.ListRunArtifacts),
    route("artifacts/presigned-upload-url", browsing.PresignUpload),
    route("artifacts/presigned-download-url", browsing.PresignArtifact),
    route("upload-artifact", browsing.UploadRunArtifact),
    route("metrics/get-history", metrics.GetMetricHistory),
    route("metrics/get-history-bulk", metrics.GetMetricHistoryBulk),
    route("metrics/get-history-bulk-interval", metrics.GetMetricHistoryBulkInterval),
    route("logged-models", logged_models.CreateLoggedModel),
    route("logged-models:batchGet", logged_models.GetLoggedModels),
    # Before the models themselves, as none is called "search".
    route("logged-models/search", logged_models.SearchLoggedModels),
    route(
        "logged-models/<str:model_id>",
        logged_models.GetLoggedModel,
        logged_models.FinalizeLoggedModel,
        logged_models.DeleteLoggedModel,
    ),
    route("logged-models/<str:model_id>/params", logged_models.LogLoggedModelParams),
    route("logged-models/<str:model_id>/tags", logged_models.SetLoggedModelTags),
    # A key may hold slashes, and MLflow's client does not quote them.
    route("logged-models/<str:model_id>/tags/<path:tag_key>", logged_models.DeleteLoggedModelTag),
    route("logged-models/<str:model_id>/artifacts/directories", artifact.ListLoggedModelArtifacts),
    route("logged-models/<str:model_id>/artifacts/files", browsing.GetLoggedModelArtifact),
    route("webhooks", webhooks.CreateWebhook, webhooks.ListWebhooks),
    route("webhooks/<str:webhook_id>", webhooks.GetWebhook, webhooks.UpdateWebhook, webhooks.DeleteWebhook),
    route("webhooks/<str:webhook_id>/test", webhooks.TestWebhook),
    route("server-info", server.ServerInfo),
]

registry: list[URLPattern | URLResolver] = [
    route("registered-models/create", registered_models.CreateRegisteredModel),
    route("registered-models/get", registered_models.GetRegisteredModel),
    route("registered-models/rename", registered_models.RenameRegisteredModel),
    route("registered-models/update", registered_models.UpdateRegisteredModel),
    route("registered-models/delete", registered_models.DeleteRegisteredModel),
    route(
        "registered-models/get-latest-versions",
        registered_models.GetLatestVersions,
        registered_models.GetLatestVersionsByQuery,
    ),
    route("registered-models/search", registered_models.SearchRegisteredModels),
    route("registered-models/set-tag", registered_models.SetRegisteredModelTag),
    route("registered-models/delete-tag", registered_models.DeleteRegisteredModelTag),
    route(
        "registered-models/alias",
        registered_models.SetRegisteredModelAlias,
        registered_models.DeleteRegisteredModelAlias,
        registered_models.GetModelVersionByAlias,
    ),
    route("model-versions/create", model_versions.CreateModelVersion),
    route("model-versions/get", model_versions.GetModelVersion),
    route("model-versions/update", model_versions.UpdateModelVersion),
    route("model-versions/delete", model_versions.DeleteModelVersion),
    route("model-versions/search", model_versions.SearchModelVersions),
    route("model-versions/get-download-uri", model_versions.GetDownloadUri),
    route("model-versions/transition-stage", model_versions.TransitionStage),
    route("model-versions/set-tag", model_versions.SetModelVersionTag),
    route("model-versions/delete-tag", model_versions.DeleteModelVersionTag),
]

artifacts: list[URLPattern | URLResolver] = [
    route("artifacts", artifact.ListArtifacts),
    route(
        "artifacts/<anything:address>",
        artifact.DownloadArtifact,
        artifact.DescribeArtifact,
        artifact.UploadArtifact,
        artifact.DeleteArtifact,
    ),
    route("mpu/create/<anything:address>", multipart.CreateUpload),
    route("mpu/complete/<anything:address>", multipart.CompleteUpload),
    route("mpu/abort/<anything:address>", multipart.AbortUpload),
    route("presigned/<anything:address>", multipart.PresignedDownload),
]

urlpatterns: list[URLPattern | URLResolver] = [
    # The official UI says ajax-api where clients say api; MLflow 3 clients use 3.0 for what is new in it.
    re_path(r"^(?:ajax-)?api/[23]\.0/mlflow/", include(tracking + registry)),
    re_path(r"^(?:ajax-)?api/2\.0/mlflow-artifacts/", include(artifacts)),
    route("get-artifact", browsing.GetRunArtifact),
    route("model-versions/get-artifact", model_versions.GetModelVersionArtifact),
    route("health", server.Health),
    route("version", server.Version),
    # Whatever else, the root itself and line breaks included.
    re_path(r"^(?P<address>(?s:.*))", not_offered),
]

PREFIXES = ("api/2.0/mlflow/", "ajax-api/2.0/mlflow/", "api/3.0/mlflow/", "ajax-api/3.0/mlflow/")


def plain() -> Iterator[tuple[str, Callable[..., HttpResponseBase]]]:
    """Each address of tracking and registry that has no parts to capture, below an MLflow root, and its view."""
    for one in [*tracking, *registry]:
        if isinstance(one, URLPattern) and "<" not in str(one.pattern):
            yield from ((f"{prefix}{one.pattern}", one.callback) for prefix in PREFIXES)
