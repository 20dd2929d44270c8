"""THE LIST: every MLflow endpoint that is offered, one line each, in the order of MLflow's REST docs.

Addresses are below `/api/v4/projects/<id or path>/ml/mlflow/`.
"""

from django.urls import URLPattern, URLResolver, include, path, re_path

from api.mlflow.endpoint import not_offered

tracking: list[URLPattern | URLResolver] = []

artifacts: list[URLPattern | URLResolver] = []

urlpatterns: list[URLPattern | URLResolver] = [
    # The official UI says ajax-api where clients say api; MLflow 3 clients use 3.0 for what is new in it.
    re_path(r"^(?:ajax-)?api/[23]\.0/mlflow/", include(tracking)),
    re_path(r"^(?:ajax-)?api/2\.0/mlflow-artifacts/", include(artifacts)),
    path("<path:address>", not_offered),
]
