"""The doorbell. Truth is in the database: a lost task costs one beat, never a message."""

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peernet.settings")

app = Celery("peernet")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    ["members.notices", "networks.membership", "sessions.cadence", "sessions.meetings"]
)


@setup_logging.connect
def keep_our_logging(**_kwargs):
    """Celery would replace Django's logging with its own; ours holds no personal data."""
