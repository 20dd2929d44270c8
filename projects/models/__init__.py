from projects.models.job_token_rule import JobTokenRule
from projects.models.member import Member
from projects.models.namespace import Namespace, NamespaceKind, NamespaceLink
from projects.models.project import Project
from projects.models.route import Route

__all__ = ["JobTokenRule", "Member", "Namespace", "NamespaceKind", "NamespaceLink", "Project", "Route"]
