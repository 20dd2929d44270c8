"""W11: from the command to the first answer, on a database that is there; and what an idle server weighs."""

import time
from typing import Any

from bench import processes
from bench.processes import MIB
from bench.target import ApiError, Target, Unsupported
from bench.workload import Figures, Workload, require

REST = 5.0
LIMIT = 300.0


class ColdStart(Workload):
    code, title = "W11", "cold start on an existing database until the first answer, and idle memory"
    clients = (1,)

    def slice(self, target: Target, state: Any, clients: int) -> Figures:
        if target.restart is None:
            raise Unsupported("it was not started by this command")
        target.close()
        began = time.perf_counter()
        target.restart()
        wait_until_it_answers(target, limit=LIMIT)
        ready = time.perf_counter() - began
        time.sleep(REST)
        tree = processes.tree(target.pids[0])
        return {"ready s": ready, "idle memory MiB": processes.memory(tree) / MIB, "processes": float(len(tree))}


def wait_until_it_answers(target: Target, *, limit: float) -> None:
    deadline = time.perf_counter() + limit
    while True:
        try:
            target.post("experiments/search", max_results=1)
        except (OSError, ApiError, Unsupported):
            target.must_live()
            require(time.perf_counter() < deadline, f"{target.name} gave no answer within {limit:.0f} s")
            target.close()
            time.sleep(0.01)
        else:
            return
