"""Who calls: users (people and bots), their access tokens, and the identity a request carries.

What a user may do in a project is not decided here; see `projects.policy`.
"""
