"""Experiments, runs and logged models, to look at, delete and restore.

Params, tags and metrics have composite keys, which Django's administration does not know; they are tables on the
page of their run.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from lib.admin import MOST_ROWS, ReadOnlyAdmin, ReadOnlyInline, table, time_of
from lib.errors import Refusal
from tracking.models import (
    Counter,
    Dataset,
    DatasetInput,
    Experiment,
    ExperimentTag,
    LoggedModel,
    LoggedModelParam,
    LoggedModelTag,
    MetricKey,
    ModelInput,
    ModelOutput,
    Run,
)
from tracking.services import experiments, logged_models, runs

STAGE = ("deleted_at", admin.EmptyFieldListFilter)


class DeletableAdmin(ReadOnlyAdmin):
    """What is deleted stays for a while. The actions are the services, so that their rules hold here too."""

    def each(self, request: HttpRequest, change: Callable[[Any], None], selected: QuerySet[Any]) -> None:
        done = 0
        for row in selected:
            try:
                change(row)
                done += 1
            except Refusal as refusal:
                self.message_user(request, refusal.message, messages.WARNING)
        self.message_user(request, f"{done} changed.")

    @admin.display(description="stage", ordering="deleted_at")
    def stage(self, row: Any) -> str:
        return "active" if row.deleted_at is None else "deleted"

    @admin.display(description="deleted", ordering="deleted_at")
    def deleted(self, row: Any) -> Any:
        return time_of(row.deleted_at)


class ExperimentTagsInline(ReadOnlyInline):
    model = ExperimentTag
    show_change_link = False


@admin.register(Experiment)
class ExperimentAdmin(DeletableAdmin):
    list_display = ("name", "iid", "project", "stage", "creator", "created")
    list_select_related = ("project__route", "creator")
    list_filter = (STAGE,)
    search_fields = ("name", "project__route__path")
    ordering = ("-created_ms",)
    fields = ("project", "iid", "name", "creator", "created", "updated", "deleted")
    readonly_fields = ("created", "updated", "deleted")
    inlines = (ExperimentTagsInline,)
    actions = ("delete_experiments", "restore_experiments")

    @admin.display(ordering="created_ms")
    def created(self, experiment: Experiment) -> Any:
        return time_of(experiment.created_ms)

    @admin.display(ordering="updated_ms")
    def updated(self, experiment: Experiment) -> Any:
        return time_of(experiment.updated_ms)

    @admin.action(description="Delete the selected experiments with their runs (they can be restored)")
    def delete_experiments(self, request: HttpRequest, selected: QuerySet[Experiment]) -> None:
        self.each(request, experiments.delete, selected)

    @admin.action(description="Restore the selected experiments with their runs")
    def restore_experiments(self, request: HttpRequest, selected: QuerySet[Experiment]) -> None:
        self.each(request, experiments.restore, selected)


class DatasetsInline(ReadOnlyInline):
    model = DatasetInput
    fields = ("dataset", "context", "tags")
    show_change_link = False


class ModelInputsInline(ReadOnlyInline):
    model = ModelInput
    fields = ("model",)
    show_change_link = False


class ModelOutputsInline(ReadOnlyInline):
    model = ModelOutput
    fields = ("model", "step")
    show_change_link = False


@admin.register(Run)
class RunAdmin(DeletableAdmin):
    list_display = ("name", "uuid", "project", "experiment", "status", "stage", "user_name", "started", "ended")
    list_select_related = ("project__route", "experiment")
    list_filter = ("status", STAGE)
    search_fields = ("=uuid", "name", "user_name", "project__route__path")
    ordering = ("-id",)
    fields = (
        ("project", "experiment"),
        ("name", "iid", "uuid"),
        ("status", "started", "ended", "deleted"),
        ("creator", "user_name"),
        ("job", "package"),
        "params",
        "latest_metrics",
        "tags",
    )
    readonly_fields = ("uuid", "started", "ended", "deleted", "params", "latest_metrics", "tags")
    inlines = (DatasetsInline, ModelInputsInline, ModelOutputsInline)
    actions = ("delete_runs", "restore_runs")

    @admin.display(ordering="start_time")
    def started(self, run: Run) -> Any:
        return time_of(run.start_time)

    @admin.display(ordering="end_time")
    def ended(self, run: Run) -> Any:
        return time_of(run.end_time)

    def params(self, run: Run) -> SafeString:
        return table(("key", "value"), ((one.key, one.value) for one in _first(run.params.order_by("key"))))

    def tags(self, run: Run) -> SafeString:
        return table(("key", "value"), ((one.key, one.value) for one in _first(run.tags.order_by("key"))))

    def latest_metrics(self, run: Run) -> SafeString:
        found = _first(run.latest_metrics.select_related("key").order_by("key__name"))
        rows = ((one.key.name, "NaN" if one.is_nan else one.value, one.step, time_of(one.timestamp)) for one in found)
        return table(("key", "value", "step", "at"), rows)

    @admin.action(description="Delete the selected runs (they can be restored)")
    def delete_runs(self, request: HttpRequest, selected: QuerySet[Run]) -> None:
        self.each(request, runs.delete, selected)

    @admin.action(description="Restore the selected runs")
    def restore_runs(self, request: HttpRequest, selected: QuerySet[Run]) -> None:
        self.each(request, runs.restore, selected)


class LoggedModelParamsInline(ReadOnlyInline):
    model = LoggedModelParam
    show_change_link = False


class LoggedModelTagsInline(ReadOnlyInline):
    model = LoggedModelTag
    show_change_link = False


@admin.register(LoggedModel)
class LoggedModelAdmin(DeletableAdmin):
    list_display = ("name", "uuid", "project", "experiment", "model_type", "status", "stage", "created")
    list_select_related = ("project__route", "experiment")
    list_filter = ("status", STAGE)
    search_fields = ("=uuid", "name", "=source_run_uuid", "project__route__path")
    ordering = ("-id",)
    fields = (
        ("project", "experiment"),
        ("name", "uuid", "model_type"),
        ("status", "status_message", "created", "deleted"),
        ("creator", "source_run_uuid", "package"),
        "metrics",
    )
    readonly_fields = ("uuid", "created", "deleted", "metrics")
    inlines = (LoggedModelParamsInline, LoggedModelTagsInline)
    actions = ("delete_models",)

    @admin.display(ordering="created_ms")
    def created(self, model: LoggedModel) -> Any:
        return time_of(model.created_ms)

    def metrics(self, model: LoggedModel) -> SafeString:
        found = _first(model.metrics.select_related("key", "run").order_by("key__name", "step", "timestamp"))
        rows = (
            (one.key.name, "NaN" if one.is_nan else one.value, one.step, time_of(one.timestamp), one.dataset_name)
            for one in found
        )
        return table(("key", "value", "step", "at", "dataset"), rows)

    @admin.action(description="Delete the selected models")
    def delete_models(self, request: HttpRequest, selected: QuerySet[LoggedModel]) -> None:
        self.each(request, logged_models.delete, selected)


@admin.register(Dataset)
class DatasetAdmin(ReadOnlyAdmin):
    list_display = ("name", "digest", "source_type", "experiment")
    list_select_related = ("experiment",)
    search_fields = ("name", "=digest", "experiment__project__route__path")
    ordering = ("-id",)


@admin.register(MetricKey)
class MetricKeyAdmin(ReadOnlyAdmin):
    list_display = ("name", "project")
    list_select_related = ("project__route",)
    search_fields = ("name", "project__route__path")
    ordering = ("name", "id")


@admin.register(Counter)
class CounterAdmin(ReadOnlyAdmin):
    list_display = ("project", "counted", "last")
    list_select_related = ("project__route",)
    list_filter = ("counted",)
    search_fields = ("project__route__path",)
    ordering = ("project", "counted")


def _first(rows: QuerySet[Any]) -> QuerySet[Any]:
    """One more than the table shows, so that it can say so."""
    return rows[: MOST_ROWS + 1]
