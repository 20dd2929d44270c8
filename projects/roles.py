"""Roles, visibility and abilities: the words of the policy table."""

from enum import StrEnum

from django.db import models


class Role(models.IntegerChoices):
    """GitLab's access levels."""

    NONE = 0, "No access"
    GUEST = 10, "Guest"
    REPORTER = 20, "Reporter"
    DEVELOPER = 30, "Developer"
    MAINTAINER = 40, "Maintainer"
    OWNER = 50, "Owner"
    ADMIN = 60, "Administrator"


MEMBER_ROLES = [role for role in Role if Role.GUEST <= role <= Role.OWNER]


class Visibility(models.IntegerChoices):
    """Who may see a group or project without being a member; GitLab's numbers."""

    PRIVATE = 0, "private"
    INTERNAL = 10, "internal"
    PUBLIC = 20, "public"


class Access(models.IntegerChoices):
    """Who may use a feature of a project; GitLab's words and numbers."""

    DISABLED = 0, "disabled"
    PRIVATE = 10, "private"
    ENABLED = 20, "enabled"


class Feature(StrEnum):
    """What can be switched off; the names are those of the project's fields."""

    EXPERIMENTS = "experiments_access"
    REGISTRY = "registry_access"
    PACKAGES = "packages_access"


class Ability(StrEnum):
    """What a role permits in a project."""

    READ_PROJECT = "read_project"
    READ_MEMBERS = "read_members"
    READ_EXPERIMENTS = "read_experiments"
    WRITE_EXPERIMENTS = "write_experiments"
    READ_MODELS = "read_models"
    WRITE_MODELS = "write_models"
    READ_PACKAGES = "read_packages"
    WRITE_PACKAGES = "write_packages"
    DELETE_PACKAGES = "delete_packages"
    ADMIN_PROJECT = "admin_project"
    CHANGE_VISIBILITY = "change_visibility"
    ADMIN_MEMBERS = "admin_members"
    LEAVE_PROJECT = "leave_project"
    DELETE_PROJECT = "delete_project"


class GroupAbility(StrEnum):
    """What a role permits in a group."""

    READ_GROUP = "read_group"
    CREATE_SUBGROUPS = "create_subgroups"
    ADMIN_GROUP = "admin_group"
    LEAVE_GROUP = "leave_group"
