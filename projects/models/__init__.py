from projects.models.member import Member
from projects.models.namespace import Namespace, NamespaceKind, NamespaceLink
from projects.models.project import Project
from projects.models.route import Route

__all__ = ["Member", "Namespace", "NamespaceKind", "NamespaceLink", "Project", "Route"]
