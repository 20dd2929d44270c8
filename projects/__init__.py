"""The tenants: namespaces, groups, projects, members and their roles, and the policy that guards every door.

What a project holds (experiments, packages, models) lives on the floors above.
"""
