"""THE LIST: every endpoint of REST v4 that is offered, one line each, in the order of GitLab's docs.

Addresses are below `/api/v4/`. A project's full path may hold slashes, so what lies below a project comes first.
"""

from django.urls import URLPattern, URLResolver, re_path

from api.rest import archives, hooks, package_transfers, packages, projects, users
from api.rest.endpoint import not_offered, route

urlpatterns: list[URLPattern | URLResolver] = [
    route(
        "projects/:project/packages/generic/:name/:version/*path",
        package_transfers.GetGenericFile,
        package_transfers.UploadGenericFile,
    ),
    route(
        "projects/:project/packages/ml_models/:model_version/files/*path",
        package_transfers.GetModelFile,
        package_transfers.UploadModelFile,
    ),
    route("projects/:project/packages", packages.ListPackages),
    route("projects/:project/packages/:package_id", packages.GetPackage, packages.DeletePackage),
    route("projects/:project/packages/:package_id/pipelines", packages.ListPipelines),
    route("projects/:project/packages/:package_id/package_files", packages.ListPackageFiles),
    route(
        "projects/:project/packages/:package_id/package_files/:package_file_id",
        packages.DeletePackageFile,
    ),
    route(r"projects/:project/packages/:package_id/archive\.zip", archives.GetPackageArchive),
    route("projects", projects.ListProjects, projects.CreateProject),
    route("projects/:project/hooks", hooks.ListHooks, hooks.CreateHook),
    route("projects/:project/hooks/:hook_id", hooks.GetHook, hooks.UpdateHook, hooks.DeleteHook),
    route("projects/:project/hooks/:hook_id/test/:trigger", hooks.TestHook),
    route("projects/:project", projects.GetProject, projects.DeleteProject),
    route("user", users.GetUser),
    route("version", users.GetVersion),
    re_path("", not_offered),
]
