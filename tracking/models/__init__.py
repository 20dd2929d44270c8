from tracking.models.counter import Counted, Counter
from tracking.models.dataset import Dataset, DatasetInput
from tracking.models.experiment import Experiment, ExperimentTag
from tracking.models.logged_model import (
    LoggedModel,
    LoggedModelMetric,
    LoggedModelParam,
    LoggedModelStatus,
    LoggedModelTag,
    ModelInput,
    ModelOutput,
)
from tracking.models.metric import LatestMetric, Metric, MetricKey
from tracking.models.param import Param
from tracking.models.run import CLAIMED, Run, RunStatus
from tracking.models.tag import Tag

__all__ = [
    "CLAIMED",
    "Counted",
    "Counter",
    "Dataset",
    "DatasetInput",
    "Experiment",
    "ExperimentTag",
    "LatestMetric",
    "LoggedModel",
    "LoggedModelMetric",
    "LoggedModelParam",
    "LoggedModelStatus",
    "LoggedModelTag",
    "Metric",
    "MetricKey",
    "ModelInput",
    "ModelOutput",
    "Param",
    "Run",
    "RunStatus",
    "Tag",
]
