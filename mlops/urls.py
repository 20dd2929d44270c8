"""Both doors and the administration."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from mlops import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("-/health", health.health),
    path("-/liveness", health.liveness),
    path("-/readiness", health.readiness),
    path("admin/", admin.site.urls),
    path("api/v4/", include("api.urls")),
    path("", include("web.urls")),
]
