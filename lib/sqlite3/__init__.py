"""A database backend: Django's for SQLite, whose writers take turns."""
