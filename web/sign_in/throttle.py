"""Too many attempts: one answer for every way to guess, with the time after which it may be tried again."""

from django.http import HttpRequest, HttpResponse

from web import refusals

# Seconds. The failures of the last five minutes are counted, so by then some have been forgotten.
WAIT = 300


def refused(request: HttpRequest) -> HttpResponse:
    """allauth asks for this where it refuses a request as a whole (`mlops.urls.handler429`)."""
    answer = refusals.page(request, 429, "There were too many attempts. Wait five minutes, then try again.")
    answer["Retry-After"] = str(WAIT)
    return answer
