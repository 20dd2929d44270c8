"""Everything below `/api/v4/`."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from api import signed

urlpatterns: list[URLPattern | URLResolver] = [
    # A project is addressed by id or by full path; the application server has decoded `%2F` to `/` by now.
    re_path(r"^projects/(?P<project>[^/]+(?:/[^/]+)*?)/ml/mlflow/", include("api.mlflow.urls")),
    *signed.urlpatterns,
    path("", include("api.rest.urls")),
]
