"""Middleware: MLflow's calls, which are nearly all there are, go to their endpoint without passing what pages need.

No session, no message, no form's token, no static file and no policy for a browser's contents is looked for, and the
address is found in a dictionary instead of by two hundred patterns. What is not in it goes the long way.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from api.mlflow import urls

PREFIX, ROOT = "/api/v4/projects/", "/ml/mlflow/"

View = Callable[..., HttpResponseBase]


class Shortcut:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.views = dict(urls.plain())

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        project, view = self._found(request.path_info)
        if view is None:
            return self.get_response(request)
        # Which hosts we answer to holds here as well.
        request.get_host()
        answer = view(request, project=project)
        if isinstance(answer, HttpResponse):
            answer.headers["Content-Length"] = str(len(answer.content))
        return answer

    def _found(self, path: str) -> tuple[str, View | None]:
        """The project as it is addressed, and the endpoint."""
        if not path.startswith(PREFIX):
            return "", None
        project, _, address = path[len(PREFIX) :].partition(ROOT)
        if not project or project[0] == "/" or "//" in project:
            return "", None
        return project, self.views.get(address)
