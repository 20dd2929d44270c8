"""PyTorch Lightning's MLFlowLogger, and MLflow's own autolog of PyTorch."""

import os

import lightning
import mlflow
import torch
from lightning.pytorch.loggers import MLFlowLogger


class Line(lightning.LightningModule):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(1, 1)
        self.save_hyperparameters({"width": 1})

    def forward(self, features):
        return self.layer(features)

    def training_step(self, batch, _):
        features, labels = batch
        loss = torch.nn.functional.mse_loss(self(features), labels)
        self.log("train_loss", loss)
        return loss

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.1)


def trainer(logger):
    quiet = {"enable_progress_bar": False, "enable_model_summary": False, "enable_checkpointing": False}
    return lightning.Trainer(max_epochs=3, logger=logger, log_every_n_steps=1, accelerator="cpu", **quiet)


features = torch.arange(8.0).reshape(8, 1)
data = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(features, 2 * features), batch_size=4)

logger = MLFlowLogger(experiment_name="lightning", tracking_uri=os.environ["MLFLOW_TRACKING_URI"])
trainer(logger).fit(Line(), data)
run = mlflow.get_run(logger.run_id)
assert run.data.params["width"] == "1"
assert len(mlflow.MlflowClient().get_metric_history(logger.run_id, "train_loss")) == 6

mlflow.set_experiment("autolog")
mlflow.pytorch.autolog(log_models=True)
with mlflow.start_run() as run:
    trainer(False).fit(Line(), data)
logged = mlflow.get_run(run.info.run_id)
assert "train_loss" in logged.data.metrics
assert logged.data.params["optimizer_name"] == "SGD"
model = mlflow.pytorch.load_model(f"runs:/{run.info.run_id}/model")
assert model(torch.ones(1, 1)).shape == (1, 1)
