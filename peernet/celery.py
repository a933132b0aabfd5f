"""The doorbell. Truth is in the database: a lost task costs one beat, never a message."""

import os

from celery import Celery
from celery.signals import beat_init, setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peernet.settings")

app = Celery("peernet")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "members.digest",
        "members.notices",
        "members.privacy",
        "networks.archives",
        "networks.articles",
        "networks.charter",
        "networks.drafts",
        "networks.exchange",
        "networks.files",
        "networks.imports",
        "networks.introductions",
        "networks.invitations",
        "networks.joining",
        "networks.links",
        "networks.membership",
        "networks.phone",
        "networks.succession",
        "sessions.cadence",
        "sessions.calendar",
        "sessions.handing",
        "sessions.keeping",
        "sessions.meetings",
        "evaluation.surveys",
        "evaluation.rollups",
    ]
)


@setup_logging.connect
def keep_our_logging(**_kwargs):
    """Celery would replace Django's logging with its own; ours holds no personal data."""


@beat_init.connect
def ring_once_at_start(**_kwargs):
    """/healthz looks for a heartbeat: one at the start, so that nobody waits a minute for it."""
    app.send_task("members.notices.tasks.tick_heartbeat", ignore_result=True)
