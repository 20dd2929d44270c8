"""Eight processes log to one experiment at once; nothing is lost."""

import multiprocessing

import mlflow

WORKERS, STEPS = 8, 40


def work(number):
    mlflow.set_experiment("parallel")
    with mlflow.start_run(run_name=f"worker {number}") as run:
        mlflow.log_params({f"p{n}": n for n in range(10)})
        for step in range(STEPS):
            mlflow.log_metrics({"loss": step + number, "acc": step}, step=step)
        mlflow.log_text(f"worker {number}", "log/who.txt")
    return run.info.run_id


if __name__ == "__main__":
    mlflow.set_experiment("parallel")
    with multiprocessing.get_context("fork").Pool(WORKERS) as pool:
        run_ids = pool.map(work, range(WORKERS))
    client = mlflow.MlflowClient()
    assert len(mlflow.search_runs(filter_string="attributes.status = 'FINISHED'")) == WORKERS
    for number, run_id in enumerate(run_ids):
        assert len(client.get_run(run_id).data.params) == 10
        for key in ("loss", "acc"):
            assert [point.step for point in client.get_metric_history(run_id, key)] == list(range(STEPS))
        assert mlflow.artifacts.load_text(f"runs:/{run_id}/log/who.txt") == f"worker {number}"
