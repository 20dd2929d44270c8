"""Both doors and the administration."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from mlops import health
from web.views import sessions

# allauth looks for it here.
handler429 = "web.sign_in.throttle.refused"

handler400 = "mlops.refusals.bad_request"
handler404 = "mlops.refusals.not_found"
handler500 = "mlops.refusals.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("-/health", health.health),
    path("-/liveness", health.liveness),
    path("-/readiness", health.readiness),
    # Throttled, and with the second factor, as for everybody.
    path("admin/login/", sessions.to_administration),
    path("admin/password_change/", sessions.to_password),
    path("admin/", admin.site.urls),
    path("api/v4/", include("api.urls")),
    path("", include("web.sign_in.urls")),
    path("", include("web.urls")),
]
