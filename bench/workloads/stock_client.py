"""W10: the unmodified MLflow client, end to end."""

import json
import os
import subprocess
import tempfile
import uuid
from pathlib import Path
from typing import Any

from bench.target import Target
from bench.workload import Figures, Workload, require

SCRIPT = Path(__file__).with_name("client_script.py")
POINTS = 500


class StockClient(Workload):
    code, title = "W10", "the stock client: 20 params, 500 metric steps, 5 tags, 3 artifacts"
    clients = (1,)

    def prepare(self, target: Target) -> str:
        return f"bench-w10-{uuid.uuid4().hex[:8]}"

    def slice(self, target: Target, state: str, clients: int) -> Figures:
        cpu = target.cpu()
        said = self.run(target, state)
        after = target.cpu()
        self.verify(target, said["run_id"])
        rest = said["total"] - said["metrics"] - said["artifacts"]
        figures = {"total s": said["total"], "500 metrics s": said["metrics"], "3 artifacts s": said["artifacts"]}
        costs = {} if cpu is None or after is None else {"whole script cpu ms": 1000 * (after - cpu)}
        return {**figures, "rest s": rest, **costs}

    def run(self, target: Target, experiment: str) -> Any:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MLFLOW_")}
        token = {"MLFLOW_TRACKING_TOKEN": target.token} if target.token else {}
        environment = {**kept, "MLFLOW_TRACKING_URI": target.uri, **token}
        command = [self.options.client_python, "-W", "ignore", str(SCRIPT), experiment]
        with tempfile.TemporaryDirectory(dir=self.options.scratch) as folder:
            done = subprocess.run(
                command, env=environment, cwd=folder, capture_output=True, text=True, timeout=600, check=False
            )
        require(done.returncode == 0, f"the client failed: {done.stderr[-400:]}")
        return json.loads(done.stdout.strip().splitlines()[-1])

    @staticmethod
    def verify(target: Target, run_id: str) -> None:
        run = target.run(run_id)
        params = {param["key"]: param["value"] for param in run["data"]["params"]}
        require(params == {f"param{index}": str(index) for index in range(20)}, f"the client's run: params {params}")
        require(run["info"]["status"] == "FINISHED", f"the client's run is {run['info']['status']}")
        steps = {int(point.get("step", 0)) for point in target.history(run_id, "loss")}
        require(steps == set(range(POINTS)), f"the client's run: {len(steps)} points of {POINTS}")
        tags = {tag["key"] for tag in run["data"]["tags"]}
        require({f"tag{index}" for index in range(5)} <= tags, f"the client's run: tags {tags}")
        listed = target.get("artifacts/list", run_id=run_id, path="notes").get("files", [])
        paths = sorted(file["path"] for file in listed)
        require(paths == [f"notes/{index}.txt" for index in range(3)], f"the client's run: artifacts {paths}")
