"""The administration of people and tenants. Users are here, not in `accounts`, as each needs a namespace."""

from django.contrib import admin

from projects.admin import members, namespaces, projects, users

admin.site.site_header = admin.site.site_title = "Tenon administration"

__all__ = ["members", "namespaces", "projects", "users"]
