"""THE LIST: every endpoint of REST v4 that is offered, one line each, in the order of GitLab's docs.

Addresses are below `/api/v4/`. A project's or group's full path may hold slashes, so what lies below one comes first.
"""

from django.urls import URLPattern, URLResolver, re_path

from api.rest import (
    access_tokens,
    archives,
    audit_events,
    deploy_tokens,
    groups,
    hooks,
    invitations,
    job_token_scope,
    markdown,
    members,
    model_aliases,
    model_files,
    model_versions,
    namespaces,
    openapi,
    package_transfers,
    packages,
    projects,
    registered_models,
    users,
)
from api.rest import personal_access_tokens as own
from api.rest.endpoint import RestEndpoint, not_offered, route


def _place(above: str, which: int) -> list[URLPattern | URLResolver]:
    """What projects and groups have alike; of each pair the project's comes first."""

    def at(address: str, *pairs: tuple[type[RestEndpoint], type[RestEndpoint]]) -> URLPattern:
        return route(f"{above}/{address}", *(pair[which] for pair in pairs))

    own_token = (access_tokens.RotateProjectsSelf, access_tokens.RotateGroupsSelf)
    return [
        at("access_tokens", access_tokens.LIST, access_tokens.CREATE),
        at("access_tokens/self/rotate", own_token),
        at("access_tokens/:token", access_tokens.GET, access_tokens.REVOKE),
        at("access_tokens/:token/rotate", access_tokens.ROTATE),
        at("audit_events", audit_events.LIST),
        at("audit_events/:event", audit_events.GET),
        at("deploy_tokens", deploy_tokens.LIST, deploy_tokens.CREATE),
        at("deploy_tokens/:token", deploy_tokens.GET, deploy_tokens.REVOKE),
        at("invitations", invitations.LIST, invitations.CREATE),
        at("invitations/*email", invitations.UPDATE, invitations.REVOKE),
        at("members", members.LIST, members.ADD),
        at("members/all", members.LIST_ALL),
        at("members/all/:user", members.GET_FROM_ALL),
        at("members/:user", members.GET, members.UPDATE, members.REMOVE),
    ]


urlpatterns: list[URLPattern | URLResolver] = [
    route("audit_events", audit_events.ListAllAuditEvents),
    route("audit_events/:event", audit_events.GetAnyAuditEvent),
    route("deploy_tokens", deploy_tokens.ListAllDeployTokens),
    route("groups", groups.ListGroups, groups.CreateGroup),
    *_place("groups/:group", 1),
    route("groups/:group/descendant_groups", groups.ListDescendants),
    route("groups/:group/projects", projects.ListGroupsProjects),
    route("groups/:group/subgroups", groups.ListSubgroups),
    route("groups/:group/transfer", groups.TransferGroup),
    route("groups/:group/transfer_locations", groups.ListTransferLocationsOfGroup),
    route("groups/:group", groups.GetGroup, groups.UpdateGroup, groups.DeleteGroup),
    route("markdown", markdown.RenderMarkdown),
    route("metadata", users.GetMetadata),
    route("namespaces", namespaces.ListNamespaces),
    route("namespaces/:namespace/exists", namespaces.NamespaceExists),
    route("namespaces/:namespace", namespaces.GetNamespace),
    route(r"openapi\.json", openapi.GetDescriptionAsJson),
    route(r"openapi\.yaml", openapi.GetDescriptionAsYaml),
    route("personal_access_tokens", own.ListTokens),
    route("personal_access_tokens/self", own.GetSelf, own.RevokeSelf),
    route("personal_access_tokens/self/associations", own.ListAssociations),
    route("personal_access_tokens/self/rotate", own.RotateSelf),
    route("personal_access_tokens/:token", own.GetToken, own.RevokeToken),
    route("personal_access_tokens/:token/rotate", own.RotateToken),
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
    *_place("projects/:project", 0),
    route("projects/:project/archive", projects.ArchiveProject),
    route("projects/:project/job_token_scope", job_token_scope.GetJobTokenScope, job_token_scope.SetJobTokenScope),
    route(
        "projects/:project/job_token_scope/allowlist", job_token_scope.ListAllowedProjects, job_token_scope.AllowProject
    ),
    route("projects/:project/job_token_scope/allowlist/:target", job_token_scope.RemoveAllowedProject),
    route(
        "projects/:project/job_token_scope/groups_allowlist",
        job_token_scope.ListAllowedGroups,
        job_token_scope.AllowGroup,
    ),
    route("projects/:project/job_token_scope/groups_allowlist/:target", job_token_scope.RemoveAllowedGroup),
    route("projects/:project/restore", projects.RestoreProject),
    route("projects/:project/transfer", projects.TransferProject),
    route("projects/:project/transfer_locations", projects.ListTransferLocationsOfProject),
    route("projects/:project/unarchive", projects.UnarchiveProject),
    route("projects/:project", projects.GetProject, projects.UpdateProject, projects.DeleteProject),
    route("user", users.GetUser),
    route("user/personal_access_tokens", own.CreateOwnToken),
    route("users", users.ListUsers, users.CreateUser),
    route("users/:user", users.GetUserById, users.UpdateUser, users.DeleteUser),
    route("users/:user/block", users.BlockUser),
    route("users/:user/personal_access_tokens", own.CreateUsersToken),
    route("users/:user/projects", projects.ListUsersProjects),
    route("users/:user/unblock", users.UnblockUser),
    route("version", users.GetServerVersion),
    re_path("", not_offered),
]
