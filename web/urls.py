"""Every page. Addresses are GitLab's where it has the page; a project is addressed by its full path."""

from django.urls import URLPattern, URLResolver, path

from web import converters  # noqa: F401 - registers project, run and number
from web.views import artifacts, audit, experiments, hooks, links, packages, projects, runs, sessions, tokens

urlpatterns: list[URLPattern | URLResolver] = [
    path("", projects.mine, name="home"),
    path("explore/projects", projects.explore, name="explore"),
    path("users/sign_in", sessions.SignIn.as_view(), name="sign-in"),
    path("users/sign_out", sessions.SignOut.as_view(), name="sign-out"),
    path("-/mlflow", links.mlflow, name="mlflow-link"),
    path("-/user_settings/personal_access_tokens", tokens.index, name="tokens"),
    path("-/user_settings/personal_access_tokens/<number:token>/revoke", tokens.revoke, name="revoke-token"),
    path("groups/<group:group>/-/audit_events", audit.of_group, name="group-audit-events"),
    path("groups/<group:group>/-/audit_events.csv", audit.of_group_csv, name="group-audit-events-csv"),
    path("<project:project>/-/audit_events", audit.of_project, name="audit-events"),
    path("<project:project>/-/audit_events.csv", audit.of_project_csv, name="audit-events-csv"),
    path("<project:project>/-/ml/experiments", experiments.index, name="experiments"),
    path("<project:project>/-/ml/experiments/new", experiments.create, name="create-experiment"),
    path("<project:project>/-/ml/experiments/<number:iid>", experiments.show, name="experiment"),
    path("<project:project>/-/ml/experiments/<number:iid>/rename", experiments.rename, name="rename-experiment"),
    path("<project:project>/-/ml/experiments/<number:iid>/delete", experiments.delete, name="delete-experiment"),
    path("<project:project>/-/ml/experiments/<number:iid>/restore", experiments.restore, name="restore-experiment"),
    path("<project:project>/-/ml/runs/<run:run>", runs.show, name="run"),
    path("<project:project>/-/ml/runs/<run:run>/charts", runs.charts, name="run-charts"),
    path("<project:project>/-/ml/runs/<run:run>/curve.json", runs.curve, name="run-curve"),
    path("<project:project>/-/ml/runs/<run:run>/artifacts", artifacts.tree, name="run-artifacts"),
    path("<project:project>/-/ml/runs/<run:run>/artifacts.zip", artifacts.archive, name="run-archive"),
    path("<project:project>/-/ml/runs/<run:run>/artifacts/raw/<path:path>", artifacts.raw, name="run-artifact"),
    path(
        "<project:project>/-/ml/runs/<run:run>/artifacts/upload/<path:path>", artifacts.upload, name="upload-artifact"
    ),
    path("<project:project>/-/ml/runs/<run:run>/artifacts/delete", artifacts.delete, name="delete-artifact"),
    path("<project:project>/-/ml/logged_models/<str:model>.zip", artifacts.model_archive, name="model-archive"),
    path("<project:project>/-/ml/candidates/<run:run>", runs.candidate, name="candidate"),
    path("<project:project>/-/packages", packages.index, name="packages"),
    path("<project:project>/-/packages/<number:package>", packages.show, name="package"),
    path("<project:project>/-/packages/<number:package>/delete", packages.delete, name="delete-package"),
    path("<project:project>/-/packages/<number:package>/raw/<path:path>", packages.file, name="package-file"),
    path(
        "<project:project>/-/packages/<number:package>/files/<number:file>/delete",
        packages.delete_file,
        name="delete-package-file",
    ),
    path("<project:project>/-/hooks", hooks.index, name="hooks"),
    path("<project:project>/-/hooks/<number:hook>/edit", hooks.edit, name="hook"),
    path("<project:project>/-/hooks/<number:hook>/delete", hooks.delete, name="delete-hook"),
    path("<project:project>/-/hooks/<number:hook>/test", hooks.test, name="test-hook"),
    path(
        "<project:project>/-/hooks/<number:hook>/deliveries/<number:delivery>/retry",
        hooks.retry,
        name="retry-delivery",
    ),
    path("<project:project>", projects.overview, name="project"),
]
