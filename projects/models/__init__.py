from projects.models.invitation import Invitation
from projects.models.job_token_rule import JobTokenRule
from projects.models.member import Member
from projects.models.namespace import Namespace, NamespaceKind, NamespaceLink
from projects.models.project import Project
from projects.models.redirect import Redirect
from projects.models.route import Route

__all__ = [
    "Invitation",
    "JobTokenRule",
    "Member",
    "Namespace",
    "NamespaceKind",
    "NamespaceLink",
    "Project",
    "Redirect",
    "Route",
]
