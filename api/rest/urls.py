"""THE LIST: every endpoint of REST v4 that is offered, one line each, in the order of GitLab's docs.

Addresses are below `/api/v4/`. A project's full path may hold slashes, so what lies below a project comes first.
"""

from django.urls import URLPattern, URLResolver, re_path

from api.rest import (
    archives,
    hooks,
    model_aliases,
    model_files,
    model_versions,
    package_transfers,
    packages,
    projects,
    registered_models,
    users,
)
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
    route(
        "projects/:project/ml/models/:name/versions/:version/files/*path",
        model_files.GetFile,
        model_files.UploadFile,
        model_files.DeleteFile,
    ),
    route(
        "projects/:project/ml/models/:name/versions/:version/tags/*key",
        model_versions.SetVersionTag,
        model_versions.DeleteVersionTag,
    ),
    route(
        "projects/:project/ml/models/:name/tags/*key",
        registered_models.SetModelTag,
        registered_models.DeleteModelTag,
    ),
    route("projects/:project/ml/models", registered_models.ListModels, registered_models.CreateModel),
    route(
        "projects/:project/ml/models/:name",
        registered_models.GetModel,
        registered_models.UpdateModel,
        registered_models.DeleteModel,
    ),
    route("projects/:project/ml/models/:name/aliases", model_aliases.ListAliases),
    route(
        "projects/:project/ml/models/:name/aliases/:alias",
        model_aliases.GetAlias,
        model_aliases.MoveAlias,
        model_aliases.DeleteAlias,
    ),
    route("projects/:project/ml/models/:name/compare", model_versions.CompareVersions),
    route("projects/:project/ml/models/:name/versions", model_versions.ListVersions, model_versions.CreateVersion),
    route(
        "projects/:project/ml/models/:name/versions/:version",
        model_versions.GetVersion,
        model_versions.UpdateVersion,
        model_versions.DeleteVersion,
    ),
    route("projects/:project/ml/models/:name/versions/:version/files", model_files.ListFiles),
    route(r"projects/:project/ml/models/:name/versions/:version/archive\.zip", model_files.GetArchive),
    route("projects/:project/ml/models/:name/versions/:version/lineage", model_versions.GetLineage),
    route("projects/:project/ml/models/:name/versions/:version/publish", model_versions.PublishVersion),
    route("projects/:project/ml/models/:name/versions/:version/stage", model_versions.SetStage),
    route("projects/:project/ml/runs/:run_id/promote", model_versions.PromoteRun),
    route("projects/:project/ml/protected_aliases", model_aliases.ListProtectedAliases, model_aliases.ProtectAlias),
    route("projects/:project/ml/protected_aliases/:alias", model_aliases.UnprotectAlias),
    route("projects/:project/ml/settings", model_aliases.GetRules, model_aliases.UpdateRules),
    route("projects", projects.ListProjects, projects.CreateProject),
    route("projects/:project/hooks", hooks.ListHooks, hooks.CreateHook),
    route("projects/:project/hooks/:hook_id", hooks.GetHook, hooks.UpdateHook, hooks.DeleteHook),
    route("projects/:project/hooks/:hook_id/test/:trigger", hooks.TestHook),
    route("projects/:project", projects.GetProject, projects.DeleteProject),
    route("user", users.GetUser),
    route("version", users.GetVersion),
    re_path("", not_offered),
]
