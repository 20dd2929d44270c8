"""Small tools that know nothing of the service: refusals, querysets, page cursors, the clock."""
