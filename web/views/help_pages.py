"""What the API offers, to be looked at and tried out. It is the same for everybody, signed in or not."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def api(request: HttpRequest) -> HttpResponse:
    """Every operation of both APIs, with what it takes and answers; drawn in the browser from its description."""
    return render(request, "web/help_api.html", {"section": "api"})
