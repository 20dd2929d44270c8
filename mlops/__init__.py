"""The building: settings, URLs, the application server's entrance, and Celery."""

from mlops.celery import app as celery_app

__all__ = ["celery_app"]
