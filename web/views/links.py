"""The addresses that MLflow's client prints after a run: `…/ml/mlflow/#/experiments/1/runs/<id>`.

What stands behind `#` is for the browser alone, so a small script says it to the server.
"""

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from projects.roles import Ability
from web import gate, query

_UUID = re.compile(r"[0-9a-f]{32}")


@require_safe
def mlflow(request: HttpRequest) -> HttpResponse:
    """With `project` alone the page with the script; with `experiment` or `run` on to their pages."""
    experiment, run = query.text(request, "experiment", longest=18), query.text(request, "run", longest=32)
    if not experiment and "follow" not in request.GET:
        return render(request, "web/mlflow_link.html")
    project = gate.authorize(request, Ability.READ_EXPERIMENTS, query.text(request, "project", longest=1024))
    if _UUID.fullmatch(run):
        return redirect("run", project=project.full_path, run=run)
    if experiment.isascii() and experiment.isdigit():
        return redirect("experiment", project=project.full_path, iid=int(experiment))
    return redirect("experiments", project=project.full_path)
