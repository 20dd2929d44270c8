"""The address that MLflow's client prints after each run leads to the run's page."""

from typing import Any

from tracking.services import runs


def test_a_browser_is_sent_from_the_mlflow_root_to_the_page_with_the_script(client: Any, project: Any) -> None:
    root = f"/api/v4/projects/{project.pk}/ml/mlflow/"
    answer = client.get(root, headers={"accept": "text/html,*/*"})
    assert (answer.status_code, answer["Location"]) == (302, f"/-/mlflow?project={project.pk}")
    assert b"mlflow_link.js" in client.get(answer["Location"]).content
    assert client.get(root).status_code == 401, "who is no browser is answered in MLflow's dialect"


def test_the_run_behind_the_hash_is_found(page: Any, project: Any, alice: Any) -> None:
    run = runs.start(project.experiments.get(iid=0), by=alice)
    asked = {"project": project.pk, "experiment": "0", "run": run.uuid, "follow": ""}
    assert page.get("/-/mlflow", asked)["Location"] == f"/acme/fraud/-/ml/runs/{run.uuid}"
    assert page.get("/-/mlflow", {**asked, "run": ""})["Location"] == "/acme/fraud/-/ml/experiments/0"
    rubbish = {"project": "acme/fraud", "experiment": "x", "run": "y", "follow": ""}
    assert page.get("/-/mlflow", rubbish)["Location"] == "/acme/fraud/-/ml/experiments"


def test_strangers_learn_nothing_and_visitors_sign_in_first(client: Any, charlie: Any, project: Any) -> None:
    asked = {"project": project.pk, "follow": ""}
    assert client.get("/-/mlflow", asked)["Location"].startswith("/users/sign_in?next=")
    client.force_login(charlie)
    assert client.get("/-/mlflow", asked).status_code == 404
