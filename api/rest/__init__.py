"""GitLab's REST v4, as far as it is offered: `urls.py` is the list."""
