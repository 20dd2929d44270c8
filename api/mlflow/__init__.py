"""MLflow's REST API below one project: `urls.py` is the list of what is offered."""
