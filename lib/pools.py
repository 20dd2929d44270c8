"""A database pool's connections: too few to wait with."""

from django.db import connection


def let_go_of_connection() -> None:
    """Outside transactions: gives this thread's back, before a wait for a slow client or store."""
    if connection.settings_dict["OPTIONS"].get("pool") and not connection.in_atomic_block:
        connection.close()
