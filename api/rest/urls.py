"""THE LIST: every endpoint of REST v4 that is offered, one line each, in the order of GitLab's docs.

Addresses are below `/api/v4/`. A project's full path may hold slashes, so what lies below a project comes first.
"""

from django.urls import URLPattern, URLResolver, re_path

from api.rest import projects, users
from api.rest.endpoint import not_offered, route

urlpatterns: list[URLPattern | URLResolver] = [
    route("projects", projects.ListProjects, projects.CreateProject),
    route("projects/:project", projects.GetProject, projects.DeleteProject),
    route("user", users.GetUser),
    route("version", users.GetVersion),
    re_path("", not_offered),
]
