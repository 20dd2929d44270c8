"""Celery's application. Each app's background work is in its `tasks.py`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mlops.settings")

app = Celery("tenon")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
