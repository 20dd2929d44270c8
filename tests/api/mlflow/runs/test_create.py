from typing import Any

from ci.models import Job
from tracking.models import Run


def test_a_run_starts_in_the_default_experiment_unless_another_is_named(mlflow: Any, project: Any) -> None:
    answer = mlflow.post("runs/create", {"start_time": 1234, "user_id": "al"})
    assert answer.status_code == 200, answer.content
    info = answer.json()["run"]["info"]
    run = Run.objects.get(uuid=info["run_id"])
    assert (run.project, run.experiment.iid, run.iid, run.status) == (project, 0, 1, 1)
    assert info["artifact_uri"] == f"mlflow-artifacts:/0/{run.uuid}/artifacts"
    assert (info["status"], info["start_time"], info["user_id"]) == ("RUNNING", 1234, "al")


def test_a_run_without_a_name_gets_a_nickname_which_is_also_its_tag(mlflow: Any) -> None:
    run = mlflow.post("runs/create").json()["run"]
    assert run["info"]["run_name"].count("-") >= 2
    assert {"key": "mlflow.runName", "value": run["info"]["run_name"]} in run["data"]["tags"]


def test_a_second_run_may_reuse_the_name(mlflow: Any, project: Any) -> None:
    for _ in range(2):
        assert mlflow.post("runs/create", {"run_name": "same"}).status_code == 200
    assert project.runs.filter(name="same").count() == 2


def test_name_and_name_tag_must_agree(mlflow: Any, project: Any) -> None:
    tags = [{"key": "mlflow.runName", "value": "b"}]
    answer = mlflow.post("runs/create", {"run_name": "a", "tags": tags})
    assert (answer.status_code, answer.json()["error_code"]) == (400, "INVALID_PARAMETER_VALUE")
    assert not project.runs.exists()


def test_a_deleted_experiment_takes_no_runs(mlflow: Any, project: Any) -> None:
    mlflow.post("experiments/delete", {"experiment_id": "0"})
    answer = mlflow.post("runs/create", {"experiment_id": "0"})
    assert answer.status_code == 400
    assert "must be in the 'active' state" in answer.json()["message"]
    assert not project.runs.exists()


def test_the_ci_job_in_the_tags_is_linked_within_the_project(mlflow: Any, project: Any) -> None:
    tags = [{"key": "gitlab.CI_JOB_ID", "value": "77"}, {"key": "gitlab.CI_COMMIT_SHA", "value": "abc"}]
    run = Run.objects.get(uuid=mlflow.post("runs/create", {"tags": tags}).json()["run"]["info"]["run_id"])
    assert run.job == Job.objects.get(project=project, number="77")
    assert (run.job.known, run.job.facts["CI_COMMIT_SHA"]) == (False, "abc")


def test_an_odd_ci_job_id_is_kept_as_a_tag_and_never_an_error(mlflow: Any) -> None:
    for value in ("", "not a number", "9" * 400, "0x1F", "\u2603"):
        answer = mlflow.post("runs/create", {"tags": [{"key": "gitlab.CI_JOB_ID", "value": value}]})
        assert answer.status_code == 200, value
        assert {"key": "gitlab.CI_JOB_ID", "value": value} in answer.json()["run"]["data"]["tags"]
