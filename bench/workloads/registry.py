"""W9: searches in a registry of many versions."""

import json
from typing import Any

from bench.loadgen import Script
from bench.target import ApiError, Target, Unsupported
from bench.workload import Figures, Options, Read, Workload, no_errors, require

EACH = 100


class Registry(Workload):
    code = "W9"

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.models = max(1, options.versions // EACH)
        self.title = f"registry searches over {self.models} models of {EACH} versions"
        self.names = [f"bench-{options.versions}-{index:05d}" for index in range(self.models)]

    def prepare(self, target: Target) -> None:
        if self._is_there(target):
            return
        # A server without a registry says so here.
        target.post("registered-models/create", name=self.names[0])
        # A version must have a place of its own: its source is the artifacts of a run.
        run = target.run(target.new_run(target.fresh_experiment("bench-w9")))["info"]
        todo = iter(self.names)

        def client() -> Script:
            for name in todo:
                if name != self.names[0]:
                    yield "model", target.raw_post("registered-models/create", json.dumps({"name": name}).encode())
                for number in range(EACH):
                    body = json.dumps(self.version(name, number, run)).encode()
                    yield "version", target.raw_post("model-versions/create", body)

        no_errors(target.drive([client() for _ in range(4)]))

    @staticmethod
    def version(name: str, number: int, run: Any) -> dict[str, Any]:
        tags = [{"key": "stage", "value": str(number % 3)}]
        source = f"{run['artifact_uri']}/{name}-{number}"
        return {"name": name, "source": source, "run_id": run["run_id"], "description": "d" * 40, "tags": tags}

    def _is_there(self, target: Target) -> bool:
        try:
            answer = target.get("model-versions/search", filter=f"name='{self.names[-1]}'", max_results=200)
        except (ApiError, Unsupported):
            return False
        return len(answer.get("model_versions", [])) == EACH

    def slice(self, target: Target, state: Any, clients: int) -> Figures:
        one = f"name='{self.names[len(self.names) // 2]}'"
        like = f"name LIKE 'bench-{self.options.versions}-%'"
        versions = "model-versions/search"
        reads = [
            Read("models", target.raw_get("registered-models/search", filter=like, max_results=100), self.has_models),
            Read("versions of one", target.raw_get(versions, filter=one, max_results=100), self.has_all_of_one),
            Read("versions of all", target.raw_get(versions, max_results=100), self.has_a_page),
        ]
        figures: Figures = {}
        for read in reads:
            result = read.repeat(target, clients=clients, seconds=self.options.seconds / len(reads))
            figures[f"{read.label} p50 ms"] = result.quantile_ms(read.label, 0.5)
            figures[f"{read.label} req/s"] = result.rate(read.label)
            if result.server_cpu is not None:
                figures[f"{read.label} cpu ms"] = 1000 * result.server_cpu / result.count(read.label)
        return figures

    def has_models(self, body: bytes) -> None:
        names = {model["name"] for model in json.loads(body).get("registered_models", [])}
        wanted = min(100, self.models)
        require(len(names) == wanted and names <= set(self.names), f"{len(names)} models of {wanted}")

    @staticmethod
    def has_all_of_one(body: bytes) -> None:
        numbers = {version["version"] for version in json.loads(body).get("model_versions", [])}
        require(numbers == {str(number) for number in range(1, EACH + 1)}, f"wrong versions of one model: {numbers}")

    @staticmethod
    def has_a_page(body: bytes) -> None:
        found = len(json.loads(body).get("model_versions", []))
        require(found == 100, f"{found} versions on a page of 100")
