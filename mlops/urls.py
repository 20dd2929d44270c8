"""Both doors and the administration."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from mlops import health

handler400 = "mlops.refusals.bad_request"
handler404 = "mlops.refusals.not_found"
handler500 = "mlops.refusals.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("-/health", health.health),
    path("-/liveness", health.liveness),
    path("-/readiness", health.readiness),
    path("admin/", admin.site.urls),
    path("api/v4/", include("api.urls")),
    path("", include("web.urls")),
]
